import Records
import SeededRandom
import Testing

@testable import Gateway

/// What a reply was, seen while it goes by.
struct ReplyObserverTests {
  private struct Seen {
    var passed: [UInt8] = []
    var observation = ReplyObserver.Observation()
    var hasContent = false

    var text: String { String(decoding: passed, as: UTF8.self) }
    var reply: String? {
      observation.reply.flatMap { try? JSONValue(parsing: $0).canonical() }
    }
  }

  /// Whoever answers chooses how many members a message has, and looking one up takes the longer the more there are.
  @Test func membersBeyondThoseOfAnyMessageAreLeftOut() throws {
    let members = (0..<20_000).map { "\"a\($0)\":\"x\"" }.joined(separator: ",")
    let stream =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"so\",\(members)}}]}\n\n"
      + "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" on\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
    let reply = try JSONValue(parsing: #require(observe(.chat, stream).observation.reply))
    let message = try #require(reply["choices"]?.elements.first?["message"])
    #expect(message["content"]?.text == "so on" && message["role"]?.text == "assistant" && message["a7"]?.text == "x")
    #expect(message.members.members.count == 128)
  }

  private func observe(
    _ endpoint: CallEndpoint, _ stream: String, status: Int = 200, type: String = "text/event-stream; charset=utf-8",
    encoding: String? = nil, strips: Bool = false, limit: Int = 32 << 20, pieces: [Int] = [], broke: CallFault? = nil
  ) -> Seen {
    var observer = ReplyObserver(
      endpoint, status: status, contentType: type, encoding: encoding, strips: strips, limit: limit)
    var seen = Seen()
    let bytes = Array(stream.utf8)
    var place = 0
    for length in pieces + [bytes.count] {
      let piece = Array(bytes[place..<min(place + length, bytes.count)])
      place += piece.count
      switch observer.receive(piece) {
      case .unchanged: seen.passed += piece
      case .bytes(let changed): seen.passed += changed
      }
    }
    seen.passed += observer.rest()
    seen.observation = observer.observation(broke: broke)
    seen.hasContent = observer.hasContent
    return seen
  }

  private static let all: [(endpoint: CallEndpoint, stream: String, reply: String)] = [
    (
      .chat, ReplySamples.stream(ReplySamples.chat + [ReplySamples.chatUsage], done: true), ReplySamples.chatReply
    ),
    (.messages, ReplySamples.stream(ReplySamples.messages, named: true), ReplySamples.messagesReply),
    (
      .responses, ReplySamples.stream(ReplySamples.responses + [ReplySamples.responsesEnd], named: true),
      ReplySamples.responsesWhole
    ),
  ]

  @Test func aStreamIsWhatWouldHaveBeenAnswered() {
    for (endpoint, stream, reply) in ReplyObserverTests.all {
      let seen = observe(endpoint, stream)
      #expect(seen.reply == reply, "\(endpoint)")
      #expect(seen.text == stream && seen.hasContent)
      #expect(seen.observation.fault == nil && seen.observation.unread == nil, "\(endpoint)")
    }
  }

  /// However it is cut, the same goes on and the same is seen.
  @Test func everySplit() {
    for (endpoint, stream, reply) in ReplyObserverTests.all {
      for ends in ["\n", "\r\n", "\r"] {
        let stream = stream.replacing("\n", with: ends)
        let count = stream.utf8.count
        for cut in stride(from: 0, through: count, by: endpoint == .chat ? 1 : 7) {
          let seen = observe(endpoint, stream, pieces: [cut])
          #expect(seen.reply == reply && seen.text == stream, "\(endpoint) at \(cut)")
        }
        let single = observe(endpoint, stream, pieces: Array(repeating: 1, count: count))
        #expect(single.reply == reply && single.text == stream && single.observation.fault == nil)
      }
    }
  }

  /// The chunk that only we asked for is taken out, and nothing else, however it is cut.
  @Test func theUsageIsTakenOut() {
    let events = ReplySamples.chat
    let whole = ReplySamples.stream(events + [ReplySamples.chatUsage], done: true)
    let expected = ReplySamples.stream(events, done: true)
    for seed in UInt64(0)..<200 {
      var random = SplitMix(seed: seed)
      let seen = observe(.chat, whole, strips: true, pieces: (0..<80).map { _ in random.below(90) })
      #expect(seen.text == expected && seen.reply == ReplySamples.chatReply, "seed \(seed)")
    }
    for cut in 0...whole.utf8.count {
      #expect(observe(.chat, whole, strips: true, pieces: [cut]).text == expected, "\(cut)")
    }
    // What ends within a frame goes on as it is, and so does what is no success or no stream.
    let broken = String(whole.dropLast(20))
    #expect(observe(.chat, broken, strips: true).text.hasSuffix(String(broken.suffix(30))) || broken.hasSuffix("]}"))
    #expect(observe(.chat, "data: half", strips: true).text == "data: half")
    #expect(observe(.chat, whole, status: 500, strips: true).text == whole)
    #expect(
      observe(.chat, ReplySamples.chatUsage, type: "application/json", strips: true).text == ReplySamples.chatUsage)
    // Usage beside choices is not alone.
    let beside = ReplySamples.stream([#"{"choices":[{"index":0,"delta":{}}],"usage":{"prompt_tokens":1}}"#])
    #expect(observe(.chat, beside, strips: true).text == beside)
  }

  @Test(arguments: [
    ("", CallFault.emptyReply), (": only a comment\n\n", .emptyReply), ("data: {\n\n", .malformedStream),
    ("data: [1]\n\n", .malformedStream),
    ("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n", .truncatedStream),
    ("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n", nil),
    ("data: {\"error\":{\"code\":\"overloaded\"}}\n\n", nil),
  ])
  func faultsOfStreams(_ stream: String, _ fault: CallFault?) {
    #expect(observe(.chat, stream).observation.fault == fault, "\(stream)")
    // Why it broke off comes before what is missing because of that.
    #expect(observe(.chat, stream, broke: .upstreamReset).observation.fault == .upstreamReset)
    // And an error is an error already.
    #expect(observe(.chat, stream, status: 500).observation.fault == nil)
  }

  @Test(arguments: [
    ("", CallFault.emptyReply), (" \n", .emptyReply), ("<html>", .malformedReply), ("[1]", .malformedReply),
    ("{}", nil),
  ])
  func faultsOfWholeReplies(_ body: String, _ fault: CallFault?) {
    let seen = observe(.chat, body, type: "application/json")
    #expect(seen.observation.fault == fault && seen.text == body)
    #expect(seen.observation.reply.map { String(decoding: $0, as: UTF8.self) } == (fault == nil ? body : nil))
    #expect(observe(.chat, body, status: 500, type: "text/html").observation.fault == nil)
  }

  /// Half a stream says what it said.
  @Test func whatBrokeOffIsKept() throws {
    let messages = observe(.messages, ReplySamples.stream(Array(ReplySamples.messages.prefix(15))), broke: .idleTimeout)
    let half = try JSONValue(parsing: try #require(messages.observation.reply))
    #expect(half["content"]?.elements[1]["text"]?.text == "On its way.")
    #expect(half["content"]?.elements[2]["input"]?["order"]?.whole == 4711)
    #expect(half["usage"]?["output_tokens"]?.whole == 1)
    let responses = observe(.responses, ReplySamples.stream(ReplySamples.responses), broke: .upstreamReset)
    let part = try JSONValue(parsing: try #require(responses.observation.reply))
    #expect(part["output"]?.elements[1]["content"]?.elements[0]["text"]?.text == "On its way.")
    #expect(part["output"]?.elements[2]["arguments"]?.text == #"{"order":4711}"#)
    #expect(part["model"]?.text == "gpt-5-2025-08-07")
    #expect(observe(.responses, ReplySamples.stream(ReplySamples.responses)).observation.fault == .truncatedStream)
    let error = observe(
      .messages, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}\n\n")
    #expect(error.observation.fault == nil)
    #expect(try JSONValue(parsing: error.observation.reply ?? [])["error"]?["type"]?.text == "overloaded_error")
  }

  /// Beyond the limit the reply goes on and is not kept; what was used is still seen. From both sides.
  @Test func whatIsTooLargeIsNotKept() throws {
    let stream = ReplySamples.stream(ReplySamples.chat + [ReplySamples.chatUsage], done: true)
    let count = stream.utf8.count
    #expect(observe(.chat, stream, limit: count).observation.unread == nil)
    let beyond = observe(.chat, stream, limit: count - 1, pieces: Array(repeating: 50, count: count / 50))
    #expect(beyond.observation.unread == "size" && beyond.text == stream)
    #expect(try JSONValue(parsing: beyond.observation.reply ?? [])["usage"]?["prompt_tokens"]?.whole == 1200)
    let body = #"{"a":1}"#
    #expect(observe(.chat, body, type: "application/json", limit: 7).observation.reply != nil)
    let large = observe(.chat, body, type: "application/json", limit: 6)
    #expect(large.observation.unread == "size" && large.observation.reply == nil && large.text == body)
  }

  @Test func whatIsCompressedOtherwiseIsSaidToBeUnread() {
    let seen = observe(.chat, "x", encoding: "br")
    #expect(seen.observation.unread == "content-encoding" && seen.observation.fault == nil && seen.text == "x")
    #expect(observe(.chat, "x", type: "application/json", encoding: "gzip").observation.unread == "content-encoding")
  }

  /// Where there is no room for more of a reply, it goes on all the same, and what was used is known of streams.
  @Test func whatIsNotKeptGoesOn() {
    var whole = ReplyObserver(.chat, status: 200, contentType: "application/json", encoding: nil, strips: false)
    #expect(whole.receive(Array("{".utf8)) == .unchanged)
    whole.keepNoMore()
    #expect(whole.receive(Array("}".utf8)) == .unchanged)
    #expect(whole.observation().unread == "size" && whole.observation().reply == nil)
    var stream = ReplyObserver(.chat, status: 200, contentType: "text/event-stream", encoding: nil, strips: false)
    func say(_ word: String) -> [UInt8] {
      Array((#"data: {"choices":[{"index":0,"delta":{"content":"\#(word)"}}]}"# + "\n\n").utf8)
    }
    _ = stream.receive(say("one"))
    stream.keepNoMore()
    _ = stream.receive(say("two"))
    _ = stream.receive(
      Array(
        (#"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#
          + "\n\ndata: [DONE]\n\n").utf8))
    let observation = stream.observation()
    let reply = observation.reply.map { String(decoding: $0, as: UTF8.self) } ?? ""
    #expect(observation.unread == "size" && observation.substance?.input == 3)
    #expect(reply.contains("one") && !reply.contains("two"))
  }
}
