import Foundation
import Testing

/// A way in which providers fail, what the caller gets of it in the end, how the breaker stands then, and what the span says.
struct CallScenario: Sendable {
  let name: String
  /// What the provider does, in words, for the table in Documentation/Gateway.md.
  let does: String
  /// Which route is taken; the names of the models begin so.
  var route = Route.open
  var isStream = false
  /// What the first upstream does, call by call; the last one is done again.
  let acts: [[StubUpstream.Act]]
  /// What the one it falls back on does.
  var secondActs: [[StubUpstream.Act]] = [StubUpstream.json(CallBench.reply)]
  /// Whether the caller asks for JSON.
  var asksForJSON = false
  /// What else the request has: members of its body.
  var asks = ""
  let calls: Int
  /// Calls before which the breaker must have become half-open.
  var waits: Set<Int> = []
  /// Whether the caller goes as soon as the provider is asked.
  var leaves = false
  /// The status of the last call, and the code where tally itself answered.
  let status: Int
  var code: String?
  let state: State
  /// How often the first upstream was asked; nil is once a call.
  var asked: Int?
  /// How often the second was.
  var askedSecond = 0
  /// `error_type` of the last span of the first upstream; nil where it is well.
  let errorType: String?

  enum Route: String, Sendable {
    /// One upstream; one that nobody runs; Anthropic's.
    case open, dead, claude
    /// Ones with short patience, each for one thing: a machine that is slow at another must not look like it.
    case hasty, stuck, slow
    /// With somebody to fall back on.
    case pair, deadPair = "lost", hastyPair = "brisk"
  }

  /// How a breaker stands: none where nothing was said of the provider.
  enum State: String, Sendable {
    case none = "none yet"
    case closed
    case halfOpen = "half-open"
    case consecutive = "open: in a row"
    case rate = "open: rate"
    case quota = "open: quota"
    case probe = "open: probe"
  }

  /// As the upstream knows the model.
  var model: String {
    let words = name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" }
    return "\(route.rawValue)-\(String(words))"
  }

  /// A line of the table in Documentation/Gateway.md.
  var row: String {
    let answer =
      leaves
      ? "nothing"
      : "\(status)" + (code.map { " `\($0)`" } ?? "") + (askedSecond > 0 && status == 200 ? ", degraded" : "")
    let error = errorType.map { "`\($0)`" } ?? "ok"
    return "| \(name) | \(does) | \(calls) | \(answer) | \(state.rawValue) | \(error) |"
  }

  // MARK: What providers say

  static let ok = StubUpstream.json(CallBench.reply)

  static func error(_ status: Int, _ code: String, _ message: String = "No", retry: Int? = nil) -> [StubUpstream.Act] {
    StubUpstream.json(
      #"{"error":{"message":"\#(message)","type":"\#(code)","code":"\#(code)"}}"#, status: status,
      headers: retry.map { "retry-after: \($0)\r\n" } ?? "")
  }

  static func anthropic(_ status: Int, _ type: String, _ message: String) -> [StubUpstream.Act] {
    StubUpstream.json(#"{"type":"error","error":{"type":"\#(type)","message":"\#(message)"}}"#, status: status)
  }

  static func chat(_ content: String, finish: String, more: String = "") -> [StubUpstream.Act] {
    StubUpstream.json(
      #"{"id":"c1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":\#(content)\#(more)},"finish_reason":"\#(finish)"}]}"#
    )
  }

  static func stream(_ frames: [String], end: [StubUpstream.Act] = [.send("0\r\n\r\n")]) -> [StubUpstream.Act] {
    [.send(StubUpstream.streamHead)] + frames.map { .send(StubUpstream.chunk($0)) } + end
  }

  private static let strict =
    #""response_format":{"type":"json_schema","json_schema":{"name":"x","strict":true,"schema":{"properties":{"n":{"type":"integer"}}}}},"#

  static let first = CallBench.chunk("On its")
  static let whole = [first, CallBench.chunk(" way.", finish: "stop"), CallBench.done]
}

extension CallScenario {
  /// The table.
  static let groups = [
    Group(testDescription: "refusals", scenarios: refusals), Group(testDescription: "replies", scenarios: replies),
    Group(testDescription: "streams", scenarios: streams), Group(testDescription: "silences", scenarios: silences),
    Group(testDescription: "recoveries", scenarios: recoveries),
    Group(testDescription: "fallbacks", scenarios: fallbacks),
  ]

