/// One export of chat spans as instrumentations of 2026 write them, in both encodings. Two batches share no id and no text.
struct SyntheticBatch {
  let spans: Int
  /// Which batch of a run: its ids and texts follow from it.
  let number: Int
  /// Words of a question; an answer has half as many. The default makes spans of about 2.4 KB.
  let words: Int

  init(spans: Int, number: Int = 0, words: Int = 160) {
    (self.spans, self.number, self.words) = (spans, number, words)
  }

  private enum Value {
    case text(String)
    case integer(Int64)
    case real(Double)
  }

  // MARK: Content

  /// Two thousand made-up words; the early ones are drawn oftener, as in a language.
  private static let vocabulary: [String] = {
    var state: UInt64 = 7
    let syllables = [
      "ra", "len", "to", "mi", "ser", "po", "and", "ing", "ver", "ka", "us", "der", "al", "ti", "con", "e",
    ]
    return (0..<2_000).map { _ in
      (0..<Int(1 + next(&state) % 3)).map { _ in syllables[Int(next(&state) % 16)] }.joined()
    }
  }()

  private static func next(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }

  private static func text(_ count: Int, _ state: inout UInt64) -> String {
    var text = ""
    for place in 0..<count {
      if place > 0 { text += " " }
      let draw = min(next(&state) % 2_000, next(&state) % 2_000, next(&state) % 2_000)
      text += vocabulary[Int(draw)]
    }
    return text
  }

  private func attributes(_ place: Int, _ state: inout UInt64) -> [(String, Value)] {
    let question = SyntheticBatch.text(words, &state)
    let answer = SyntheticBatch.text(words / 2, &state)
    let input = #"[{"role":"user","parts":[{"type":"text","content":"\#(question)"}]}]"#
    let output = #"[{"role":"assistant","parts":[{"type":"text","content":"\#(answer)"}],"finish_reason":"stop"}]"#
    let span = number * spans + place
    return [
      ("gen_ai.operation.name", .text("chat")), ("gen_ai.provider.name", .text("openai")),
      ("gen_ai.request.model", .text("gpt-4o-mini")), ("gen_ai.response.model", .text("gpt-4o-mini-2024-07-18")),
      ("gen_ai.request.temperature", .real(0.2)), ("gen_ai.request.max_tokens", .integer(512)),
      ("gen_ai.usage.input_tokens", .integer(Int64(812 + place))), ("gen_ai.usage.output_tokens", .integer(96)),
      ("gen_ai.usage.cache_read.input_tokens", .integer(512)), ("gen_ai.response.id", .text("chatcmpl-\(span)")),
      ("gen_ai.conversation.id", .text("conversation-\(span / 4)")), ("user.id", .text("user-\(span / 8)")),
      ("gen_ai.input.messages", .text(input)), ("gen_ai.output.messages", .text(output)),
      ("server.address", .text("api.openai.com")), ("server.port", .integer(443)),
    ]
  }

  /// 24 bytes of random ids: a trace, and the span in it.
  private func ids(_ state: inout UInt64) -> [UInt8] {
    (0..<3).flatMap { _ in withUnsafeBytes(of: SyntheticBatch.next(&state)) { Array($0) } }
  }

  /// Batches follow each other by ten milliseconds.
  private var start: UInt64 { 1_764_000_000_000_000_000 + UInt64(number) * 10_000_000 }
  private var end: UInt64 { start + 1_000_000_000 }

  private var seed: UInt64 { UInt64(number) << 20 ^ 0x5DEE_CE66 }

  // MARK: Encodings

  var json: [UInt8] {
    var state = seed
    func quoted(_ text: String) -> String {
      "\"" + text.map { $0 == "\"" ? "\\\"" : $0 == "\\" ? "\\\\" : String($0) }.joined() + "\""
    }
    func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
      bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
    let list = (0..<spans).map { place in
      let id = ids(&state)
      let attributes = attributes(place, &state).map { key, value in
        switch value {
        case .text(let text): #"{"key":"\#(key)","value":{"stringValue":\#(quoted(text))}}"#
        case .integer(let number): #"{"key":"\#(key)","value":{"intValue":"\#(number)"}}"#
        case .real(let number): #"{"key":"\#(key)","value":{"doubleValue":\#(number)}}"#
        }
      }.joined(separator: ",")
      return
        #"{"traceId":"\#(hexadecimal(id[..<16]))","spanId":"\#(hexadecimal(id[16...]))","name":"chat gpt-4o-mini","#
        + #""kind":3,"startTimeUnixNano":"\#(start)","endTimeUnixNano":"\#(end)","#
        + #""attributes":[\#(attributes)],"status":{}}"#
    }.joined(separator: ",")
    return Array(
      (#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"support"}}]},"#
        + #""scopeSpans":[{"scope":{"name":"bench","version":"1"},"spans":[\#(list)]}]}]}"#).utf8)
  }

  var protobuf: [UInt8] {
    var state = seed
    var scope = field(1, field(1, Array("bench".utf8)) + field(2, Array("1".utf8)))
    for place in 0..<spans {
      let id = ids(&state)
      var span = field(1, Array(id[..<16])) + field(2, Array(id[16...])) + field(5, Array("chat gpt-4o-mini".utf8))
      span += [6 << 3, 3] + fixed(7, start) + fixed(8, end)
      for (key, value) in attributes(place, &state) {
        let encoded: [UInt8] =
          switch value {
          case .text(let text): field(1, Array(text.utf8))
          case .integer(let number): [3 << 3] + varint(UInt64(number))
          case .real(let number): fixed(4, number.bitPattern)
          }
        span += field(9, field(1, Array(key.utf8)) + field(2, encoded))
      }
      scope += field(2, span)
    }
    let service = field(1, Array("service.name".utf8)) + field(2, field(1, Array("support".utf8)))
    return field(1, field(1, field(1, service)) + field(2, scope))
  }

  private func varint(_ value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  private func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
  }

  private func fixed(_ number: UInt64, _ value: UInt64) -> [UInt8] {
    varint(number << 3 | 1) + withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
