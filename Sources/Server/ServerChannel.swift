internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1

/// A connection of the one port: calls of models are answered on its event loop, everything else by Hummingbird's router.
struct ServerChannel: HTTPChannelHandler {
  typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

  let responder: HTTPChannelHandler.Responder
  let idleTimeout: Duration
  /// Nil where no models are called.
  let desk: CallDesk?

  static func builder(idleTimeout: Duration, _ desk: CallDesk?) -> HTTPServerBuilder {
    HTTPServerBuilder { ServerChannel(responder: $0, idleTimeout: idleTimeout, desk: desk) }
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      try pipeline.configureHTTPServerPipeline(
        withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false)
      try pipeline.addHandler(EarlierHTTP())
      try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
      try pipeline.addHandler(ConnectionKeeper(idleTimeout: TimeAmount(idleTimeout)))
      if let desk { try pipeline.addHandler(CallHandler(desk)) }
      return try NIOAsyncChannel(
        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }
  }

  func handle(value: Value, logger: Logger) async {
    await handleHTTP(asyncChannel: value, logger: logger)
  }
}
