import Testing

@testable import Gateway

/// What a call may use, at a glance.
struct EstimateTests {
  @Test(arguments: [
    (CallEndpoint.chat, #"{"model":"m","max_tokens":9}"#, 7, 9),
    (.chat, #"{"model":"m","max_tokens":9,"max_completion_tokens":12}"#, 14, 12),
    (.chat, #"{"model":"m"}"#, 4, 0), (.chat, #"{"model":"m","max_tokens":null}"#, 8, 0),
    (.chat, #"{"model":"m","max_tokens":1.5}"#, 8, 0), (.chat, #"{"model":"m","max_tokens":-3}"#, 8, 0),
    (.messages, #"{"model":"m","max_tokens":300}"#, 8, 300),
    (.responses, #"{"model":"m","max_output_tokens":7}"#, 9, 7),
    (.embeddings, #"{"model":"m","max_tokens":7}"#, 7, 0),
  ])
  func whatItSays(_ endpoint: CallEndpoint, _ body: String, _ input: Int64, _ output: Int64) throws {
    let estimate = try CallRequest(endpoint, Array(body.utf8)).estimate
    #expect(estimate.input == input && estimate.output == output)
  }
}
