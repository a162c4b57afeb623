import Testing

@testable import Gateway

/// What a call asks for, and its body as it goes on.
struct CallRequestTests {
  private func request(_ body: String, _ endpoint: CallEndpoint = .chat) throws -> CallRequest {
    try CallRequest(endpoint, Array(body.utf8))
  }

  private func outgoing(_ body: String, model: String? = nil, _ endpoint: CallEndpoint = .chat) throws -> String {
    String(decoding: try request(body, endpoint).outgoing(model: model, asksForUsage: true), as: UTF8.self)
  }

  @Test func bytesThatNeedNoChangeStay() throws {
    for body in [
      #"{ "model" : "m" , "messages":[], "x" : 1e400 }"#, #"{"messages":[{"model":"inner"}],"model":"m"}"#,
      #"{"model":"m","stream":false}"#, #"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#,
      "\n{\"model\":\"m\\u0041\"}\n",
    ] {
      #expect(try outgoing(body) == body)
      #expect(try outgoing(body, model: try request(body).model) == body)
    }
    // Only chat has the option.
    for endpoint in CallEndpoint.allCases where endpoint != .chat {
      #expect(try outgoing(#"{"model":"m","stream":true}"#, endpoint) == #"{"model":"m","stream":true}"#)
    }
  }

  @Test func onlyTheNameOfTheModelIsExchanged() throws {
    #expect(
      try outgoing(#"{"a":"m", "model" :  "m" ,"b":"m"}"#, model: "x\"y") == #"{"a":"m", "model" :  "x\"y" ,"b":"m"}"#)
  }

  @Test(arguments: [
    (#"{"model":"m","stream":true}"#, #"{"stream_options":{"include_usage":true},"model":"m","stream":true}"#),
    (
      #"{"model":"m","stream":true,"stream_options":null}"#,
      #"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#
    ),
    (
      #"{"stream_options":{},"model":"m","stream":true}"#,
      #"{"stream_options":{"include_usage":true},"model":"m","stream":true}"#
    ),
    (
      #"{"model":"m","stream":true,"stream_options":{ "x":1}}"#,
      #"{"model":"m","stream":true,"stream_options":{"include_usage":true, "x":1}}"#
    ),
    (
      #"{"model":"m","stream":true,"stream_options":{"include_usage": false}}"#,
      #"{"model":"m","stream":true,"stream_options":{"include_usage": true}}"#
    ),
  ])
  func usageIsAskedFor(_ body: String, _ expected: String) throws {
    #expect(try request(body).lacksUsage)
    #expect(try outgoing(body) == expected)
    // What is asked for now is not asked for again.
    #expect(try !request(expected).lacksUsage)
    let renamed = expected.replacing(#""model":"m""#, with: #""model":"other""#)
    #expect(try outgoing(body, model: "other") == renamed)
  }

  /// What two readers could read in two ways is refused, and what is no request.
  @Test(arguments: [
    ("", "no JSON object"), ("[]", "no JSON object"), ("{", ""), ("{}", "names no model"),
    (#"{"model":1}"#, "names no model"),
    (#"{"model":""}"#, "names no model"), (#"{"model":"a","model":"b"}"#, "says \"model\" twice"),
    (#"{"model":"a","mod\u0065l":"b"}"#, "says \"model\" twice"),
    (#"{"model":"a","stream":true,"stream":false}"#, "twice"),
    (#"{"model":"a","stream_options":{},"stream_options":{}}"#, "twice"),
    (#"{"model":"a","stream_options":{"include_usage":true,"include_usage":false}}"#, "twice"),
    (#"{"model":"a"} x"#, ""),
    // What readers take for another member that do not tell letters apart.
    (#"{"model":"a","Model":"b"}"#, "take for \"model\""), (#"{"MODEL":"b"}"#, "take for \"model\""),
    (#"{"model":"a","mode\u004C":"b"}"#, "take for \"model\""),
    (#"{"model":"a","Stream":true}"#, "take for \"stream\""),
    (#"{"model":"a","\u017ftream":true}"#, "take for \"stream\""), (#"{"model":"a","ſtream":true}"#, "\"stream\""),
    (#"{"model":"a","max_to\u212Aens":9}"#, "take for \"max_tokens\""),
    (#"{"model":"a","max_tokens":1,"MAX_TOKENS":100000}"#, "take for \"max_tokens\""),
    (#"{"model":"a","N":9}"#, "take for \"n\""), (#"{"model":"a","Cache_Salt":"x"}"#, "take for \"cache_salt\""),
    (#"{"model":"a","stream_options":{"Include_Usage":false}}"#, "take for \"include_usage\""),
  ])
  func whatIsRefused(_ body: String, _ words: String) {
    let refusal = #expect(throws: CallRefusal.self) { try request(body) }
    #expect(refusal?.status == 400 && refusal?.code == "unreadable_request")
    #expect(words.isEmpty || refusal?.message.contains(words) == true, "\(refusal?.message ?? "")")
  }

  /// What decides nothing here, and what lies deeper, may be written as it likes.
  @Test(arguments: [
    #"{"model":"a","Temperature":1}"#, #"{"model":"a","metadata":{"Model":"b","MAX_TOKENS":9}}"#,
    #"{"model":"A","x":"Model"}"#,
    #"{"model":"a","modél":1,"mode":2,"models":3,"Models":4}"#, #"{"model":"a","stream_options":{"X":1}}"#,
  ])
  func whatDecidesNothingPasses(_ body: String) throws { #expect(try outgoing(body) == body) }

  @Test func aNameHasAnEnd() throws {
    #expect(try request("{\"model\":\"\(String(repeating: "m", count: 512))\"}").model.count == 512)
    #expect(throws: CallRefusal.self) { try request("{\"model\":\"\(String(repeating: "m", count: 513))\"}") }
  }
}
