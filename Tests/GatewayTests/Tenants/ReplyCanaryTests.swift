import Guards
import Testing

@testable import Gateway

/// Words of other tenants in replies of all APIs, wherever they are cut.
struct ReplyCanaryTests {
  private static let list = CanaryList([("acme", ["heron-4711-amber"]), ("beta", ["Bergkristall 9"])])

  private static func order(_ tenant: String?, holds: Bool) -> CanaryOrder {
    CanaryOrder(list: list, tenant: tenant, holds: holds)
  }

  private static func chat(_ text: String) -> String {
    "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\(text)\"}}]}\n\n"
  }
  private static func tool(_ text: String) -> String {
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"\(text)\"}}]}}]}\n\n"
  }
  private static func messages(_ text: String) -> String {
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":2,\"delta\":{\"type\":\"text_delta\",\"text\":\"\(text)\"}}\n\n"
  }
  private static func responses(_ text: String) -> String {
    "data: {\"type\":\"response.output_text.delta\",\"output_index\":0,\"content_index\":0,\"delta\":\"\(text)\"}\n\n"
  }

  private struct Seen {
    var passed = ""
    var hasLeaked = false
    var hits: Set<CanaryList.Hit> = []
  }

  private static func observe(
    _ endpoint: CallEndpoint, _ text: String, _ order: CanaryOrder, type: String = "text/event-stream",
    every length: Int = 5
  ) -> Seen {
    var observer = ReplyObserver(
      endpoint, status: 200, contentType: type, encoding: nil, strips: false, watch: order)
    let bytes = Array(text.utf8)
    var passed: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: length) {
      let piece = Array(bytes[start..<min(start + length, bytes.count)])
      switch observer.receive(piece) {
      case .unchanged: passed += piece
      case .bytes(let kept): passed += kept
      }
      // Whoever hands it on stops here.
      if observer.hasLeaked { break }
    }
    if !observer.hasLeaked { passed += observer.rest() }
    return Seen(
      passed: String(decoding: passed, as: UTF8.self), hasLeaked: observer.hasLeaked, hits: observer.foundCanaries())
  }

  @Test(arguments: [0, 1, 2, 3])
  func theFrameThatCompletesItIsHeld(_ api: Int) {
    let (endpoint, frame): (CallEndpoint, (String) -> String) =
      [
        (.chat, Self.chat), (.chat, Self.tool), (.messages, Self.messages), (.responses, Self.responses),
      ][api]
    let frames = ["so ", "her", "on-4", "711-AM", "B\\u0065r", " and on"].map(frame)
    let whole = frames.joined()
    for length in [1, 3, 50, whole.utf8.count] {
      let held = Self.observe(endpoint, whole, Self.order("beta", holds: true), every: length)
      #expect(held.hasLeaked && held.passed == frames[..<4].joined())
      #expect(held.hits == [.init(owner: "acme", number: 0)])
      let watched = Self.observe(endpoint, whole, Self.order("beta", holds: false), every: length)
      #expect(!watched.hasLeaked && watched.passed == whole && watched.hits == held.hits)
      let own = Self.observe(endpoint, whole, Self.order("acme", holds: true), every: length)
      #expect(!own.hasLeaked && own.passed == whole && own.hits.isEmpty)
      let nobody = Self.observe(endpoint, whole, Self.order(nil, holds: true), every: length)
      #expect(nobody.hasLeaked)
    }
  }

  /// What is said at one place is not what is said at another.
  @Test func placesAreApart() {
    let two = Self.chat("heron-47") + Self.tool("11-amber") + Self.chat("x")
    #expect(Self.observe(.chat, two, Self.order("beta", holds: true)).passed == two)
  }

  @Test func wholeReplies() {
    for (text, isFound) in [
      (#"{"choices":[{"message":{"content":"It is HERON\u002d4711\u200b-amber."}}]}"#, true),
      (#"{"choices":[{"message":{"content":"It is heron-4711."}}]}"#, false),
      (#"{"error":{"message":"heron-4711-amber"}}"#, true), ("<html>heron-4711-amber", true), ("", false),
    ] {
      let seen = Self.observe(.chat, text, Self.order("beta", holds: true), type: "application/json")
      #expect(seen.passed == text && !seen.hasLeaked && !seen.hits.isEmpty == isFound, "\(text)")
    }
  }

  /// What tools are called with is the model's own, names of members included.
  @Test(arguments: [
    #"{"q":"heron-4711-amber"}"#, #"{"id":"heron-4711-amber"}"#, #"{"a":[{"model":{"type":"heron-4711-amber"}}]}"#,
    #"{"heron-4711-amber":1}"#, #"{"a":{"Heron\u002d4711-amber":{}}}"#,
  ])
  func toolsOfWholeReplies(_ input: String) {
    for (endpoint, text) in [
      (CallEndpoint.messages, #"{"content":[{"type":"tool_use","id":"t","name":"f","input":\#(input)}]}"#),
      (.chat, #"{"choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":\#(input)}}]}}]}"#),
    ] {
      let seen = Self.observe(endpoint, text, Self.order("beta", holds: true), type: "application/json")
      #expect(seen.hits == [.init(owner: "acme", number: 0)], "\(text)")
    }
  }

  private static func choice(_ number: Int, _ text: String) -> String {
    "data: {\"choices\":[{\"index\":\(number),\"delta\":{\"content\":\"\(text)\"}}]}\n\n"
  }

  /// The last of as many choices as anybody asks for is followed as the first is; of more nobody says that they are clean.
  @Test func choicesAreMany() {
    let few = (0..<1_024).map { Self.choice($0, "her") }.joined() + Self.choice(1_023, "on-4711-")
    let held = Self.observe(.chat, few + Self.choice(1_023, "amber"), Self.order("beta", holds: true), every: 4_096)
    #expect(held.hasLeaked && held.passed == few)
    var observer = ReplyObserver(
      .chat, status: 200, contentType: "text/event-stream", encoding: nil, strips: false,
      watch: Self.order("beta", holds: true))
    var passed = 0
    for number in 0..<16_500 where !observer.isBeyondWatch {
      if case .bytes(let kept) = observer.receive(Array(Self.choice(number, "her").utf8)), !kept.isEmpty { passed += 1 }
    }
    #expect(observer.isBeyondWatch && passed == 16_384)
    // Not in a last frame without its end either.
    _ = observer.receive(Array(Self.choice(20_000, "on").dropLast(2).utf8))
    #expect(observer.rest().isEmpty)
  }

  /// Some clients read a last frame whose end has not come.
  @Test func aFrameWithoutItsEndIsPutTogetherToo() {
    let whole = Self.chat("heron-") + Self.chat("4711-")
    for end in [Self.chat("amber").dropLast(), Self.chat("amber").dropLast(2)] {
      let held = Self.observe(.chat, whole + end, Self.order("beta", holds: true))
      #expect(held.hasLeaked && held.passed == whole)
      let watched = Self.observe(.chat, whole + end, Self.order("beta", holds: false))
      #expect(watched.passed == whole + end && watched.hits == [.init(owner: "acme", number: 0)])
    }
  }

  /// What no frame ends, and what is no JSON, is looked at as it is.
  @Test func whatIsNoEventIsLookedAtToo() {
    for text in [Self.chat("x") + "data: heron-4711-amber", "data: heron-4711-amber\n\n" + Self.chat("x")] {
      let seen = Self.observe(.chat, text, Self.order("beta", holds: true))
      #expect(seen.hasLeaked && !seen.passed.contains("heron"))
    }
  }

  /// What nobody here can read may hold anything.
  @Test(
    arguments: [
      ("br", "application/json", true), ("zstd", "text/event-stream", true), ("gzip", "application/json", true),
      ("identity", "application/json", false), (nil, "application/json", false),
    ] as [(String?, String, Bool)])
  func whatCannotBeReadIsOpaque(_ encoding: String?, _ type: String, _ isOpaque: Bool) {
    var observer = ReplyObserver(
      .chat, status: 200, contentType: type, encoding: encoding, strips: false, watch: Self.order("beta", holds: true))
    _ = observer.receive(Array(#"{"choices":[]}"#.utf8))
    #expect(observer.foundCanaries().isEmpty)
    #expect(observer.isOpaque == isOpaque)
  }

  @Test func whatIsTooLongIsOpaque() {
    var observer = ReplyObserver(
      .chat, status: 200, contentType: "application/json", encoding: nil, strips: false,
      watch: Self.order("beta", holds: true), limit: 8)
    _ = observer.receive(Array("12345678".utf8))
    #expect(observer.foundCanaries().isEmpty && !observer.isOpaque)
    _ = observer.receive(Array("9".utf8))
    #expect(observer.foundCanaries().isEmpty && observer.isOpaque)
  }
}
