import Foundation
import Testing

/// `tally spans` and `tally trace`: what a person sees of what was recorded.
struct TraceTests {
  private let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

  private func shop() throws -> Workshop {
    let shop = try Workshop()
    let shared = #""kind":"span","trace_id":"\#(trace)","feature":"support-bot""#
    try shop.write(
      "trace.jsonl",
      """
      {\(shared),"span_id":"a1","name":"answer","span_kind":"workflow","started_at":"2026-11-25T10:00:00Z",\
      "ended_at":"2026-11-25T10:00:02.310Z","prompt_id":"support/answer@7","status":"ok"}
      {\(shared),"span_id":"b1","parent_id":"a1","name":"kb","span_kind":"retrieval",\
      "started_at":"2026-11-25T10:00:00.010Z","ended_at":"2026-11-25T10:00:00.210Z","status":"ok",\
      "retrieved":[{"chunk_id":"c1","doc_id":"refunds.md","in_context":true},{"chunk_id":"c2","doc_id":"shipping.md"}]}
      {\(shared),"span_id":"c1","parent_id":"a1","name":"chat","span_kind":"chat","status":"ok",\
      "started_at":"2026-11-25T10:00:00.220Z","ended_at":"2026-11-25T10:00:02.100Z","model_requested":"gpt-4o",\
      "model_served":"gpt-4o-2024-08-06","input_tokens":1204,"output_tokens":310,"cost_usd":"0.00611"}
      {\(shared),"span_id":"d1","parent_id":"c1","name":"lookup","span_kind":"tool","tool":"lookup_order",\
      "started_at":"2026-11-25T10:00:01Z","status":"timeout","error_type":"DeadlineExceeded"}
      {"kind":"span","trace_id":"elsewhere","feature":"search","span_id":"a1","name":"search","span_kind":"chat",\
      "started_at":"2026-11-20T10:00:00Z","ended_at":"2026-11-20T10:00:01Z","status":"ok"}
      {"kind":"annotation","annotation_id":"x1","subject":"a1","name":"correct","value":"false",\
      "annotator_kind":"human","annotator":"ada","at":"2026-11-25T11:00:00Z"}

      """)
    #expect(try shop.tally("ingest", "trace.jsonl").code == 0)
    return shop
  }

  @Test func aTraceIsATreeWithWhereTheAnswerCameFrom() throws {
    let run = try shop().tally("trace", trace)
    #expect(run.code == 0)
    let text = run.text
    #expect(text.contains("4 spans, 2.31 s, from"))
    #expect(text.contains("1 failed, 1 not ended"))
    let rows = run.lines.filter { $0.contains(" ms ") || $0.contains(" s ") }.map {
      $0.split(separator: " ").first ?? ""
    }
    #expect(rows.contains("├─") && rows.contains("└─"))
    #expect(text.contains("+220 ms  1.88 s  ok"))
    #expect(text.contains("Prompt      support/answer@7"))
    #expect(text.contains("Judged      correct = false, by human ada"))
    #expect(text.contains("Retrieved   2 chunks, 1 of them in the context: refunds.md, shipping.md"))
    #expect(text.contains("Error       DeadlineExceeded"))
    #expect(!text.contains("search"))
    // As it was stored, one record a line, to be ingested elsewhere.
    let shop = try Workshop()
    let json = try self.shop().tally("trace", trace, "--format", "json")
    try shop.write("copy.jsonl", json.text)
    #expect(try shop.tally("ingest", "copy.jsonl").text.contains("4 new spans"))
    #expect(try shop.tally("trace", trace).text == text)
  }

  @Test func spansAreFiltered() throws {
    let shop = try shop()
    let all = try shop.tally("spans")
    #expect(all.lines.filter { $0.contains(trace) }.count == 4)
    #expect(all.lines.filter { $0.contains("elsewhere") }.count == 1)
    func count(_ arguments: String...) throws -> Int {
      let run = try shop.tally(["spans", "--format", "json"] + arguments)
      #expect(run.code == 0, "\(run.errors)")
      return run.lines.filter { !$0.isEmpty }.count
    }
    #expect(try count("--feature", "search") == 1)
    #expect(try count("--model", "gpt-4o") == 1)
    #expect(try count("--model", "gpt-4o-2024-08-06") == 1)
    #expect(try count("--status", "timeout") == 1)
    #expect(try count("--kind", "tool", "--feature", "support-bot") == 1)
    #expect(try count("--limit", "2") == 2)
    #expect(try count("--tenant", "nobody") == 0)
    #expect(try shop.tally("spans", "--status", "broken").code == 64)
    #expect(try shop.tally("spans", "--since", "soon").errors.contains("'soon' is no duration"))
  }

  @Test func aTraceThatIsNotThereIsSaid() throws {
    let run = try shop().tally("trace", "nope")
    #expect(run.code == 64)
    #expect(run.errors.contains("has no trace 'nope'"))
  }
}
