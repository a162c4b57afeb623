import NIOCore
import NIOHTTP1
import NIOPosix

/// A provider that answers every call with the same bytes at once; streams frame by frame, each flushed by itself.
final class CallStub: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private var body = ByteBuffer()
  // Gateways write requests anew: members in another order, and with spaces.
  private static let streamMark = Array(#""stream""#.utf8)
  private static let paceMark = Array(#""paced""#.utf8)
  private static let slowMark = Array(#""slow""#.utf8)
  /// Microseconds that a slow call takes: any of them is as likely.
  private static let slowness: ClosedRange<Int64> = 50_000...150_000
  private static let pace = TimeAmount.milliseconds(5)

  static func start(on group: any EventLoopGroup) async throws -> any Channel {
    try await ServerBootstrap(group: group).serverChannelOption(.backlog, value: 1_024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
          try channel.pipeline.syncOperations.addHandler(CallStub())
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: body.clear()
    case .body(let piece): body.writeImmutableBuffer(piece)
    case .end: answer(context)
    }
  }

  private func answer(_ context: ChannelHandlerContext) {
    let isStream = body.readableBytesView.firstRange(of: CallStub.streamMark) != nil
    guard !isStream else { return stream(context) }
    guard body.readableBytesView.firstRange(of: CallStub.slowMark) == nil else {
      let time = TimeAmount.microseconds(Int64.random(in: CallStub.slowness))
      context.eventLoop.assumeIsolated().scheduleTask(in: time) { () -> Void in self.say(context) }
      return
    }
    say(context)
  }

  private func say(_ context: ChannelHandlerContext) {
    let answer = ByteBuffer(string: CallBody.answer)
    var head = HTTPResponseHead(version: .http1_1, status: .ok)
    head.headers.add(name: "content-type", value: "application/json")
    head.headers.add(name: "content-length", value: "\(answer.readableBytes)")
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(answer))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  private func stream(_ context: ChannelHandlerContext) {
    var head = HTTPResponseHead(version: .http1_1, status: .ok)
    head.headers.add(name: "content-type", value: "text/event-stream")
    context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    send(0, isPaced: body.readableBytesView.firstRange(of: CallStub.paceMark) != nil, context)
  }

  /// One frame a turn of the loop: others are answered between them.
  private func send(_ place: Int, isPaced: Bool, _ context: ChannelHandlerContext) {
    guard place < CallBody.frames.count else {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: CallBody.done)))), promise: nil)
      return context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: CallBody.frames[place])))), promise: nil)
    let loop = context.eventLoop.assumeIsolated()
    let next = { self.send(place + 1, isPaced: isPaced, context) }
    if isPaced { loop.scheduleTask(in: CallStub.pace, next) } else { loop.execute(next) }
  }
}
