/// One state of a ledger, read by somebody who writes to another ledger meanwhile.
///
/// Both engines lend a connection only for the length of a call, each on a thread of its own. The thread that has the state serves
/// (`serve`): it runs what it is asked and hands over batches of rows, and waits while they are used. So the rows of one state pass from
/// connection to connection without being copied, however many transactions write them.
// Safe: everything that changes is touched within the monitor; what is handed over is used by one side while the other waits.
final class SnapshotLoan: @unchecked Sendable {
  /// The state is not lent any more.
  struct Ended: Error {}
  /// Whoever used the rows failed, and says so itself.
  private struct NoMore: Error {}

  private typealias Job = (any EngineReader) throws -> Void

  private enum State {
    case idle
    case asked(Job)
    case offered(RowBatch)
    case taken(goesOn: Bool)
    case answered((any Error)?)
    case ended((any Error)?)
  }

  private let monitor = Monitor()
  private var state = State.idle

  // MARK: The lender's side

  /// Serves until the loan ends.
  func serve(_ reader: any EngineReader) {
    while let job = next() {
      var problem: (any Error)?
      do { try job(reader) } catch { problem = error }
      monitor.change { if case .ended = state {} else { state = .answered(problem) } }
    }
  }

  private func next() -> Job? {
    monitor.withLock {
      while true {
        switch state {
        case .asked(let job):
          state = .idle
          return job
        case .ended: return nil
        default: monitor.wait()
        }
      }
    }
  }

  /// Hands a batch over and waits until it was used.
  private func offer(_ batch: RowBatch) throws {
    try monitor.change {
      if case .ended = state { throw Ended() }
      state = .offered(batch)
    }
    try monitor.withLock {
      while true {
        switch state {
        case .taken(let goesOn):
          state = .idle
          if !goesOn { throw NoMore() }
          return
        case .ended: throw Ended()
        default: monitor.wait()
        }
      }
    }
  }

  // MARK: The borrower's side

  /// Asks for rows, which are handed out in batches on the thread that asks.
  func rows(_ statement: Statement, _ body: (RowBatch) throws -> Void) throws {
    try run({ try $0.query(statement, self.offer) }, body)
  }

  /// Asks for something small.
  func value<Value>(_ body: @escaping (any EngineReader) throws -> Value) throws -> Value {
    let answer = Answer<Value>()
    try run({ answer.value = try body($0) }, { _ in })
    guard let value = answer.value else { throw Ended() }
    return value
  }

  private final class Answer<Value> {
    var value: Value?
  }

  private func run(_ job: @escaping Job, _ body: (RowBatch) throws -> Void) throws {
    try ask(job)
    var problem: (any Error)?
    while let batch = try answer(after: problem) {
      var goesOn = true
      do {
        try body(batch)
      } catch {
        problem = error
        goesOn = false
      }
      monitor.change { if case .ended = state {} else { state = .taken(goesOn: goesOn) } }
    }
  }

  private func ask(_ job: @escaping Job) throws {
    try monitor.change {
      if case .ended(let why) = state { throw why ?? Ended() }
      state = .asked(job)
    }
  }

  /// The next batch; nil when there is none.
  private func answer(after problem: (any Error)?) throws -> RowBatch? {
    try monitor.withLock {
      while true {
        switch state {
        case .offered(let batch): return batch
        case .answered(let why):
          state = .idle
          if let problem { throw problem }
          if let why { throw why }
          return nil
        case .ended(let why): throw problem ?? why ?? Ended()
        default: monitor.wait()
        }
      }
    }
  }

  /// Ends the loan; whoever waits gets to know. An earlier end stays.
  func end(_ why: (any Error)? = nil) {
    monitor.change { if case .ended = state {} else { state = .ended(why) } }
  }
}
