import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import Server

/// How long a connection of the server stays.
struct ConnectionKeeperTests {
  private static let request = HTTPRequest(method: .post, scheme: "http", authority: "tally", path: "/v1/messages")

  private func connection() throws -> EmbeddedChannel {
    let channel = EmbeddedChannel(handler: ConnectionKeeper(idleTimeout: .seconds(60)))
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    return channel
  }

  private func wait(_ channel: EmbeddedChannel, _ seconds: Int64) {
    // A timer that starts another one needs a turn for each.
    for _ in 0..<seconds { channel.embeddedEventLoop.advanceTime(by: .seconds(1)) }
  }

  private func receive(_ channel: EmbeddedChannel, _ parts: HTTPRequestPart...) throws {
    for part in parts { try channel.writeInbound(part) }
  }

  private func answer(_ channel: EmbeddedChannel) throws {
    try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
    try channel.writeOutbound(HTTPResponsePart.end(nil))
  }

  @Test func whoSaysNothingIsLeft() throws {
    let channel = try connection()
    wait(channel, 59)
    #expect(channel.isActive)
    wait(channel, 2)
    #expect(!channel.isActive)
  }

  @Test func whoBreaksOffWithinARequestIsLeft() throws {
    let channel = try connection()
    try receive(channel, .head(Self.request), .body(ByteBuffer(string: "half")))
    wait(channel, 59)
    try receive(channel, .body(ByteBuffer(string: "more")))
    wait(channel, 59)
    #expect(channel.isActive)
    wait(channel, 2)
    #expect(!channel.isActive)
  }

  @Test func whoWaitsForAnAnswerIsNot() throws {
    let channel = try connection()
    try receive(channel, .head(Self.request), .end(nil))
    wait(channel, 600)
    #expect(channel.isActive)
    // Half of the next request is already there.
    try receive(channel, .head(Self.request))
    wait(channel, 600)
    #expect(channel.isActive)
    try answer(channel)
    wait(channel, 59)
    #expect(channel.isActive)
    wait(channel, 2)
    #expect(!channel.isActive)
  }

  @Test func anAnswerBeforeTheEndOfItsRequest() throws {
    let channel = try connection()
    try receive(channel, .head(Self.request))
    try answer(channel)
    try receive(channel, .end(nil))
    try receive(channel, .head(Self.request), .end(nil))
    wait(channel, 600)
    #expect(channel.isActive)
  }

  @Test func theEndOfTheServer() throws {
    let idle = try connection()
    idle.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    #expect(!idle.isActive)
    let busy = try connection()
    try receive(busy, .head(Self.request), .end(nil))
    busy.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    #expect(busy.isActive)
    try answer(busy)
    busy.embeddedEventLoop.run()
    #expect(!busy.isActive)
    #expect(try busy.readOutbound(as: HTTPResponsePart.self) == .head(HTTPResponse(status: .ok)))
    #expect(try busy.readOutbound(as: HTTPResponsePart.self) == .end(nil))
  }
}
