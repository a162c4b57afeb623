internal import NIOCore
internal import NIOHTTP1

/// Answers who speaks HTTP/1.0 as it is understood there: without chunks, to the end of the connection.
///
/// Source: RFC 9112, section 6.1: no transfer coding is sent unless the request says HTTP/1.1 or later; section 6.3: without one, and
/// without a length, a body ends where the connection does. Who cannot tell a whole stream from one that broke off can by its last event.
final class EarlierHTTP: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// Of each request that has no answer yet, whether it is of such a version.
  private var owed: [Bool] = []
  /// Requests that have begun, and those that have come whole.
  private var begun = 0
  private var received = 0
  /// Whether the connection ends when what was asked has come whole: an end before that is a reset, and takes the answer along.
  private var isEnding = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data) else {
      if case .end = unwrapInboundIn(data) { received += 1 }
      context.fireChannelRead(data)
      if isEnding, received == begun { context.close(promise: nil) }
      return
    }
    begun += 1
    let isEarlier = head.version.major < 1 || head.version == .http1_0
    owed.append(isEarlier)
    guard isEarlier else { return context.fireChannelRead(data) }
    // Whoever answers ends the connection then.
    let words = head.headers[canonicalForm: "connection"].filter { $0.lowercased() != "keep-alive" } + ["close"]
    head.headers.replaceOrAdd(name: "connection", value: words.joined(separator: ", "))
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let isEarlier = owed.first ?? false
    switch unwrapOutboundIn(data) {
    case .head(var head) where isEarlier:
      // There is no `100 Continue` before 1.1.
      guard head.status.code >= 200 else {
        promise?.succeed()
        return
      }
      head.version = .http1_0
      head.headers.remove(name: "transfer-encoding")
      head.headers.replaceOrAdd(name: "connection", value: "close")
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .end:
      if !owed.isEmpty { owed.removeFirst() }
      guard isEarlier else { return context.write(data, promise: promise) }
      // Behind all that was written before, however slowly the client takes it.
      let written = promise ?? context.eventLoop.makePromise(of: Void.self)
      written.futureResult.assumeIsolated().whenComplete { [self] _ in
        if received == begun { context.close(promise: nil) } else { isEnding = true }
      }
      context.writeAndFlush(data, promise: written)
    default: context.write(data, promise: promise)
    }
  }
}
