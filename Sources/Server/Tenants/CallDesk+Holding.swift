internal import Gateway
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1

extension CallDesk {
  /// Reads a reply that comes whole to its end, to see that it holds no canary of another tenant, before any of it goes on.
  func hold(
    _ head: HTTPResponseHead, _ session: CallSession, _ span: CallSpan, _ caller: CallerExchange
  ) async throws(CallRefusal) -> Attempt {
    let response = CallDesk.head(head, span, isChanged: false)
    var body = ByteBuffer()
    do {
      while let piece = try await session.exchange.next() {
        var piece = session.pass(piece)
        body.writeBuffer(&piece)
        // What is that long, or has no room, is not looked at, and so does not go on.
        guard body.readableBytes <= CallDesk.heldLimit, !session.isOpaque else { throw CallFault.uncheckedReply }
      }
      await session.readAhead()
      guard session.isClean else { throw CallFault.leak }
      guard !session.isOpaque else { throw CallFault.uncheckedReply }
    } catch {
      let fault = error as? CallFault ?? .upstreamReset
      session.end(fault)
      throw fault.refusal(span.upstream)
    }
    session.end(nil)
    caller.answer(response, body)
    return .answered(response.status.code)
  }

  /// Bytes of a reply that are kept until it is looked at; as many are.
  static let heldLimit = 32 << 20
}

extension CallDesk {
  /// Waits for a call's place at its upstream, and tells its span how long, where none was free. Who goes meanwhile waits no more.
  func take(_ seat: CallPlace, for span: inout CallSpan, _ caller: CallerExchange) async throws(CallRefusal) {
    if seat.takesNow() { return }
    let began = NIODeadline.now()
    caller.watch { seat.leave() }
    defer {
      caller.forget()
      // Who waited in vain has waited too.
      span.queued = .nanoseconds((NIODeadline.now() - began).nanoseconds)
    }
    // One that has gone has no place, and is not asked for: see `begin`.
    if !caller.isGone { _ = try await seat.wait() }
  }
}
