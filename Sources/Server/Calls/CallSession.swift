internal import Gateway
internal import Guards
internal import NIOCore
internal import NIOHTTP1

/// One call from the moment at which its upstream is asked, until its span is handed to be written.
///
/// However it ends, it ends once: the upstream is let go, its budgets are settled, and the span is written with what is known then.
// Safe: the task of a call makes it and ends it, and `LoopExecutor` runs that on one event loop; what it holds asserts so.
final class CallSession: @unchecked Sendable {
  let exchange: UpstreamExchange
  /// What the call says of its upstream; nil while it goes on.
  private(set) var outcome: BreakerOutcome?
  private var place: CallRecorder.Place
  private let grants: Grants
  private let desk: CallDesk
  private let caller: CallerExchange
  private let began = NIODeadline.now()
  private var span: CallSpan
  private var observer: ReplyObserver?
  /// Of a long reply, what was read ahead.
  private var observation: ReplyObserver.Observation?
  private var hasEnded = false
  /// Bytes of the reply so far, and those that it has room for.
  private var seen = 0
  private var room = 0

  /// So many bytes of a reply need no room, and so many more are asked for at a time.
  private static let step = 64 << 10

  /// What let the call in, and is told how it ended.
  struct Grants {
    let ticket: CallBudgets.Ticket?
    let pass: TenantPass?
    let seat: CallPlace?
  }

  init(
    _ span: CallSpan, _ exchange: UpstreamExchange, in place: CallRecorder.Place, _ grants: Grants,
    at desk: CallDesk, for caller: CallerExchange
  ) {
    self.span = span
    self.exchange = exchange
    self.place = place
    self.grants = grants
    self.desk = desk
    self.caller = caller
    desk.counts.begin()
    caller.watch { [exchange] in exchange.cancel(.clientDisconnected) }
  }

  private var elapsed: Duration { span.delay + .nanoseconds((NIODeadline.now() - began).nanoseconds) }

  // MARK: Words of others

  /// Whether what holds a canary of another tenant is kept back.
  private(set) var holds = false
  /// Whether that needs the whole reply.
  var holdsWhole: Bool { holds && observer?.isStream == false }
  /// - Throws: `CallFault` where something of a stream was kept back, or it went beyond what can be looked at: nothing goes on then.
  func checkWatch() throws(CallFault) {
    if observer?.hasLeaked == true { throw .leak }
    if observer?.isBeyondWatch == true { throw .uncheckedReply }
  }
  /// Reads a long reply that is all there on another thread, so that the other calls of the loop go on. Before `isClean` and `end`.
  func readAhead() async {
    guard let long = observer, long.isLong else { return }
    let read = Task.detached {
      var observer = long
      _ = observer.foundCanaries()
      return (observer, observer.observation())
    }
    (observer, observation) = await read.value
  }

  /// Whether a whole reply holds none. Asked once, at its end.
  var isClean: Bool {
    guard holds else { return true }
    span.canaries = observer?.foundCanaries() ?? []
    return span.canaries.isEmpty
  }

  /// Whether a whole reply could not be looked at, and so may not go on. Ask it after `isClean`.
  var isOpaque: Bool { holds && observer?.isOpaque == true }

  /// The reply begins.
  func begin(_ head: HTTPResponseHead, strips: Bool) {
    span.status = Int(head.status.code)
    span.retryAfter = head.headers.first(name: "retry-after").flatMap { Int($0) }.map { .seconds(max(0, $0)) }
    let order = desk.tenants?.order(for: span)
    holds = order?.holds ?? false
    observer = ReplyObserver(
      span.request.endpoint, status: Int(head.status.code), contentType: head.headers.first(name: "content-type"),
      encoding: head.headers.first(name: "content-encoding"), strips: strips, watch: order)
  }

  /// Looks at a piece of the reply.
  /// - Returns: what goes on in its place.
  func pass(_ piece: ByteBuffer) -> ByteBuffer {
    seen += piece.readableBytes
    while seen > room + CallSession.step {
      guard desk.recorder.grow(&place, by: CallSession.step) else {
        // One that is looked at before it goes on does not go on then.
        observer?.keepNoMore()
        room = .max / 2
        break
      }
      room += CallSession.step
    }
    guard let passage = piece.withUnsafeReadableBytes({ observer?.receive($0) }) else { return piece }
    // A reply that comes whole has no first word.
    if span.timeToFirst == nil, let observer, observer.hasContent, observer.isStream { span.timeToFirst = elapsed }
    switch passage {
    case .unchanged: return piece
    case .bytes(let bytes): return ByteBuffer(bytes: bytes)
    }
  }

  /// What was held back of a stream that ended within a frame.
  func rest() -> ByteBuffer { ByteBuffer(bytes: observer?.rest() ?? []) }

  /// A frame that says that the stream broke off, where one can be read.
  func complaint(_ fault: CallFault) -> ByteBuffer? {
    guard fault != .clientDisconnected, fault != .clientStalled, observer?.isBetweenFrames ?? false else { return nil }
    return ByteBuffer(bytes: fault.refusal(span.upstream).frame(span.request.endpoint.dialect))
  }

  /// The call has ended.
  func end(_ fault: CallFault?) {
    guard !hasEnded else { return }
    hasEnded = true
    span.elapsed = elapsed
    span.replyBytes = seen
    // A caller that was left because it did not read looks like one that has gone.
    let fault = fault == .clientDisconnected ? exchange.fault ?? fault : fault
    if var observer {
      if span.canaries.isEmpty { span.canaries = observer.foundCanaries() }
      span.observation = fault == nil ? observation ?? observer.observation() : observer.observation(broke: fault)
    } else {
      span.observation.fault = fault
    }
    observer = nil
    if !span.canaries.isEmpty {
      desk.tenants?.noteLeak(to: span.principal.tenant ?? span.notes.tenant)
      if holds { span.forgetWords() }
      desk.leaks.open(span, wasHeld: holds)
    }
    outcome = CallOutcome.outcome(
      span.judgeForm(), isCallersKey: span.usesCallersKey, countsMissed: desk.breakers.all.countsMissedSchemas)
    caller.forget()
    exchange.cancel(.clientDisconnected)
    span.passage?.end(span)
    desk.counts.end(span.request.endpoint, span.upstream, status: span.status, fault: span.observation.fault)
    let hasLeft = exchange.wasSent
    if hasLeft { grants.pass?.end(span) } else { grants.pass?.abandon() }
    if hasLeft { grants.seat?.end(span) } else { grants.seat?.abandon() }
    guard let ticket = grants.ticket, let budgets = desk.budgets else { return desk.recorder.record(span, in: place) }
    guard hasLeft else {
      budgets.withdraw(ticket)
      return desk.recorder.record(span, in: place)
    }
    // What it used is read where it becomes a span: nobody reads a reply twice.
    desk.recorder.record(span, in: place) { budgets.settle(ticket, $0, as: $1, $2) }
  }
}
