internal import Gateway
internal import Guards
internal import NIOCore
internal import NIOHTTP1
internal import Records
internal import Synchronization

/// One call from the moment at which its upstream is asked, until its span is handed to be written.
///
/// However it ends, it ends once: the upstream is let go, its budgets are settled, and the span is written with what is known then.
final class CallSession: Sendable {
  private struct State {
    var span: CallSpan
    var observer: ReplyObserver?
    var hasEnded = false
    var outcome: BreakerOutcome?
  }

  let exchange: UpstreamExchange
  private let upstream: Upstream
  private let endpoint: CallEndpoint
  private let place: CallRecorder.Place
  private let ticket: CallBudgets.Ticket?
  private let desk: CallDesk
  private let caller: CallerExchange
  private let began = NIODeadline.now()
  private let state: Mutex<State>

  init(
    _ span: CallSpan, _ exchange: UpstreamExchange, in place: CallRecorder.Place, _ ticket: CallBudgets.Ticket?,
    at desk: CallDesk, for caller: CallerExchange
  ) {
    self.exchange = exchange
    upstream = span.upstream
    endpoint = span.request.endpoint
    self.place = place
    self.ticket = ticket
    self.desk = desk
    self.caller = caller
    state = Mutex(State(span: span))
    desk.counts.begin()
    caller.watch { [exchange] in exchange.cancel(.clientDisconnected) }
  }

  /// Nobody will ask for the rest: the caller went before it was told anything.
  deinit { end(.clientDisconnected) }

  private var elapsed: Duration { .nanoseconds((NIODeadline.now() - began).nanoseconds) }

  /// The reply begins.
  func begin(_ head: HTTPResponseHead, strips: Bool) {
    let observer = ReplyObserver(
      endpoint, status: Int(head.status.code), contentType: head.headers.first(name: "content-type"),
      encoding: head.headers.first(name: "content-encoding"), strips: strips)
    state.withLock { state in
      state.span.status = Int(head.status.code)
      state.span.retryAfter = head.headers.first(name: "retry-after").flatMap { Int($0) }.map { .seconds(max(0, $0)) }
      state.observer = observer
    }
  }

  /// Looks at a piece of the reply.
  /// - Returns: what goes on in its place.
  func pass(_ piece: ByteBuffer) -> ByteBuffer {
    let time = elapsed
    let passage = state.withLock { state -> ReplyObserver.Passage in
      guard var observer = state.observer else { return .unchanged }
      // Nobody else may hold what has been said so far, or it would be copied.
      state.observer = nil
      let passage = piece.withUnsafeReadableBytes { observer.receive($0) }
      // A reply that comes whole has no first word.
      if observer.hasContent, observer.isStream, state.span.timeToFirst == nil { state.span.timeToFirst = time }
      state.observer = observer
      return passage
    }
    switch passage {
    case .unchanged: return piece
    case .bytes(let bytes): return ByteBuffer(bytes: bytes)
    }
  }

  /// What was held back of a stream that ended within a frame.
  func rest() -> ByteBuffer { ByteBuffer(bytes: state.withLock { $0.observer?.rest() ?? [] }) }

  /// A frame that says that the stream broke off, where one can be read.
  func complaint(_ fault: CallFault) -> ByteBuffer? {
    guard fault != .clientDisconnected, fault != .clientStalled,
      state.withLock({ $0.observer?.isBetweenFrames ?? false })
    else { return nil }
    return ByteBuffer(bytes: fault.refusal(upstream).frame(endpoint.dialect))
  }

  /// What the call says of its upstream; nil while it goes on.
  var outcome: BreakerOutcome? { state.withLock(\.outcome) }

  /// The call has ended.
  func end(_ fault: CallFault?) {
    let time = elapsed
    // A caller that was left because it did not read looks like one that has gone.
    let fault = fault == .clientDisconnected ? exchange.fault ?? fault : fault
    let ended = state.withLock { state -> CallSpan? in
      guard !state.hasEnded else { return nil }
      state.hasEnded = true
      if let observer = state.observer {
        state.span.observation = observer.observation(broke: fault)
        state.observer = nil
      } else {
        state.span.observation.fault = fault
      }
      state.span.elapsed = time
      state.outcome = CallOutcome.outcome(state.span)
      return state.span
    }
    guard let ended else { return }
    caller.forget()
    exchange.cancel(.clientDisconnected)
    ended.passage?.end(ended)
    desk.counts.end(endpoint, upstream, status: ended.status, fault: ended.observation.fault)
    desk.recorder.record(ended, in: place)
    guard let ticket else { return }
    desk.budgets?.settle(ticket, ended, wasSent: exchange.wasSent)
  }
}
