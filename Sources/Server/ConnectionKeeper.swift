internal import NIOCore
internal import NIOHTTPTypes

/// Decides how long a connection of the server stays: not when its client says nothing for too long, unless it waits for an answer;
/// and when the server ends, not beyond the answers that it owes.
final class ConnectionKeeper: ChannelDuplexHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let idleTimeout: TimeAmount
  // Requests that have begun, those that have come whole, and those that are answered.
  private var begun = 0
  private var received = 0
  private var answered = 0
  private var heard = NIODeadline.uptimeNanoseconds(0)
  private var isEnding = false
  private var timer: Scheduled<Void>?

  init(idleTimeout: TimeAmount) {
    self.idleTimeout = idleTimeout
  }

  func handlerAdded(context: ChannelHandlerContext) {
    heard = context.eventLoop.now
    schedule(context, in: idleTimeout)
  }

  func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    heard = context.eventLoop.now
    switch unwrapInboundIn(data) {
    case .head: begun += 1
    case .body: break
    case .end: received += 1
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
    answered += 1
    heard = context.eventLoop.now
    guard isEnding, answered >= begun else { return context.write(data, promise: promise) }
    // Behind all that was written before, however slowly the client takes it.
    let written = promise ?? context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    context.writeAndFlush(data, promise: written)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
    isEnding = true
    if answered >= begun { context.close(promise: nil) }
  }

  private func schedule(_ context: ChannelHandlerContext, in time: TimeAmount) {
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] () -> Void in
      // Who has said everything may wait for an answer as long as that takes.
      guard received <= answered else { return schedule(context, in: idleTimeout) }
      let rest = heard + idleTimeout - context.eventLoop.now
      if rest <= .zero { context.close(promise: nil) } else { schedule(context, in: rest) }
    }
  }
}
