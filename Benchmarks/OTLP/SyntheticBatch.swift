/// One export of chat spans as instrumentations of 2026 write them, in both encodings.
struct SyntheticBatch {
  let spans: Int

  private static let question = String(
    repeating: "Where is my parcel, and when will it arrive? ", count: 8)
  private static let answer = String(
    repeating: "It left the depot this morning and arrives on Tuesday. ", count: 6)

  private enum Value {
    case text(String)
    case integer(Int64)
    case real(Double)
  }

  private func attributes(_ number: Int) -> [(String, Value)] {
    let input = #"[{"role":"user","parts":[{"type":"text","content":"\#(Self.question)"}]}]"#
    let output = #"[{"role":"assistant","parts":[{"type":"text","content":"\#(Self.answer)"}],"finish_reason":"stop"}]"#
    return [
      ("gen_ai.operation.name", .text("chat")), ("gen_ai.provider.name", .text("openai")),
      ("gen_ai.request.model", .text("gpt-4o-mini")), ("gen_ai.response.model", .text("gpt-4o-mini-2024-07-18")),
      ("gen_ai.request.temperature", .real(0.2)), ("gen_ai.request.max_tokens", .integer(512)),
      ("gen_ai.usage.input_tokens", .integer(Int64(812 + number))), ("gen_ai.usage.output_tokens", .integer(96)),
      ("gen_ai.usage.cache_read.input_tokens", .integer(512)), ("gen_ai.response.id", .text("chatcmpl-\(number)")),
      ("gen_ai.conversation.id", .text("conversation-\(number / 4)")), ("user.id", .text("user-\(number / 8)")),
      ("gen_ai.input.messages", .text(input)), ("gen_ai.output.messages", .text(output)),
      ("server.address", .text("api.openai.com")), ("server.port", .integer(443)),
    ]
  }

  var json: [UInt8] {
    func quoted(_ text: String) -> String {
      "\"" + text.map { $0 == "\"" ? "\\\"" : $0 == "\\" ? "\\\\" : String($0) }.joined() + "\""
    }
    let list = (0..<spans).map { number in
      let attributes = attributes(number).map { key, value in
        switch value {
        case .text(let text): #"{"key":"\#(key)","value":{"stringValue":\#(quoted(text))}}"#
        case .integer(let number): #"{"key":"\#(key)","value":{"intValue":"\#(number)"}}"#
        case .real(let number): #"{"key":"\#(key)","value":{"doubleValue":\#(number)}}"#
        }
      }.joined(separator: ",")
      let id = String(number + 0x1000_0000, radix: 16)
      return #"{"traceId":"0123456789abcdef\#(id)\#(id)","spanId":"\#(id)\#(id)","name":"chat gpt-4o-mini","kind":3,"#
        + #""startTimeUnixNano":"1764000000000000000","endTimeUnixNano":"1764000001000000000","#
        + #""attributes":[\#(attributes)],"status":{}}"#
    }.joined(separator: ",")
    return Array(
      (#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"support"}}]},"#
        + #""scopeSpans":[{"scope":{"name":"bench","version":"1"},"spans":[\#(list)]}]}]}"#).utf8)
  }

  var protobuf: [UInt8] {
    var scope = field(1, field(1, Array("bench".utf8)) + field(2, Array("1".utf8)))
    for number in 0..<spans {
      let id = Array("id\(number + 100_000)".utf8)
      var span = field(1, id + id) + field(2, id) + field(5, Array("chat gpt-4o-mini".utf8)) + [6 << 3, 3]
      span += fixed(7, 1_764_000_000_000_000_000) + fixed(8, 1_764_000_001_000_000_000)
      for (key, value) in attributes(number) {
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
