import Guards
import Records
import Testing

@testable import Gateway

/// Answers and arguments that break what their requests asked for, and what breakers and spans make of that.
struct ReplyFormTests {
  private static let schema =
    #"{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false}"#

  private static func outcomes(_ span: CallSpan) -> [BreakerOutcome] {
    [false, true].map { CallOutcome.outcome(span, isCallersKey: false, countsMissed: $0) }
  }

  private static func attributes(_ span: CallSpan) -> JSONValue? {
    for case .span(let record) in span.batch.records {
      return record.attributes.flatMap { try? JSONValue(parsing: $0) }
    }
    return nil
  }

  private static func text(_ text: String) -> String { (try? JSONValue.string(text).line()) ?? "" }

  private static func chat(_ answer: String, _ more: String, finish: String = "stop") throws -> CallSpan {
    try BreakerBench.span(
      200, #"{"choices":[{"message":{"content":\#(text(answer))},"finish_reason":"\#(finish)"}]}"#,
      request: #"{"model":"m"\#(more)}"#)
  }

  private static func format(_ strict: String) -> String {
    #","response_format":{"type":"json_schema","json_schema":{"name":"x","schema":\#(schema)\#(strict)}}"#
  }

  /// What a promised schema says counts; what one says that is aimed at, only where that is asked for.
  @Test(
    arguments: [
      (#"{"n":1}"#, .succeeded), (#"{"n":1.0}"#, .succeeded), (#"{"n":1.5}"#, .failed(.schema)),
      (#"{}"#, .failed(.schema)), (#"{"n":1,"m":2}"#, .failed(.schema)), ("[]", .failed(.schema)),
      ("Sure!", .failed(.malformed)),
      // Some readers take these.
      (#"{"n":"a","n":1}"#, .succeeded), (#"{"n":1e999}"#, .succeeded),
    ] as [(String, BreakerOutcome)])
  func answers(_ answer: String, _ outcome: BreakerOutcome) throws {
    let promised = try Self.chat(answer, Self.format(#","strict":true"#))
    #expect(Self.outcomes(promised) == [outcome, outcome])
    for strict in [#","strict":false"#, #","strict":null"#, ""] {
      let aimed = try Self.chat(answer, Self.format(strict))
      #expect(Self.outcomes(aimed) == [outcome == .failed(.schema) ? .succeeded : outcome, outcome])
      #expect(Self.attributes(aimed)?["schema_missed"]?.text == (outcome == .failed(.schema) ? "answer" : nil))
      #expect(Self.attributes(aimed)?["schema_broken"] == nil)
    }
    let attributes = Self.attributes(promised)
    #expect(attributes?["schema_broken"]?.text == (outcome == .failed(.schema) ? "answer" : nil))
    #expect(attributes?["schema_missed"] == nil && attributes?["upstream"]?.text == "open")
    // The same of the other APIs.
    for strict in [true, false] {
      let responses = try BreakerBench.span(
        200, #"{"output":[{"type":"message","content":[{"type":"output_text","text":\#(Self.text(answer))}]}]}"#,
        .responses,
        request: #"{"model":"m","text":{"format":{"type":"json_schema","strict":\#(strict),"schema":\#(Self.schema)}}}"#
      )
      #expect(Self.outcomes(responses) == [!strict && outcome == .failed(.schema) ? .succeeded : outcome, outcome])
    }
    for member in [#""output_format":"#, #""output_config":{"format":"#] {
      let close = member.contains("{") ? "}" : ""
      // Citations cut one text into several.
      let half = answer.index(answer.startIndex, offsetBy: answer.count / 2)
      let message = try BreakerBench.span(
        200,
        #"{"content":[{"type":"text","text":\#(Self.text(String(answer[..<half])))},{"type":"text","text":\#(Self.text(String(answer[half...])))}],"stop_reason":"end_turn"}"#,
        .messages, request: #"{"model":"m",\#(member){"type":"json_schema","schema":\#(Self.schema)}\#(close)}"#)
      #expect(Self.outcomes(message) == [outcome, outcome], "\(member)")
    }
  }

  /// What did not end properly, or ends where the request says, is not judged; nor is what can be read in two ways.
  @Test func whatIsNotJudged() throws {
    let strict = Self.format(#","strict":true"#)
    for finish in ["length", "content_filter"] {
      #expect(Self.outcomes(try Self.chat("{}", strict, finish: finish)) == [.succeeded, .succeeded])
    }
    #expect(Self.outcomes(try Self.chat("{}", strict + #","stop":["}"]"#)) == [.uncounted, .uncounted])
    #expect(Self.attributes(try Self.chat("{}", strict + #","stop":["}"]"#))?["schema_broken"] == nil)
    #expect(Self.outcomes(try Self.chat("{}", strict + #","stop":null"#)) == [.failed(.schema), .failed(.schema)])
    #expect(Self.outcomes(try Self.chat("{}", strict + strict)) == [.succeeded, .succeeded])
    let refused = try BreakerBench.span(
      200, #"{"choices":[{"message":{"content":"No","refusal":"I will not"},"finish_reason":"stop"}]}"#,
      request: #"{"model":"m"\#(strict)}"#)
    #expect(Self.outcomes(refused) == [.succeeded, .succeeded])
    var cut = try Self.chat("{}", strict)
    cut.observation.unread = "size"
    #expect(Self.outcomes(cut) == [.succeeded, .succeeded])
    // A schema that nobody here can judge.
    let pattern = #","response_format":{"type":"json_schema","json_schema":{"strict":true,"schema":{"pattern":"^a"}}}"#
    #expect(Self.outcomes(try Self.chat("\"b\"", pattern)) == [.succeeded, .succeeded])
  }

  // MARK: Tools

  private static func tools(_ strict: Bool) -> String {
    #","tools":[{"type":"function","function":{"name":"pay","parameters":\#(schema)\#(strict ? #","strict":true"# : "")}},{"type":"function","function":{"name":"ping"}}]"#
  }

  /// Reply and request of one call of a tool, in each API.
  private static func calls(_ arguments: String, strict: Bool, name: String = "pay", finish: String? = nil) throws
    -> [CallSpan]
  {
    let flag = strict ? #","strict":true"# : ""
    let chat = try BreakerBench.span(
      200,
      #"{"choices":[{"message":{"content":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"\#(name)","arguments":\#(text(arguments))}}]},"finish_reason":"\#(finish ?? "tool_calls")"}]}"#,
      request: #"{"model":"m"\#(tools(strict))}"#)
    let function = try BreakerBench.span(
      200,
      #"{"choices":[{"message":{"content":null,"function_call":{"name":"\#(name)","arguments":\#(text(arguments))}},"finish_reason":"\#(finish ?? "function_call")"}]}"#,
      request: #"{"model":"m","functions":[{"name":"pay","parameters":\#(schema)\#(flag)},{"name":"ping"}]}"#)
    let response = try BreakerBench.span(
      200,
      #"{"status":"\#(finish == nil ? "completed" : "incomplete")","output":[{"type":"function_call","name":"\#(name)","arguments":\#(text(arguments))}]}"#,
      .responses,
      request:
        #"{"model":"m","tools":[{"type":"function","name":"pay","parameters":\#(schema)\#(flag)},{"type":"function","name":"ping"},{"type":"web_search"}]}"#
    )
    let input = (try? JSONValue(parsing: arguments)) != nil ? arguments : text(arguments)
    let message = try BreakerBench.span(
      200,
      #"{"content":[{"type":"tool_use","name":"\#(name)","input":\#(input)}],"stop_reason":"\#(finish.map { _ in "max_tokens" } ?? "tool_use")"}"#,
      .messages,
      request:
        #"{"model":"m","tools":[{"name":"pay","input_schema":\#(schema)\#(flag)},{"name":"ping","input_schema":{"type":"object"}}]}"#
    )
    return [chat, function, response, message]
  }

  @Test(
    arguments: [
      (#"{"n":1}"#, .succeeded, .succeeded), (#"{"n":"1"}"#, .failed(.schema), .succeeded),
      ("{}", .failed(.schema), .succeeded), ("[1]", .failed(.schema), .failed(.schema)),
      ("3", .failed(.schema), .failed(.schema)), (#"{"n":1"#, .failed(.schema), .failed(.schema)),
      (#"{"n":"a","n":1}"#, .succeeded, .succeeded), ("", .succeeded, .succeeded), (" ", .succeeded, .succeeded),
    ] as [(String, BreakerOutcome, BreakerOutcome)])
  func arguments(_ arguments: String, _ strict: BreakerOutcome, _ loose: BreakerOutcome) throws {
    for span in try Self.calls(arguments, strict: true) {
      #expect(Self.outcomes(span) == [strict, strict], "\(span.request.endpoint)")
      #expect(Self.attributes(span)?["schema_broken"]?.text == (strict == .succeeded ? nil : "arguments"))
    }
    for span in try Self.calls(arguments, strict: false) {
      #expect(Self.outcomes(span) == [loose, strict], "\(span.request.endpoint)")
      #expect(Self.attributes(span)?["schema_broken"]?.text == (loose == .succeeded ? nil : "arguments"))
      #expect(Self.attributes(span)?["schema_missed"]?.text == (loose == strict ? nil : "arguments"))
    }
    // Nothing is known of tools that were not offered, and little of those without parameters; what was cut off is not judged.
    for span in try Self.calls(arguments, strict: true, name: "other") { #expect(Self.outcomes(span)[1] == .succeeded) }
    for span in try Self.calls(arguments, strict: true, finish: "length") {
      #expect(Self.outcomes(span)[1] == .succeeded)
    }
    for span in try Self.calls(arguments, strict: true, name: "ping") { #expect(Self.outcomes(span)[0] == loose) }
  }

  /// A stream's arguments come in pieces, and what is no JSON in the end stays what it is.
  @Test func argumentsOfAStream() throws {
    for (pieces, outcome) in [
      (["{\"n\"", ":1}"], .succeeded), (["{\"n\"", ":"], .failed(.schema)), (["{\"n\":1,", "\"n\":2}"], .succeeded),
    ] as [([String], BreakerOutcome)] {
      var observer = ReplyObserver(
        .messages, status: 200, contentType: "text/event-stream", encoding: nil, strips: false)
      let events =
        [
          #"{"type":"message_start","message":{"content":[]}}"#,
          #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","name":"pay","input":{}}}"#,
        ]
        + pieces.map {
          #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":\#(Self.text($0))}}"#
        } + [
          #"{"type":"content_block_stop","index":0}"#, #"{"type":"message_delta","delta":{"stop_reason":"tool_use"}}"#,
          #"{"type":"message_stop"}"#,
        ]
      for event in events { _ = observer.receive(Array("data: \(event)\n\n".utf8)) }
      var span = try BreakerBench.span(
        nil, nil, .messages, request: #"{"model":"m","tools":[{"name":"pay","input_schema":\#(Self.schema)}]}"#)
      span.status = 200
      span.observation = observer.observation()
      #expect(Self.outcomes(span)[0] == outcome, "\(pieces)")
    }
  }

  // MARK: Breakers

  /// Five answers that break the schema open the breaker, also where they are so long that they are judged beside the caller.
  @Test(arguments: [1, 6_000]) func theBreakerOpens(_ length: Int) async throws {
    let bench = BreakerBench()
    let answer = "[\(Array(repeating: "1", count: length).joined(separator: ","))]"
    let span = try Self.chat(answer, Self.format(#","strict":true"#))
    #expect(ReplyForm.takesLong(span) == (length > 1))
    for _ in 0..<5 {
      guard case .passed(let passage?) = bench.breakers.admit(BreakerBench.key) else {
        Issue.record("it is closed")
        return
      }
      passage.end(span)
    }
    for _ in 0..<2_000 where bench.reading?.breaker.state != .open { try await Task.sleep(for: .milliseconds(5)) }
    #expect(bench.reading?.breaker.cause == .consecutive(5, .schema))
    // What takes long is taken for well until it is known.
    var judged = span
    let known = judged.judgeForm()
    #expect(CallOutcome.outcome(known) == (length > 1 ? .succeeded : .failed(.schema)))
    #expect(CallOutcome.outcome(judged) == .failed(.schema))
  }
}