  /// Scenarios that are played on one server.
  struct Group: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let scenarios: [CallScenario]
  }

  private static let refusals: [CallScenario] = [
    CallScenario(
      name: "One failure", does: "500", acts: [error(500, "server_error")], calls: 1, status: 500, state: .closed,
      errorType: "server_error"),
    CallScenario(
      name: "Four failures", does: "500", acts: [error(500, "server_error")], calls: 4, status: 500, state: .closed,
      errorType: "server_error"),
    CallScenario(
      name: "Dead single primary", does: "no connection", route: .dead, acts: [], calls: 6, status: 503,
      code: "breaker_open", state: .consecutive, asked: 5, errorType: "connect_failed"),
    CallScenario(
      name: "Storm of 500", does: "500", acts: [error(500, "server_error")], calls: 6, status: 503,
      code: "breaker_open", state: .consecutive, asked: 5, errorType: "server_error"),
    CallScenario(
      name: "Storm of 529", does: "529", route: .claude, acts: [anthropic(529, "overloaded_error", "Overloaded")],
      calls: 6, status: 503, code: "breaker_open", state: .consecutive, asked: 5, errorType: "overloaded_error"),
    CallScenario(
      name: "Storm of 429", does: "429, rate limit", acts: [error(429, "rate_limit_exceeded", retry: 1)], calls: 6,
      status: 503, code: "breaker_open", state: .consecutive, asked: 5, errorType: "rate_limit_exceeded"),
    CallScenario(
      name: "Proxy's page", does: "503 in HTML",
      acts: [[.send("HTTP/1.1 503 No\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>")]], calls: 6,
      status: 503, code: "breaker_open", state: .consecutive, asked: 5, errorType: "http_503"),
    CallScenario(
      name: "402", does: "402", acts: [error(402, "billing_hard_limit")], calls: 1, status: 402, state: .quota,
      errorType: "billing_hard_limit"),
    CallScenario(
      name: "402, the next call", does: "402", acts: [error(402, "billing_hard_limit")], calls: 2, status: 503,
      code: "breaker_open", state: .quota, asked: 1, errorType: "billing_hard_limit"),
    CallScenario(
      name: "No quota in a 400", does: "400, \"usage limits\"", route: .claude,
      acts: [anthropic(400, "invalid_request_error", "You have reached your specified API usage limits.")], calls: 2,
      status: 503, code: "breaker_open", state: .quota, asked: 1, errorType: "invalid_request_error"),
    CallScenario(
      name: "No credit in a 400", does: "400, \"credit balance\"", route: .claude,
      acts: [anthropic(400, "invalid_request_error", "Your credit balance is too low to access the API.")], calls: 2,
      status: 503, code: "breaker_open", state: .quota, asked: 1, errorType: "invalid_request_error"),
    CallScenario(
      name: "429 without quota", does: "429 `insufficient_quota`", acts: [error(429, "insufficient_quota")], calls: 2,
      status: 503, code: "breaker_open", state: .quota, asked: 1, errorType: "insufficient_quota"),
    CallScenario(
      name: "Bad request", does: "400", acts: [error(400, "invalid_value", "No such tool")], calls: 8, status: 400,
      state: .none, errorType: "invalid_value"),
    CallScenario(
      name: "Echo of a usage limit", does: "400 that repeats the caller's \"usage limit\"",
      acts: [error(400, "invalid_value", "No tool named usage limit echo")], calls: 8, status: 400, state: .none,
      errorType: "invalid_value"),
    CallScenario(
      name: "Wrong key", does: "401", acts: [error(401, "invalid_api_key")], calls: 8, status: 401, state: .none,
      errorType: "invalid_api_key"),
    CallScenario(
      name: "Forbidden", does: "403", acts: [error(403, "permission_denied")], calls: 8, status: 403, state: .none,
      errorType: "permission_denied"),
    CallScenario(
      name: "No such model", does: "404", acts: [error(404, "model_not_found")], calls: 8, status: 404, state: .none,
      errorType: "model_not_found"),
    CallScenario(
      name: "Unprocessable", does: "422", acts: [error(422, "unprocessable")], calls: 8, status: 422, state: .none,
      errorType: "unprocessable"),
  ]

