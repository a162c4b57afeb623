import Records
import Testing

@testable import Intake

/// Spans as requests of a batch: what each part of a message becomes, and what cannot become one.
struct OpenAIBatchExportTests {
  private static let id = RecordID(milliseconds: 1_700_000_000_000, digest: SHA256Digest(of: "x"))

  private func span(_ words: [String], _ kind: String = "chat") -> SpanRecord {
    var span = SpanRecord(
      spanID: "s", traceID: "t", name: "call", spanKind: kind, startedAt: testTime, feature: "desk")
    span.modelServed = "m-1"
    if words.contains("input") { span.contents.input = SHA256Digest(of: "input") }
    if words.contains("instructions") { span.contents.instructions = SHA256Digest(of: "instructions") }
    if words.contains("tools") { span.contents.tools = SHA256Digest(of: "tools") }
    return span
  }

  /// The body of the request that a span becomes.
  private func body(_ span: SpanRecord, _ words: [(name: String, value: JSONValue)]) throws -> JSONValue {
    let line = try OpenAIBatchExport.line(Self.id, span, words: words)
    let value = try JSONValue(parsing: line)
    #expect(line.hasSuffix("\n") && value["custom_id"] == .string(Self.id.description) && value["method"] == "POST")
    return value["body"] ?? .null
  }

  private func omission(_ span: SpanRecord, _ words: [(name: String, value: JSONValue)]) -> OpenAIBatchExport.Omission?
  {
    do throws(OpenAIBatchExport.Omission) {
      _ = try OpenAIBatchExport.line(Self.id, span, words: words)
      return nil
    } catch {
      return error
    }
  }

  @Test func aConversationWithTools() throws {
    let input: JSONValue = [
      [
        "role": "user",
        "parts": [["type": "text", "content": "Hi"], ["type": "uri", "modality": "image", "uri": "u"]],
      ],
      [
        "role": "assistant", "finish_reason": "tool_calls",
        "parts": [
          ["type": "reasoning", "content": "hm"],
          ["type": "tool_call", "id": "c", "name": "f", "arguments": ["a": 1]],
        ],
      ],
      ["role": "tool", "parts": [["type": "tool_call_response", "id": "c", "response": ["b": 2]]]],
    ]
    let tools: JSONValue = [["name": "f", "input_schema": ["type": "object"]]]
    let body = try body(
      span(["input", "instructions", "tools"]),
      [("input", input), ("instructions", [["type": "text", "content": "Be brief."]]), ("tools", tools)])
    #expect(
      body["messages"] == [
        ["role": "system", "content": "Be brief."],
        [
          "role": "user",
          "content": [["type": "text", "text": "Hi"], ["type": "image_url", "image_url": ["url": "u"]]],
        ],
        [
          "role": "assistant", "content": nil,
          "tool_calls": [["id": "c", "type": "function", "function": ["name": "f", "arguments": #"{"a":1}"#]]],
        ],
        ["role": "tool", "tool_call_id": "c", "content": #"{"b":2}"#],
      ])
    #expect(body["tools"] == [["type": "function", "function": ["name": "f", "parameters": ["type": "object"]]]])
    #expect(body["model"] == "m-1")
  }

  @Test func parametersAndWhatBelongsToLiveCalls() throws {
    var span = span(["input"])
    span.parameters =
      #"{"encoding_formats":["float"],"response_format":"json","seed":7,"service_tier":"flex","stream":true}"#
    span.userID = "u"
    span.attributes = #"{"openai.metadata.team":"blue"}"#
    #expect(
      try body(span, [("input", "Hi")]) == [
        "model": "m-1", "messages": [["role": "user", "content": "Hi"]], "encoding_format": "float",
        "response_format": ["type": "json_object"], "seed": 7, "metadata": ["team": "blue"], "user": "u",
      ])
  }

  @Test func responses() throws {
    var span = span(["input", "tools"])
    span.attributes = #"{"openai.batch.url":"/v1/responses"}"#
    span.parameters = #"{"max_tokens":5}"#
    let input: JSONValue = [
      [
        "role": "assistant",
        "parts": [["type": "text", "content": "A"], ["type": "tool_call", "id": "k", "name": "f"]],
      ],
      ["role": "tool", "parts": [["type": "tool_call_response", "id": "k", "response": "R"]]],
      ["role": "user", "parts": [["type": "text", "content": "U"]]],
      ["type": "item_reference", "id": "x"],
    ]
    let body = try body(
      span, [("input", input), ("tools", [["type": "function", "function": ["name": "f"]], ["type": "web_search"]])])
    #expect(
      body["input"] == [
        ["type": "function_call", "call_id": "k", "name": "f", "arguments": "{}"],
        ["role": "assistant", "content": [["type": "output_text", "text": "A"]]],
        ["type": "function_call_output", "call_id": "k", "output": "R"],
        ["role": "user", "content": [["type": "input_text", "text": "U"]]], ["type": "item_reference", "id": "x"],
      ])
    #expect(body["tools"] == [["type": "function", "name": "f"], ["type": "web_search"]])
    #expect(body["max_output_tokens"] == 5 && body["max_tokens"] == nil)
  }

  @Test func textsAndVectors() throws {
    #expect(try body(span(["input"], "embeddings"), [("input", ["a", "b"])])["input"] == ["a", "b"])
    #expect(try body(span(["input"], "completion"), [("input", "Once")])["prompt"] == "Once")
  }

  @Test func whatIsLeftOutAndWhy() {
    let hello: [(name: String, value: JSONValue)] = [("input", "Hi")]
    #expect(omission(span(["input"], "tool"), hello) == .otherKind)
    #expect(omission(span([]), []) == .unrecorded)
    #expect(omission(span(["input"]), []) == .gone)
    #expect(omission(span(["input", "tools"]), hello) == .gone)
    #expect(omission(span(["input"]), [("input", ["a": 1])]) == .untranslatable)
    #expect(
      omission(span(["input"]), [("input", [["role": "user", "parts": [["type": "video"]]]])]) == .untranslatable)
    #expect(omission(span(["input"], "embeddings"), [("input", [["role": "user"]])]) == .untranslatable)
    #expect(
      omission(span(["input", "tools"]), hello + [("tools", [["type": "web_search"]])]) == .untranslatable)
    var nameless = span(["input"])
    nameless.modelServed = nil
    #expect(omission(nameless, hello) == .noModel)
    #expect(omission(span(["input"]), hello) == nil)
  }
}
