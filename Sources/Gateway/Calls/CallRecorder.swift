public import Records
public import Store
internal import Synchronization

/// Writes the spans of calls into the ledger, beside the calls: no reply waits for the disk.
///
/// A call takes a place before its upstream is asked, and gives it back when its span is durable. There are so many places, and
/// so many bytes in them; when the ledger cannot keep up they are taken, and `Pressure` says what becomes of the next call. What
/// is lost is counted. Spans are written together: those that end within `linger` share one commit.
public final class CallRecorder: Sendable {
  /// What happens to a call for whose span there is no place.
  public enum Pressure: String, Sendable, CaseIterable {
    /// It waits until there is one, and is refused when that takes too long.
    case wait
    /// It goes on, and has no span, while `bytes` of such calls are under way; then it is refused.
    case shed
    /// It is refused.
    case refuse
  }

  /// A place for the span of a call.
  public struct Place: Sendable, Equatable {
    fileprivate(set) var bytes: Int
    /// Whether the call will have a span.
    public let isKept: Bool
  }

  public struct Statistics: Sendable, Equatable {
    /// Spans that are durable.
    public var recorded = 0
    /// Calls that went on without a span.
    public var shed = 0
    /// Calls that were refused.
    public var refused = 0
    /// Calls that had to wait.
    public var waited = 0
    /// Spans that could not be written.
    public var lost = 0
    /// Calls that have a place: under way, or waiting for the disk.
    public var places = 0
    /// Bytes of their requests and replies.
    public var bytes = 0
  }

  /// Is told what a call became: its record, and what was said in it, before anything is taken out.
  public typealias Reading = @Sendable (_ call: CallSpan, _ record: SpanRecord, _ contents: [Content]) -> Void

  private struct Ended: Sendable {
    let span: CallSpan
    let place: Place
    let reading: Reading?
  }

  private struct State {
    var statistics = Statistics()
    var waiting: [(number: Int, bytes: Int, continuation: CheckedContinuation<Bool, Never>)] = []
    /// Of calls without a place.
    var shedBytes = 0
    var next = 0
    /// Spans that wait for the next commit, and what writes them.
    var ended: [Ended] = []
    var writer: Task<Void, Never>?
    var isEnding = false
  }

  private let ledger: GroupCommit
  private let reception: Reception
  private let pressure: Pressure
  private let mostPlaces: Int
  private let mostBytes: Int
  private let patience: Duration
  private let onLoss: @Sendable (_ problem: String) -> Void
  private let state = Mutex(State())

  /// Calls that may wait for a place; more are refused.
  private static let mostWaiting = 4_096
  /// How long a span waits for others to share its commit.
  private static let linger = Duration.milliseconds(10)
  /// Spans that are written together.
  private static let mostTogether = 512

  /// - Parameters:
  ///   - reception: what is done to spans before they are kept.
  ///   - places: how many calls may be under way or wait for the disk.
  ///   - bytes: how many bytes of requests they may hold.
  ///   - patience: how long a call waits for a place: a ledger that is away must not keep the server from ending.
  ///   - onLoss: is told of spans that could not be written.
  public init(
    _ ledger: GroupCommit, _ reception: Reception, pressure: Pressure, places: Int, bytes: Int,
    patience: Duration = .seconds(20), onLoss: @escaping @Sendable (_ problem: String) -> Void = { _ in }
  ) {
    self.ledger = ledger
    self.reception = reception
    self.pressure = pressure
    mostPlaces = places
    mostBytes = bytes
    self.patience = patience
    self.onLoss = onLoss
  }

  public var statistics: Statistics { state.withLock(\.statistics) }

