import Guards
import Testing

@testable import Gateway

/// What calls say of their providers.
struct CallOutcomeTests {
  private static func error(_ code: String, _ message: String = "No") -> String {
    #"{"error":{"code":"\#(code)","type":"\#(code)","message":"\#(message)"}}"#
  }

  @Test(
    arguments: [
      (200, BreakerBench.answer, .succeeded), (201, BreakerBench.answer, .succeeded), (204, "", .failed(.empty)),
      (199, "{}", .uncounted), (300, "{}", .uncounted), (307, "{}", .uncounted), (400, error("x"), .uncounted),
      (401, error("x"), .uncounted), (402, error("x"), .failed(.quota)), (402, "nonsense", .failed(.quota)),
      (403, error("x"), .uncounted), (403, error("billing_not_active"), .failed(.quota)),
      (404, error("x"), .uncounted), (408, error("x"), .uncounted), (409, error("x"), .uncounted),
      (422, error("x"), .uncounted), (429, error("x"), .failed(.overloaded)), (429, "nonsense", .failed(.overloaded)),
      (429, error("insufficient_quota"), .failed(.quota)),
      // Google says that of calls a minute, too.
      (429, error("x", "You exceeded your current quota"), .failed(.overloaded)),
      (499, error("x"), .uncounted), (500, error("x"), .failed(.overloaded)), (503, "<html>", .failed(.overloaded)),
      (529, error("overloaded_error"), .failed(.overloaded)),
      (400, error("x", "You have reached your specified API Usage Limits."), .failed(.quota)),
      (400, error("x", "Your credit balance is too low"), .failed(.quota)),
      (404, error("x", "Your credit balance is too low"), .uncounted),
      (200, error("insufficient_quota"), .failed(.quota)), (200, error("server_error"), .failed(.overloaded)),
      (200, error("invalid_request_error"), .uncounted),
      (200, #"{"error":{"code":429,"message":"No"}}"#, .failed(.overloaded)),
      (200, #"{"error":{"code":402,"message":"No"}}"#, .failed(.quota)),
      (200, #"{"error":{"code":400,"message":"No"}}"#, .uncounted),
      (200, #"{"error":{"code":200,"message":"No"}}"#, .failed(.overloaded)), (200, "nonsense", .failed(.malformed)),
      (200, "{}", .failed(.empty)),
    ] as [(Int, String, BreakerOutcome)])
  func statuses(_ status: Int, _ body: String, _ outcome: BreakerOutcome) throws {
    #expect(CallOutcome.outcome(try BreakerBench.span(status, body)) == outcome, "\(status) \(body)")
  }

  /// Where there was no room for a reply, nobody can say that it lacks something; what it says of failure holds.
  @Test func whatWasNotKeptIsNotEmpty() throws {
    let hollow = #"{"choices":[{"index":0,"message":{"role":"assistant","content":""},"finish_reason":"stop"}]}"#
    var span = try BreakerBench.span(200, hollow)
    #expect(CallOutcome.outcome(span, isCallersKey: false) == .failed(.empty))
    span.observation.unread = "size"
    #expect(CallOutcome.outcome(span, isCallersKey: false) == .succeeded)
    var cut = try BreakerBench.span(
      200, #"{"choices":[{"index":0,"message":{"content":"{\"a\""},"finish_reason":"stop"}]}"#,
      request: #"{"model":"m","response_format":{"type":"json_object"}}"#)
    #expect(CallOutcome.outcome(cut, isCallersKey: false) == .failed(.malformed))
    cut.observation.unread = "size"
    #expect(CallOutcome.outcome(cut, isCallersKey: false) == .succeeded)
    var failed = try BreakerBench.span(200, #"{"error":{"code":"insufficient_quota","message":"no credit"}}"#)
    failed.observation.unread = "size"
    #expect(CallOutcome.outcome(failed, isCallersKey: false) == .failed(.quota))
  }

  @Test func anEchoSaysNothing() throws {
    for message in ["There is no tool named usage limit", "Invalid value: 'You have reached your usage limit'"] {
      let body = CallOutcomeTests.error("x", message)
      #expect(CallOutcome.outcome(try BreakerBench.span(400, body)) == .uncounted)
    }
  }

  /// Nobody opens a breaker for others by asking for an answer that ends before it begins.
  @Test func whoSaysWhereTheAnswerEnds() throws {
    let empty = #"{"choices":[{"index":0,"message":{"role":"assistant","content":""},"finish_reason":"stop"}]}"#
    let cut = empty.replacing(#""content":"""#, with: #""content":"{\"a\":1""#)
    let json = #","response_format":{"type":"json_object"}"#
    func outcome(_ more: String, _ reply: String) throws -> BreakerOutcome {
      CallOutcome.outcome(try BreakerBench.span(200, reply, request: #"{"model":"m"\#(more)}"#))
    }
    #expect(try outcome("", empty) == .failed(.empty) && outcome(#","stop":null"#, empty) == .failed(.empty))
    #expect(try outcome(#","stop":["a"]"#, empty) == .uncounted)
    #expect(try outcome(json, cut) == .failed(.malformed) && outcome(json + #","stop":"}""#, cut) == .uncounted)
    // What another API would ask for JSON by is passed over here.
    #expect(try outcome(#","text":{"format":{"type":"json_object"}}"#, cut) == .succeeded)
    let sequence = #"{"content":[{"type":"text","text":""}],"stop_reason":"stop_sequence"}"#
    #expect(CallOutcome.outcome(try BreakerBench.span(200, sequence, .messages)) == .succeeded)
    let incomplete =
      #"{"status":"incomplete","output":[{"type":"message","content":[{"type":"output_text","text":"{"}]}]}"#
    let asked = #"{"model":"m","text":{"format":{"type":"json_schema"}}}"#
    #expect(CallOutcome.outcome(try BreakerBench.span(200, incomplete, .responses, request: asked)) == .succeeded)
  }

  @Test func faults() throws {
    for fault in CallFault.allCases {
      let outcome = CallOutcome.outcome(try BreakerBench.span(nil, fault: fault))
      let expected: BreakerOutcome =
        switch fault {
        case .connectFailed, .connectTimeout, .tlsFailed, .firstByteTimeout, .idleTimeout, .upstreamReset:
          .failed(.transport)
        case .clientDisconnected, .clientStalled, .leak, .uncheckedReply: .uncounted
        case .malformedStream, .truncatedStream, .malformedReply: .failed(.malformed)
        case .emptyReply: .failed(.empty)
        }
      #expect(outcome == expected, "\(fault)")
    }
    // A fault of the transport within a reply that had begun well.
    #expect(CallOutcome.outcome(try BreakerBench.span(200, "{", fault: .upstreamReset)) == .failed(.transport))
  }

  private static func chat(_ content: String, _ finish: String, _ more: String = "") -> String {
    #"{"choices":[{"message":{"content":\#(content)\#(more)},"finish_reason":\#(finish)}]}"#
  }

  @Test(
    arguments: [
      (.chat, chat("\"\"", "\"stop\""), true), (.chat, chat("null", "null"), true),
      (.chat, chat("\" \\n\"", "\"stop\""), true), (.chat, chat("\"x\"", "\"stop\""), false),
      (.chat, chat("\"\"", "\"length\""), false), (.chat, chat("null", "\"content_filter\""), false),
      (.chat, chat("null", "\"tool_calls\"", #","tool_calls":[{"id":"t"}]"#), false),
      (.chat, chat("null", "\"stop\"", #","tool_calls":[]"#), true),
      (.chat, chat("null", "\"stop\"", #","refusal":"No"# + "\""), false),
      (.chat, chat("null", "\"stop\"", #","reasoning_content":"Hm"# + "\""), true),
      (.chat, chat(#"[{"type":"text","text":""}]"#, "\"stop\""), true),
      (.chat, chat(#"[{"type":"text","text":"x"}]"#, "\"stop\""), false), (.chat, #"{"choices":[]}"#, true),
      (.messages, #"{"content":[],"stop_reason":"end_turn"}"#, true),
      (.messages, #"{"content":[{"type":"text","text":""}],"stop_reason":"end_turn"}"#, true),
      (.messages, #"{"content":[{"type":"thinking","thinking":"Hm"}],"stop_reason":"end_turn"}"#, true),
      (.messages, #"{"content":[{"type":"text","text":"x"}],"stop_reason":"end_turn"}"#, false),
      (.messages, #"{"content":[{"type":"tool_use"}],"stop_reason":"tool_use"}"#, false),
      (.messages, #"{"content":[],"stop_reason":"max_tokens"}"#, false),
      (.messages, #"{"content":[],"stop_reason":"refusal"}"#, false),
      (.responses, #"{"status":"completed","output":[]}"#, true),
      (.responses, #"{"status":"completed","output":[{"type":"reasoning"}]}"#, true),
      (.responses, #"{"output":[{"type":"message","content":[{"type":"output_text","text":""}]}]}"#, true),
      (.responses, #"{"output":[{"type":"message","content":[{"type":"output_text","text":"x"}]}]}"#, false),
      (.responses, #"{"output":[{"type":"message","content":[{"type":"refusal","refusal":"No"}]}]}"#, false),
      (.responses, #"{"output":[{"type":"function_call"}]}"#, false),
      (.responses, #"{"status":"incomplete","output":[]}"#, false),
      (.responses, #"{"status":"queued","output":[]}"#, false), (.embeddings, #"{"data":[]}"#, true),
      (.embeddings, #"{"data":[{"embedding":[0.1]}]}"#, false),
    ] as [(CallEndpoint, String, Bool)])
  func whatIsHollow(_ endpoint: CallEndpoint, _ body: String, _ isHollow: Bool) throws {
    let outcome = CallOutcome.outcome(try BreakerBench.span(200, body, endpoint))
    #expect(outcome == (isHollow ? .failed(.empty) : .succeeded), "\(body)")
  }

  /// Where JSON is asked for, something else is no answer; one that was cut off at the caller's limit is not judged.
  @Test func whatIsNoJSON() throws {
    let formats = [
      (#""response_format":{"type":"json_object"}"#, true), (#""response_format":{"type":"json_schema","x":{}}"#, true),
      (#""response_format":{"x":{"type":"text"},"type":"json_schema"}"#, true),
      (#""response_format":{"type":"text"}"#, false), (#""response_format":null"#, false),
      (#""response_format":{"schema":{"type":"json_object"}}"#, false), (#""text":"json_object""#, false),
    ]
    for (format, asks) in formats {
      for (content, finish, isJSON) in [
        (#""{\"a\":1}""#, "stop", true), (#""Sure! {}""#, "stop", false), (#""{\"a\":""#, "length", true),
      ] {
        let span = try BreakerBench.span(
          200, CallOutcomeTests.chat(content, "\"\(finish)\""), request: #"{"model":"m",\#(format)}"#)
        #expect(span.request.asksForJSON == asks, "\(format)")
        #expect(
          CallOutcome.outcome(span) == (asks && !isJSON ? .failed(.malformed) : .succeeded), "\(format) \(content)")
      }
    }
    for (format, text, isFailed) in [
      (#"{"format":{"type":"json_schema"}}"#, "no", true), (#"{"format":{"type":"json_schema"}}"#, "[1]", false),
      (#"{"format":{"type":"text"}}"#, "no", false), (#"{"verbosity":"low"}"#, "no", false),
      (#"{"format":{"format":{"type":"json_schema"}}}"#, "no", false),
    ] {
      let reply = #"{"output":[{"type":"message","content":[{"type":"output_text","text":"\#(text)"}]}]}"#
      let span = try BreakerBench.span(200, reply, .responses, request: #"{"model":"m","text":\#(format)}"#)
      #expect(CallOutcome.outcome(span) == (isFailed ? .failed(.malformed) : .succeeded), "\(format) \(text)")
    }
  }

  /// A first word at the limit is in time.
  @Test func slowness() throws {
    for (time, outcome) in [(1.0, .succeeded), (1.001, .failed(.slow))] as [(Double, BreakerOutcome)] {
      var span = try BreakerBench.span(200, BreakerBench.answer, slow: .seconds(1))
      span.timeToFirst = .seconds(time)
      #expect(CallOutcome.outcome(span) == outcome)
    }
    var without = try BreakerBench.span(200, BreakerBench.answer)
    without.timeToFirst = .seconds(900)
    #expect(CallOutcome.outcome(without) == .succeeded)
    // Who went after waiting for as long says the same; who went sooner, or had a word, or asked for no stream, says nothing.
    for (elapsed, first, stream, outcome) in [
      (1.0, nil, true, .uncounted), (1.001, nil, true, .failed(.slow)), (9, 0.5, true, .uncounted),
      (9, nil, false, .uncounted),
    ] as [(Double, Double?, Bool, BreakerOutcome)] {
      var span = try BreakerBench.span(
        nil, request: #"{"model":"m","stream":\#(stream)}"#, slow: .seconds(1), fault: .clientDisconnected)
      span.elapsed = .seconds(elapsed)
      span.timeToFirst = first.map { .seconds($0) }
      #expect(CallOutcome.outcome(span) == outcome)
    }
  }

  /// What is wrong with the quota of a caller's own key is the caller's.
  @Test func theCallersOwnKey() throws {
    for (status, body, outcome) in [
      (402, CallOutcomeTests.error("x"), .uncounted), (429, CallOutcomeTests.error("x"), .uncounted),
      (400, CallOutcomeTests.error("x", "Your credit balance is too low"), .uncounted),
      (500, CallOutcomeTests.error("x"), .failed(.overloaded)), (200, BreakerBench.answer, .succeeded),
    ] as [(Int, String, BreakerOutcome)] {
      #expect(CallOutcome.outcome(try BreakerBench.span(status, body), isCallersKey: true) == outcome, "\(status)")
    }
  }
}
