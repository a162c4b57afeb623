import Foundation
import Testing

/// An OpenAI batch into the ledger, and out of it as the next one.
struct BatchTests {
  private static let requests = #"""
    {"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"https://x/y.png"}}]},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"c","content":"seen"}],"temperature":0.5,"user":"ana","metadata":{"team":"blue"},"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]}}
    {"custom_id":"b","method":"POST","url":"/v1/responses","body":{"model":"o4-mini","instructions":"Be kind.","input":[{"role":"user","content":[{"type":"input_text","text":"Hi"}]}],"max_output_tokens":9}}
    {"custom_id":"c","method":"POST","url":"/v1/embeddings","body":{"model":"text-embedding-3-small","input":["a","b"]}}

    """#

  private static func answers(_ ids: [String]) -> String {
    let bodies = [
      #"{"id":"x1","object":"chat.completion","created":1700000000,"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"message":{"role":"assistant","content":"Fine"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}}"#,
      #"{"id":"x2","object":"response","created_at":1700000001,"status":"completed","model":"o4-mini-1","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Yes"}]}],"usage":{"input_tokens":7,"output_tokens":9,"total_tokens":16}}"#,
      #"{"object":"list","data":[],"model":"text-embedding-3-small","usage":{"prompt_tokens":4,"total_tokens":4}}"#,
    ]
    return zip(ids, bodies).map { id, body in
      #"{"id":"batch_req_\#(id)","custom_id":"\#(id)","response":{"status_code":200,"request_id":"r","body":\#(body)},"error":null}"#
    }.joined(separator: "\n")
  }

  /// What was said and set in every call, by the order in which it was asked.
  private static let said = """
    SELECT model_requested, parameters, user_id, input_sha256, instructions_sha256, tools_sha256 FROM spans
    ORDER BY model_requested
    """

  private func ingested(_ shop: Workshop, _ options: String...) throws -> String {
    let stored = try shop.tally(["ingest", "input.jsonl", "output.jsonl"] + options)
    #expect(stored.code == 0, "\(stored.errors)")
    return stored.errors
  }

  @Test func aBatchGoesOutAndComesBack() throws {
    let shop = try Workshop()
    try shop.write("input.jsonl", Self.requests)
    try shop.write("output.jsonl", Self.answers(["a", "b", "c"]))
    let said = try ingested(shop)
    #expect(said.contains("input.jsonl: openai-batch, 3 records") && said.contains("1 answers say no time"), "\(said)")
    #expect(try shop.tally("ingest", "output.jsonl", "input.jsonl").text.contains("Nothing new"))

    let written = try shop.tally("export", "--format", "openai-batch", "-o", "next.jsonl")
    #expect(written.code == 0 && written.errors == "tally: 3 records in next.jsonl\n", "\(written.errors)")
    let next = try String(contentsOf: shop.url("next.jsonl"), encoding: .utf8)
    let lines = next.split(separator: "\n")
    let ids = try lines.map { line -> String in
      guard case .string(let id) = try JSON(Data(line.utf8))["custom_id"] else { return "" }
      return id
    }
    let known = try shop.tally("export", "--kinds", "spans").text
    #expect(ids.allSatisfy { $0.count == 26 && known.contains($0) })

    // Another ledger, to which it comes as a batch of its own.
    let other = try Workshop()
    try other.write("input.jsonl", next)
    try other.write("output.jsonl", Self.answers(ids))
    _ = try ingested(other)
    let there = try other.tally("sql", Self.said, "--format", "csv")
    #expect(there.code == 0, "\(there.errors)")
    #expect(try shop.tally("sql", Self.said, "--format", "csv").text == there.text)
    #expect(there.text.contains("ana") && there.text.split(whereSeparator: \.isNewline).count == 4)
    // And out once more: the same requests but for their names.
    let again = try other.tally("export", "--format", "openai-batch").text
    func bodies(_ text: String) -> [Substring] {
      text.split(separator: "\n").map { $0[($0.range(of: "\"method\"")?.lowerBound ?? $0.startIndex)...] }
    }
    #expect(bodies(again) == bodies(next))
  }

  @Test func aCallOfABatchIsPricedAsOne() throws {
    let shop = try Workshop()
    try shop.write("input.jsonl", Self.requests)
    try shop.write("output.jsonl", Self.answers(["a"]))
    try shop.write(
      "prices.json",
      #"{"gpt-4o-mini-2024-07-18":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":1e-6,"output_cost_per_token":4e-6,"input_cost_per_token_batches":5e-7,"output_cost_per_token_batches":2e-6}}"#
    )
    _ = try ingested(shop, "--prices", "prices.json")
    let cost = try shop.tally("sql", "SELECT amount FROM costs WHERE amount IS NOT NULL", "--format", "csv")
    #expect(cost.code == 0 && cost.text.contains("0.0007"), "\(cost.text)\(cost.errors)")
  }

  @Test func callsWhoseWordsAreGoneAreLeftOutAndCounted() throws {
    let shop = try Workshop()
    try shop.write("input.jsonl", Self.requests)
    try shop.write("output.jsonl", Self.answers(["a", "b", "c"]))
    _ = try ingested(shop)
    try shop.write(
      "more.jsonl",
      #"{"kind":"span","trace_id":"t","span_id":"s","name":"f","span_kind":"tool","feature":"x","started_at":"2026-01-01T00:00:00Z"}"#
        + "\n"
        + #"{"kind":"span","trace_id":"t","span_id":"u","name":"g","span_kind":"chat","feature":"x","model_served":"m","started_at":"2026-01-01T00:00:00Z"}"#
    )
    #expect(try shop.tally("ingest", "more.jsonl").code == 0)
    let erased = try shop.tally("ledger", "erase", "--user", "ana", "--reason", "asked")
    #expect(erased.code == 0, "\(erased.errors)")
    let written = try shop.tally("export", "--format", "openai-batch")
    #expect(written.text.split(separator: "\n").count == 2)
    #expect(
      written.errors.contains(
        "spans that were left out: 1 no call of a model, 1 whose words were not recorded, 1 whose words are gone"),
      "\(written.errors)")
    for wrong in [["--kinds", "trials"], ["--content"]] {
      #expect(try shop.tally(["export", "--format", "openai-batch"] + wrong).code == 64)
    }
  }
}
