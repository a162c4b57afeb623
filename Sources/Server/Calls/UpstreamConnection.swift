internal import NIOCore
internal import NIOHTTP1
internal import NIOTLS

/// A connection to an upstream, which carries one exchange after the other.
// Safe: only its event loop touches it.
final class UpstreamConnection: ChannelDuplexHandler, @unchecked Sendable {
  typealias InboundIn = HTTPClientResponsePart
  typealias InboundOut = Never
  typealias OutboundIn = Never
  typealias OutboundOut = HTTPClientRequestPart

  private let pool: UpstreamPool
  private var context: ChannelHandlerContext?
  private var exchange: UpstreamExchange?
  /// Whether both sides can talk: over TLS, once they trust each other.
  private(set) var isReady: Bool
  /// Whether the reply lets the next request follow.
  private var isKept = true
  private var isRequestWritten = true
  private var holdsRead = false
  /// Since when nothing is asked.
  private(set) var idleSince = NIODeadline.now()

  init(_ pool: UpstreamPool, isTLS: Bool) {
    self.pool = pool
    isReady = !isTLS
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  var isOpen: Bool { context?.channel.isActive ?? false }

  // MARK: One exchange

  func begin(_ exchange: UpstreamExchange, _ head: HTTPRequestHead, _ body: ByteBuffer) {
    guard let context else { return exchange.fail(ChannelError.ioOnClosedChannel) }
    self.exchange = exchange
    isRequestWritten = false
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if body.readableBytes > 0 { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenSuccess { [self] in isRequestWritten = true }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
  }

  /// The exchange takes more again.
  func resumeReading() {
    guard holdsRead else { return }
    holdsRead = false
    context?.read()
  }

  func close() { context?.close(promise: nil) }

  // MARK: The channel

  func read(context: ChannelHandlerContext) {
    if exchange?.isFull ?? false { holdsRead = true } else { context.read() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let exchange else {
      // Nothing was asked.
      return context.close(promise: nil)
    }
    switch unwrapInboundIn(data) {
    case .head(let head):
      isKept = head.isKeepAlive
      exchange.receive(head)
    case .body(let piece): exchange.receive(piece)
    case .end:
      self.exchange = nil
      idleSince = .now()
      if isKept, isRequestWritten, context.channel.isActive { pool.keep(self) } else { context.close(promise: nil) }
      exchange.receiveEnd()
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent { isReady = true }
    // An upstream that closes its half says nothing more: what it should still say is missing.
    if case ChannelEvent.inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    leave(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    leave(ChannelError.eof)
    context.fireChannelInactive()
  }

  private func leave(_ error: any Error) {
    pool.forget(self)
    let exchange = exchange
    self.exchange = nil
    exchange?.fail(error)
  }
}
