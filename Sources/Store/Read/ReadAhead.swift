/// Runs statements before their rows are asked for, on further connections to the same ledger: while one hour of spans is looked at,
/// the next ones are read.
///
/// What is read must be the same whenever it is read: rows up to a horizon are, which no later commit changes. An engine may have no
/// connection to spare for a while: then whoever asks reads for themselves, and nobody waits for a thread that never comes.
// Safe: what changes is touched within the monitor; a batch belongs to one side at a time.
final class ReadAhead: @unchecked Sendable {
  /// A statement that is to be read.
  final class Reading {
    fileprivate enum State {
      case waiting, running
      case over((any Error)?)
    }

    let statement: Statement
    fileprivate var state = State.waiting
    /// Batches that were read and not looked at yet.
    fileprivate var filled: [RowBatch] = []
    /// Batches that may be filled again.
    fileprivate var empty: [RowBatch] = []
    fileprivate var isWanted = true

    fileprivate init(_ statement: Statement) { self.statement = statement }
  }

  /// Nobody wants the rest of what is read.
  private struct Unwanted: Error {}

  /// Batches of one statement that wait to be looked at: each may hold some megabytes of texts.
  private static let mostFilled = 2
  /// How many statements are best expected: whoever looks at rows does not always take the same time.
  static let depth = 3

  private let monitor = Monitor()
  private var readings: [Reading] = []
  private var hasEnded = false

  // MARK: The side that reads ahead

  /// Serves until the end; several threads may.
  func serve(_ reader: any EngineReader) {
    while let reading = next() {
      var problem: (any Error)?
      do { try reader.query(reading.statement) { try fill($0, reading) } } catch { problem = error }
      monitor.change { reading.state = .over(problem) }
    }
  }

  private func next() -> Reading? {
    monitor.withLock {
      while true {
        if hasEnded { return nil }
        if !readings.isEmpty {
          let reading = readings.removeFirst()
          reading.state = .running
          return reading
        }
        monitor.wait()
      }
    }
  }

  /// Takes the rows out of a batch that its reader uses again.
  private func fill(_ batch: RowBatch, _ reading: Reading) throws {
    let rows = try monitor.withLock {
      while reading.isWanted && !hasEnded && reading.filled.count >= ReadAhead.mostFilled { monitor.wait() }
      guard reading.isWanted, !hasEnded else { throw Unwanted() }
      return reading.empty.popLast() ?? RowBatch(batch.kinds)
    }
    rows.exchange(with: batch)
    monitor.change { reading.filled.append(rows) }
  }

  // MARK: The side that looks at the rows

  /// Has a statement read soon, after those that were asked for before.
  func start(_ statement: Statement) -> Reading {
    let reading = Reading(statement)
    monitor.change { readings.append(reading) }
    return reading
  }

  /// Hands out the rows of a statement, on the calling thread.
  /// - Parameter own: reads them if nobody has begun to, or could not.
  func take(_ reading: Reading, _ own: any EngineReader, _ body: (RowBatch) throws -> Void) throws {
    let isLate = monitor.withLock {
      guard let place = readings.firstIndex(where: { $0 === reading }) else { return false }
      readings.remove(at: place)
      return true
    }
    if isLate { return try own.query(reading.statement, body) }
    defer { drop(reading) }
    var hasBegun = false
    do {
      while let batch = try filled(reading) {
        hasBegun = true
        try body(batch)
        batch.removeAll()
        monitor.withLock { reading.empty.append(batch) }
      }
    } catch  where !hasBegun {
      // Its connection has ended, perhaps: one's own goes on, or says what is wrong.
      try own.query(reading.statement, body)
    }
  }

  private func filled(_ reading: Reading) throws -> RowBatch? {
    try monitor.change {
      while true {
        if !reading.filled.isEmpty { return reading.filled.removeFirst() }
        if case .over(let problem) = reading.state {
          if let problem { throw problem }
          return nil
        }
        monitor.wait()
      }
    }
  }

  /// Nobody will ask for the rows any more.
  func drop(_ reading: Reading) {
    monitor.change {
      reading.isWanted = false
      readings.removeAll { $0 === reading }
    }
  }

  /// Nothing more will be read.
  func end() { monitor.change { hasEnded = true } }
}