  private static let replies: [CallScenario] = [
    CallScenario(name: "All is well", does: "200", acts: [ok], calls: 12, status: 200, state: .closed, errorType: nil),
    CallScenario(
      name: "200 without a byte", does: "200, nothing", acts: [StubUpstream.json("")], calls: 6, status: 503,
      code: "breaker_open", state: .consecutive, asked: 5, errorType: "empty_reply"),
    CallScenario(
      name: "200 empty", does: "200, \"\", `stop`", acts: [chat("\" \"", finish: "stop")], calls: 6, status: 503,
      code: "breaker_open", state: .consecutive, asked: 5, errorType: nil),
    CallScenario(
      name: "200 at the caller's limit", does: "200, \"\", `length`", acts: [chat("\"\"", finish: "length")], calls: 8,
      status: 200, state: .closed, errorType: nil),
    CallScenario(
      name: "200 filtered", does: "200, null, `content_filter`", acts: [chat("null", finish: "content_filter")],
      calls: 8, status: 200, state: .closed, errorType: nil),
    CallScenario(
      name: "200 with a tool call", does: "200, null and a tool call",
      acts: [
        chat(
          "null", finish: "tool_calls",
          more: #","tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]"#)
      ], calls: 8, status: 200, state: .closed, errorType: nil),
    CallScenario(
      name: "200 that is no JSON", does: "200, no JSON", acts: [StubUpstream.json("nonsense")], calls: 6, status: 503,
      code: "breaker_open", state: .consecutive, asked: 5, errorType: "malformed_reply"),
    CallScenario(
      name: "Prose where JSON was asked for", does: "200, \"Sure! {}\", `stop`",
      acts: [chat("\"Sure! {}\"", finish: "stop")], asksForJSON: true, calls: 6, status: 503, code: "breaker_open",
      state: .consecutive, asked: 5, errorType: nil),
    CallScenario(
      name: "Answer that breaks a strict schema", does: "200, {\"n\":\"1\"} where `n` is an integer",
      acts: [chat(#""{\"n\":\"1\"}""#, finish: "stop")], asks: strict, calls: 6, status: 503, code: "breaker_open",
      state: .consecutive, asked: 5, errorType: nil),
    CallScenario(
      name: "Answer that keeps a strict schema", does: "200, {\"n\":1}",
      acts: [chat(#""{\"n\":1}""#, finish: "stop")], asks: strict, calls: 8, status: 200, state: .closed,
      errorType: nil),
    CallScenario(
      name: "Answer that misses a schema which nobody promised", does: "200, {\"n\":\"1\"}, without `strict`",
      acts: [chat(#""{\"n\":\"1\"}""#, finish: "stop")], asks: strict.replacing("true", with: "false"), calls: 8,
      status: 200, state: .closed, errorType: nil),
    CallScenario(
      name: "Tool arguments that are no JSON", does: "200, a tool call with {\"n\":",
      acts: [
        chat(
          "null", finish: "tool_calls",
          more: #","tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{\"n\":"}}]"#)
      ], asks: #""tools":[{"type":"function","function":{"name":"f"}}],"#, calls: 6, status: 503,
      code: "breaker_open", state: .consecutive, asked: 5, errorType: nil),
    CallScenario(
      name: "Error in a 200", does: "200 with an error object", acts: [error(200, "server_overloaded")], calls: 6,
      status: 503, code: "breaker_open", state: .consecutive, asked: 5, errorType: "server_overloaded"),
    CallScenario(
      name: "Empty message", does: "200, no block, `end_turn`", route: .claude,
      acts: [StubUpstream.json(#"{"type":"message","model":"m","content":[],"stop_reason":"end_turn"}"#)], calls: 6,
      status: 503, code: "breaker_open", state: .consecutive, asked: 5, errorType: nil),
  ]

  private static let streams: [CallScenario] = [
    CallScenario(
      name: "Stream", does: "a stream", isStream: true, acts: [stream(whole)], calls: 6, status: 200, state: .closed,
      errorType: nil),
    CallScenario(
      name: "Split SSE", does: "a stream cut at every third byte", isStream: true,
      acts: [StubUpstream.stream(whole.joined(), every: 3)], calls: 6, status: 200, state: .closed, errorType: nil),
    CallScenario(
      name: "Malformed SSE", does: "an event that is no JSON", isStream: true,
      acts: [stream([first, "data: {nonsense\n\n", CallBench.done])], calls: 6, status: 503, code: "breaker_open",
      state: .consecutive, asked: 5, errorType: "malformed_stream"),
    CallScenario(
      name: "Truncated stream", does: "a stream without its end", isStream: true, acts: [stream([first])], calls: 6,
      status: 503, code: "breaker_open", state: .consecutive, asked: 5, errorType: "truncated_stream"),
    CallScenario(
      name: "Empty stream", does: "a stream without an event", isStream: true, acts: [stream([])], calls: 6,
      status: 503, code: "breaker_open", state: .consecutive, asked: 5, errorType: "empty_reply"),
    CallScenario(
      name: "Error in a stream", does: "an error event", isStream: true,
      acts: [stream([first, "data: {\"error\":{\"code\":\"server_overloaded\",\"message\":\"No\"}}\n\n"])], calls: 6,
      status: 503, code: "breaker_open", state: .consecutive, asked: 5, errorType: "server_overloaded"),
    CallScenario(
      name: "Reset in a stream", does: "a reset after the first word", isStream: true,
      acts: [stream([first], end: [.pause(0.05), .reset])], calls: 6, status: 503, code: "breaker_open",
      state: .consecutive, asked: 5, errorType: "upstream_reset"),
  ]

  private static let silences: [CallScenario] = [
    CallScenario(
      name: "Reset", does: "a reset before the reply", acts: [[.reset]], calls: 6, status: 503, code: "breaker_open",
      state: .consecutive, asked: 5, errorType: "upstream_reset"),
    CallScenario(
      name: "Silence", does: "no byte within `first_byte_timeout`", route: .hasty, acts: [[.hang]], calls: 6,
      status: 503, code: "breaker_open", state: .consecutive, asked: 5, errorType: "first_byte_timeout"),
    CallScenario(
      name: "Stuck stream", does: "nothing more for `idle_timeout`", route: .stuck, isStream: true,
      acts: [stream([first], end: [.hang])], calls: 6, status: 503, code: "breaker_open", state: .consecutive,
      asked: 5, errorType: "idle_timeout"),
    CallScenario(
      name: "Slow first token", does: "the first word after `slow_first_token`", route: .slow, isStream: true,
      acts: [
        [.send(StubUpstream.streamHead), .pause(0.2)] + whole.map { .send(StubUpstream.chunk($0)) } + [
          .send("0\r\n\r\n")
        ]
      ],
      calls: 6, status: 503, code: "breaker_open", state: .consecutive, asked: 5, errorType: nil),
    CallScenario(
      name: "Caller goes", does: "silence, and the caller hangs up", acts: [[.hang]], calls: 6, leaves: true, status: 0,
      state: .none, errorType: "client_disconnected"),
  ]

  private static let recoveries: [CallScenario] = [
    CallScenario(
      name: "Rate without a run", does: "500, 500, 200 over and over",
      acts: (0..<9).map { $0 % 3 == 2 ? ok : error(500, "server_error") } + [error(500, "server_error")], calls: 11,
      status: 503, code: "breaker_open", state: .rate, asked: 10, errorType: "server_error"),
    CallScenario(
      name: "Rate that proves nothing", does: "200, 500 in turn",
      acts: (0..<10).map { $0 % 2 == 0 ? ok : error(500, "server_error") }, calls: 10, status: 500, state: .closed,
      errorType: "server_error"),
    CallScenario(
      name: "Half-open", does: "402 with `Retry-After: 1`, then 200", acts: [error(402, "no_credit", retry: 1), ok],
      calls: 2, waits: [1], status: 200, state: .halfOpen, errorType: nil),
    CallScenario(
      name: "Half-open recovery", does: "402 with `Retry-After: 1`, then 200 three times",
      acts: [error(402, "no_credit", retry: 1), ok], calls: 4, waits: [1], status: 200, state: .closed, errorType: nil),
    CallScenario(
      name: "Half-open relapse", does: "402 with `Retry-After: 1`, 200, then 500",
      acts: [error(402, "no_credit", retry: 1), ok, error(500, "server_error")], calls: 3, waits: [1], status: 500,
      state: .probe, errorType: "server_error"),
    CallScenario(
      name: "Half-open, a bad request", does: "402 with `Retry-After: 1`, 400, then 200 three times",
      acts: [error(402, "no_credit", retry: 1), error(400, "invalid_value"), ok], calls: 5, waits: [1], status: 200,
      state: .closed, errorType: nil),
  ]

  private static let fallbacks: [CallScenario] = [
    CallScenario(
      name: "Fallback on 500", does: "500", route: .pair, acts: [error(500, "server_error")], calls: 1, status: 200,
      state: .closed, askedSecond: 1, errorType: "server_error"),
    CallScenario(
      name: "Fallback of a dead primary", does: "no connection", route: .deadPair, acts: [], calls: 6, status: 200,
      state: .consecutive, asked: 5, askedSecond: 6, errorType: "connect_failed"),
    CallScenario(
      name: "Fallback on quota", does: "402", route: .pair, acts: [error(402, "no_credit")], calls: 2, status: 200,
      state: .quota, asked: 1, askedSecond: 2, errorType: "no_credit"),
    CallScenario(
      name: "Fallback on silence", does: "no byte within `first_byte_timeout`", route: .hastyPair, acts: [[.hang]],
      calls: 1, status: 200, state: .closed, askedSecond: 1, errorType: "first_byte_timeout"),
    CallScenario(
      name: "Fallback of a stream", does: "429", route: .pair, isStream: true,
      acts: [error(429, "rate_limit_exceeded")],
      secondActs: [stream(whole)], calls: 1, status: 200, state: .closed, askedSecond: 1,
      errorType: "rate_limit_exceeded"),
    CallScenario(
      name: "Fallback that fails as well", does: "500, and 529 there", route: .pair, acts: [error(500, "server_error")],
      secondActs: [error(529, "overloaded_error")], calls: 1, status: 529, state: .closed, askedSecond: 1,
      errorType: "server_error"),
    CallScenario(
      name: "No fallback for a bad request", does: "400", route: .pair, acts: [error(400, "invalid_value")], calls: 1,
      status: 400, state: .none, errorType: "invalid_value"),
    CallScenario(
      name: "No fallback once a byte went out", does: "a reset after the first word", route: .pair, isStream: true,
      // A reset takes with it what was not read before: there is time to read the word.
      acts: [stream([first], end: [.pause(3), .reset])], calls: 1, status: 200, state: .closed,
      errorType: "upstream_reset"),
  ]
}
