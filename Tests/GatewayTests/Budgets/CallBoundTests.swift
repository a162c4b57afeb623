import Testing

@testable import Gateway

/// The most that a call can use, by its request.
struct CallBoundTests {
  private func bound(_ body: String, _ endpoint: CallEndpoint = .chat) throws -> CallBound {
    CallBound(try CallRequest(endpoint, Array(body.utf8)))
  }

  @Test(arguments: [
    #"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#,
    #"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]}"#,
    #"{"model":"m","messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"file\":1}"}}]},{"role":"tool","tool_call_id":"1","content":"x"}]}"#,
    #"{"model":"m","messages":[{"role":"user","content":"Hi"}],"audio":null,"prompt":null,"background":false}"#,
  ])
  func textIsBoundedByItsBytes(_ body: String) throws {
    #expect(try bound(body).input == Int64(body.utf8.count) + CallBound.framing)
    // What of it is tools has instructions of the provider's beside it.
    let tools = body.dropLast() + #","tools":[{"type":"function","function":{"name":"f"}}]}"#
    #expect(try bound(String(tools)).input == Int64(tools.utf8.count) + CallBound.framingOfTools)
  }

  @Test func messagesOfToolsAreTexts() throws {
    let body =
      #"{"model":"m","max_tokens":5,"tools":[{"name":"f","input_schema":{"type":"object"}}],"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f","input":{"type":"image","source":"x"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":"done"}]}]}"#
    #expect(try bound(body, .messages).input == Int64(body.utf8.count) + CallBound.framingOfTools)
  }

  @Test(arguments: [
    #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://x"}}]}]}"#,
    #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"a","file_id":"f"}]}]}"#,
    #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":7,"text":"a"}]}]}"#,
    #"{"model":"m","max_tokens":9,"previous_response_id":"r","input":"a"}"#,
    #"{"model":"m","max_tokens":9,"prompt":{"id":"p"},"input":"a"}"#,
    #"{"model":"m","max_tokens":9,"messages":[],"web_search_options":{}}"#,
    #"{"model":"m","max_output_tokens":9,"input":"a","background":true}"#,
    // What servers take from parts of texts, and items that are none.
    #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"video_url":{"url":"http://x"}}]}]}"#,
    #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"a","uuid":"x"}]}]}"#,
    #"{"model":"m","max_output_tokens":9,"input":[{"id":"msg_1"}]}"#,
    #"{"model":"m","max_tokens":9,"messages":[],"speed":"fast"}"#,
    // What some servers read in place of the limit.
    #"{"model":"m","max_tokens":1,"n_predict":1000000,"messages":[]}"#,
    #"{"model":"m","max_tokens":5,"max_completion_tokens":-1,"messages":[]}"#,
    #"{"model":"m","max_tokens":5,"n":"8","messages":[]}"#,
    // Nobody knows which of the two the provider reads.
    #"{"model":"m","max_tokens":9,"max_tokens":9000,"messages":[]}"#,
  ])
  func whatIsOnlyReferredToHasNoBound(_ body: String) throws {
    #expect(try bound(body).input == nil)
  }

  @Test func toolsOfTheProviderHaveNoBound() throws {
    let body =
      #"{"model":"m","max_tokens":9,"messages":[],"tools":[{"type":"function"},{"type":"web_search_20250305"}]}"#
    #expect(try bound(body).input == nil && bound(body).output(5) == nil && !bound(body).lacksLimit)
    let custom = body.replacing("web_search_20250305", with: "custom")
    #expect(try bound(custom).input != nil && bound(custom).output(5) == 9)
  }

  @Test func theAnswerIsBoundedByWhatIsAskedFor() throws {
    func output(_ more: String, _ most: Int64? = 50, _ endpoint: CallEndpoint = .chat) throws -> Int64? {
      try bound(#"{"model":"m","messages":[]\#(more)}"#, endpoint).output(most)
    }
    #expect(try output("") == 50 && output("", nil) == nil && output(#","max_tokens":null"#, nil) == nil)
    #expect(try output(#","max_tokens":7"#) == 7 && output(#","max_completion_tokens":70"#) == 70)
    // Of two limits it is the provider who chooses.
    #expect(try output(#","max_tokens":7,"max_completion_tokens":8"#) == 8)
    #expect(try output(#","max_output_tokens":9"#, nil, .responses) == 9)
    // Another API's limit is none.
    #expect(try output(#","max_output_tokens":1"#, nil) == nil && output(#","max_tokens":1"#, nil, .responses) == nil)
    // A limit that some servers read and others do not is not lacking.
    #expect(try !bound(#"{"model":"m","messages":[],"max_completion_tokens":"32000"}"#).lacksLimit)
    #expect(try output(#","n":3"#) == 150 && output(#","n":3,"best_of":5,"max_tokens":2"#) == 10)
    #expect(try output(#","n":0"#) == 50 && output(#","n":-4"#) == 50)
    #expect(try output(#","max_tokens":-1"#) == nil && output(#","max_tokens":"7""#, nil) == nil)
    #expect(try output(#","n":9000000000000000000"#) == nil)
    #expect(try output("", nil, .embeddings) == 0)
    #expect(try bound(#"{"model":"m","messages":[]}"#).lacksLimit)
    #expect(try !bound(#"{"model":"m","messages":[],"max_tokens":1}"#).lacksLimit)
    #expect(try !bound(#"{"model":"m","input":"a"}"#, .embeddings).lacksLimit)
    #expect(try bound(#"{"model":"m","service_tier":"flex"}"#).tier == "flex")
  }
}
