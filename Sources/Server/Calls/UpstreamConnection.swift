internal import NIOCore
internal import NIOHTTP1
internal import NIOTLS

/// A connection to an upstream, which carries one exchange after the other.
// Safe: its channel's event loop calls it, and its pool and exchange, which alone know it, are of the same loop: the pool connects on
// its own.
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
  private var isClosing = false
  /// Since when nothing is asked.
  private(set) var idleSince = NIODeadline.now()

  init(_ pool: UpstreamPool, isTLS: Bool) {
    self.pool = pool
    isReady = !isTLS
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  /// Whether it can carry an exchange. Over TLS a connection that is being closed is still active for a while.
  var isOpen: Bool { !isClosing && context?.channel.isActive ?? false }

  // MARK: One exchange

  func begin(_ exchange: UpstreamExchange, _ head: HTTPRequestHead, _ body: ByteBuffer) {
    guard let context else { return exchange.fail(ChannelError.eof, wasReady: true) }
    self.exchange = exchange
    isRequestWritten = false
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if body.readableBytes > 0 { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenComplete { [self] result in
      switch result {
      case .success: isRequestWritten = true
      case .failure(let error): leave(error)
      }
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
  }

  /// The exchange takes more again.
  func resumeReading() {
    guard holdsRead else { return }
    holdsRead = false
    context?.read()
  }

  func close() {
    isClosing = true
    pool.forget(self)
    context?.close(promise: nil)
  }

  // MARK: The channel

  func read(context: ChannelHandlerContext) {
    if exchange?.isFull ?? false { holdsRead = true } else { context.read() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let exchange else {
      // Nothing was asked.
      return close()
    }
    switch unwrapInboundIn(data) {
    case .head(let head) where head.status == .switchingProtocols:
      // Nobody asked for another protocol.
      leave(ChannelError.eof)
      close()
    case .head(let head):
      isKept = head.isKeepAlive
      exchange.receive(head)
    case .body(let piece): exchange.receive(piece)
    case .end:
      self.exchange = nil
      idleSince = .now()
      if isKept, isRequestWritten, isOpen { pool.keep(self) } else { close() }
      exchange.receiveEnd()
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent { isReady = true }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    leave(error)
    close()
  }

  func channelInactive(context: ChannelHandlerContext) {
    leave(ChannelError.eof)
    context.fireChannelInactive()
  }

  private func leave(_ error: any Error) {
    isClosing = true
    pool.forget(self)
    let exchange = exchange
    self.exchange = nil
    exchange?.fail(error, wasReady: isReady)
  }
}