  /// Takes a place for a call.
  /// - Parameter bytes: of its request.
  /// - Throws: `CallRefusal` when there is none, where calls are refused then.
  public func enter(bytes: Int) async throws(CallRefusal) -> Place {
    // Who waits goes first.
    if state.withLock({ $0.waiting.isEmpty && take(bytes, &$0) }) { return Place(bytes: bytes, isKept: true) }
    switch pressure {
    case .shed:
      let fits = state.withLock { state in
        // They stay in memory too, as many again.
        guard state.shedBytes + bytes <= mostBytes || state.shedBytes == 0 else { return false }
        state.shedBytes += bytes
        state.statistics.shed += 1
        return true
      }
      guard fits else { throw refusal() }
      return Place(bytes: bytes, isKept: false)
    case .refuse: throw refusal()
    case .wait:
      let hasPlace = await withCheckedContinuation { continuation in
        var number: Int?
        let answer: Bool? = state.withLock { state in
          // A place may have become free meanwhile.
          if state.waiting.isEmpty, take(bytes, &state) { return true }
          guard state.waiting.count < CallRecorder.mostWaiting, !state.isEnding else { return false }
          state.statistics.waited += 1
          state.waiting.append((state.next, bytes, continuation))
          number = state.next
          state.next += 1
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
        if let number { giveUp(number) }
      }
      guard hasPlace else { throw refusal() }
      return Place(bytes: bytes, isKept: true)
    }
  }

  /// Nobody waits longer than `patience`.
  private func giveUp(_ number: Int) {
    Task { [self] in
      try? await Task.sleep(for: patience)
      let (late, entered) = state.withLock { state in
        let place = state.waiting.firstIndex { $0.number == number }
        let late = place.map { state.waiting.remove(at: $0).continuation }
        return (late, admit(&state))
      }
      late?.resume(returning: false)
      for continuation in entered { continuation.resume(returning: true) }
    }
  }

  private func refusal() -> CallRefusal {
    state.withLock { $0.statistics.refused += 1 }
    return CallRefusal(
      status: 503, code: "ledger_pressure",
      message: "The ledger cannot keep up with the calls, and no call goes on unrecorded. Try again in a moment.",
      retryAfter: 1)
  }

  private func take(_ bytes: Int, _ state: inout State) -> Bool {
    // A request that is larger than all the room is let in when nothing else is there.
    guard state.statistics.places < mostPlaces,
      state.statistics.bytes + bytes <= mostBytes || state.statistics.places == 0
    else { return false }
    state.statistics.places += 1
    state.statistics.bytes += bytes
    return true
  }

  /// Takes room for more of a call that has a place: what is kept of its reply.
  /// - Returns: whether there was some.
  public func grow(_ place: inout Place, by bytes: Int) -> Bool {
    let isKept = place.isKept
    let fits = state.withLock { state in
      let path: WritableKeyPath<State, Int> = isKept ? \.statistics.bytes : \.shedBytes
      guard state[keyPath: path] + bytes <= mostBytes else { return false }
      state[keyPath: path] += bytes
      return true
    }
    if fits { place.bytes += bytes }
    return fits
  }

  /// Gives a place back for which there is no span.
  public func leave(_ place: Place) {
    guard place.isKept else { return state.withLock { $0.shedBytes -= place.bytes } }
    let entered = state.withLock { state in
      state.statistics.places -= 1
      state.statistics.bytes -= place.bytes
      return admit(&state)
    }
    for continuation in entered { continuation.resume(returning: true) }
  }

  /// Those who wait first, as many as there is room for.
  private func admit(_ state: inout State) -> [CheckedContinuation<Bool, Never>] {
    var entered: [CheckedContinuation<Bool, Never>] = []
    while let first = state.waiting.first, take(first.bytes, &state) {
      entered.append(first.continuation)
      state.waiting.removeFirst()
    }
    return entered
  }

  /// Writes the span of a call that has ended, beside everything else, and gives its place back when it is durable.
  /// - Parameter reading: is told what the call became, also where it is not written.
  public func record(_ span: CallSpan, in place: Place, reading: Reading? = nil) {
    guard place.isKept || reading != nil else { return leave(place) }
    state.withLock { state in
      state.ended.append(Ended(span: span, place: place, reading: reading))
      if state.writer == nil { state.writer = Task { await writeAll() } }
    }
  }

  private func writeAll() async {
    while true {
      if !state.withLock(\.isEnding) { try? await Task.sleep(for: CallRecorder.linger) }
      let calls = state.withLock { state in
        let calls = Array(state.ended.prefix(CallRecorder.mostTogether))
        state.ended.removeFirst(calls.count)
        if calls.isEmpty { state.writer = nil }
        return calls
      }
      guard !calls.isEmpty else { return }
      for call in calls where !call.place.isKept {
        CallRecorder.read(call)
        leave(call.place)
      }
      // Each says who called: a key's spans are a delivery of their own.
      let kept = Dictionary(grouping: calls.filter(\.place.isKept)) { $0.span.principal.source("call") }
      await withDiscardingTaskGroup { group in
        for (source, calls) in kept { group.addTask { [self] in await write(calls, source) } }
      }
      for call in calls where call.place.isKept { leave(call.place) }
    }
  }

  private static func read(_ call: Ended) {
    var batch = RecordBatch()
    call.span.add(to: &batch)
    CallRecorder.read(call, batch, from: 0)
  }

  /// - Parameter first: the first of the contents that are the call's.
  private static func read(_ call: Ended, _ batch: RecordBatch, from first: Int) {
    guard let reading = call.reading, case .span(let record)? = batch.records.last else { return }
    reading(call.span, record, Array(batch.contents[first...]))
  }

  private func write(_ calls: [Ended], _ source: String) async {
    var batch = RecordBatch()
    for call in calls {
      let first = batch.contents.count
      call.span.add(to: &batch)
      CallRecorder.read(call, batch, from: first)
    }
    reception.prepare(&batch)
    var pause = Duration.milliseconds(50)
    while true {
      do {
        let receipt = try await ledger.append(batch, source: source)
        state.withLock { $0.statistics.recorded += calls.count - receipt.refusals.count }
        for refusal in receipt.refusals { lose(1, refusal.problem) }
        return
      } catch let error as LedgerError where error.mayPass && !state.withLock(\.isEnding) {
        try? await Task.sleep(for: pause)
        pause = min(pause * 2, .seconds(5))
      } catch {
        return lose(calls.count, "\(error)")
      }
    }
  }

  private func lose(_ count: Int, _ problem: String) {
    state.withLock { $0.statistics.lost += count }
    onLoss(problem)
  }

  /// Returns when everything is written that can be, also of calls that end within a second. What waits for a ledger that is away is
  /// tried once more and then given up.
  public func drain() async {
    let waiting = state.withLock { state in
      state.isEnding = true
      defer { state.waiting = [] }
      return state.waiting.map(\.continuation)
    }
    for continuation in waiting { continuation.resume(returning: false) }
    // A caller that has just gone takes its call with it in a moment.
    for _ in 0..<100 {
      while let writer = state.withLock(\.writer) { await writer.value }
      guard state.withLock({ $0.statistics.places > 0 }) else { return }
      try? await Task.sleep(for: .milliseconds(10))
    }
  }
}
