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

  @Test func whatWasSaidIsShownWhenAskedForUntilItIsErased() throws {
    let shop = try Workshop()
    try shop.write(
      "said.jsonl",
      """
      {"kind":"span","trace_id":"t1","span_id":"a1","name":"chat","span_kind":"chat","feature":"desk","user_id":"ana",\
      "started_at":"2026-11-25T10:00:00Z","input":[{"role":"user","parts":[{"type":"text","content":"Where is 4711?"}]}],\
      "output":[{"role":"assistant","parts":[{"type":"tool_call","id":"1","name":"lookup","arguments":{"order":4711}}]}]}
      {"kind":"span","trace_id":"t1","span_id":"b1","parent_id":"a1","name":"lookup","span_kind":"tool","feature":"desk",\
      "started_at":"2026-11-25T10:00:01Z","input":{"order":4711},"output":"on its way",\
      "other_sha256":"\(String(repeating: "0", count: 64))"}

      """)
    #expect(try shop.tally("ingest", "said.jsonl").code == 0)
    #expect(try !shop.tally("trace", "t1").text.contains("4711?"))
    let text = try shop.tally("trace", "t1", "--content").text
    #expect(text.contains("Input       user: Where is 4711?"))
    #expect(text.contains(#"Output      assistant: calls lookup({"order":4711})"#))
    #expect(text.contains("Output      on its way") && text.contains("(never delivered; sha256 000"))
    // The lines carry what was said to another ledger.
    let other = try Workshop()
    let json = try shop.tally("trace", "t1", "--content", "--format", "json").text
    try other.write("copy.jsonl", json)
    #expect(try other.tally("ingest", "copy.jsonl").code == 0)
    #expect(try other.tally("trace", "t1", "--content", "--format", "json").text == json)

    let erased = try shop.tally("ledger", "erase", "--user", "ana", "--reason", "she asked")
    #expect(erased.text.contains("2 contents of 1 span erased"))
    let after = try shop.tally("trace", "t1", "--content").text
    #expect(!after.contains("4711?") && after.contains("(erased; sha256 ") && after.contains("on its way"))
    let file = try Data(contentsOf: shop.folder.appendingPathComponent(".tally/ledger.db"))
    #expect(file.range(of: Data("4711?".utf8)) == nil)
    #expect(try shop.tally("ledger", "verify").code == 0)
    #expect(
      try shop.tally("ledger", "erase", "--user", "ben", "--reason", "x").text.contains("No span has user_id 'ben'"))
    #expect(try shop.tally("ledger", "erase", "--reason", "x").code == 64)
  }

  @Test func aWrongHashOfWhatWasSaidIsRefused() throws {
    let shop = try Workshop()
    let line =
      #"{"kind":"span","trace_id":"t1","span_id":"a1","name":"chat","span_kind":"chat","feature":"desk","#
      + #""started_at":"2026-11-25T10:00:00Z","input":"hello","input_sha256":"\#(String(repeating: "0", count: 64))"}"#
    let run = try shop.tally(["ingest", "-"], input: line)
    #expect(run.code == 64 && run.errors.contains("'input_sha256'") && run.errors.contains("canonical JSON of 'input'"))
  }

  /// A trace may be as deep as somebody's recursion.
  @Test func aDeepTraceIsShown() throws {
    let shop = try Workshop()
    let lines = (0..<20_000).map { place in
      let parent = place == 0 ? "" : #","parent_id":"s\#(place - 1)""#
      return #"{"kind":"span","trace_id":"deep","span_id":"s\#(place)","name":"n","span_kind":"other","feature":"d","#
        + #""started_at":"2026-11-25T10:00:00Z"\#(parent)}"#
    }
    try shop.write("deep.jsonl", lines.joined(separator: "\n") + "\n")
    #expect(try shop.tally("ingest", "deep.jsonl").code == 0)
    let run = try shop.tally("trace", "deep")
    #expect(run.code == 0 && run.text.contains("20000 spans"), "\(run.errors)")
    #expect(run.lines.count { $0.contains("─ n") } == 24)
    #expect(run.lines.count { $0.contains("─ … n") } == 19_999 - 24)
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
    #expect(try shop.tally("spans", "--since", "soon").errors.contains("'soon' is no duration and no date"))
    for window in [["1h", "2h"], ["2026-11-25", "2026-11-25"], ["1h", "2020-01-01"]] {
      let empty = try shop.tally("spans", "--since", window[0], "--until", window[1])
      #expect(empty.code == 64 && empty.text == "", "\(window)")
      #expect(empty.errors.contains("The window is empty: --until ("), "\(empty.errors)")
      #expect(empty.errors.contains("--since 2h --until 1h") == (window[1] == "2h"), "\(empty.errors)")
    }
  }

  /// "What did it do from 14:02 to 17:05?"
  @Test func whatAnAgentDidInAStretchOfTime() throws {
    let shop = try Workshop()
    func act(_ id: String, _ time: String, _ tool: String, _ more: String, _ attributes: String = "") -> String {
      #"{"kind":"span","trace_id":"t-\#(id)","feature":"desk","span_id":"\#(id)","name":"execute_tool","#
        + #""span_kind":"tool","tool":"\#(tool)","started_at":"2026-03-01T\#(time):00Z","#
        + #""ended_at":"2026-03-01T\#(time):02Z",\#(more)"attributes":{"agent":"refunds"\#(attributes)}}"#
    }
    try shop.write(
      "acts.jsonl",
      [
        act("early", "14:01", "orders.read", #""status":"ok","#),
        act("look", "14:02", "orders.read", #""status":"ok","#),
        act(
          "pay", "15:00", "refunds.issue", #""status":"ok","idempotency_key":"k1","#,
          #","effect":"reversible","approved_by":"ana""#),
        act("again", "15:30", "refunds.issue", #""status":"ok","idempotency_key":"k2","#),
        act("stop", "16:00", "email.send", #""status":"error","error_type":"SCOPE_ESCALATION","#),
        act("late", "17:05", "orders.read", #""status":"ok","#),
        #"{"kind":"span","trace_id":"t-x","feature":"desk","span_id":"x","name":"x","span_kind":"tool","tool":"rm","#
          + #""started_at":"2026-03-01T15:00:00Z","attributes":{"agent":"other","for":{"agent":"refunds"}}}"#,
        #"{"kind":"annotation","annotation_id":"w1","subject":"again","name":"intended","value":"unknown","#
          + #""annotator_kind":"human","annotator":"bo","at":"2026-03-02T09:00:00Z"}"#,
        #"{"kind":"annotation","annotation_id":"w2","subject":"again","name":"intended","value":"no","#
          + #""annotator_kind":"human","annotator":"bo","at":"2026-03-02T10:00:00Z"}"#,
        #"{"kind":"receipt","receipt_id":"re_1","item_id":"i","attempt_id":"a","at":"2026-03-01T15:00:01Z","#
          + #""idempotency_key":"k1"}"#,
      ].joined(separator: "\n") + "\n")
    #expect(try shop.tally("ingest", "acts.jsonl").code == 0)
    try shop.write(
      "tally.yaml",
      "agents: {refunds: {scopes: [orders.read]}}\ntools: {orders.read: {effect: read}, refunds.issue: {effect: irreversible}}\n"
    )
    let asked = [
      "spans", "--agent", "refunds", "--since", "2026-03-01T14:02:00Z", "--until", "2026-03-01T17:05:00Z",
    ]
    let run = try shop.tally(asked)
    #expect(run.code == 0, "\(run.errors)")
    let rows = run.lines.map { $0.split(separator: " ").map(String.init) }
    #expect(rows.count { $0.first?.hasPrefix("2026-03-01T") == true } == 4, "\(run.text)")
    func row(_ time: String) -> [String] { rows.first { $0.first == "2026-03-01T\(time):00" } ?? [] }
    // Newest first; what is declared cannot be made harmless by the call.
    #expect(rows.dropFirst().first?.first == "2026-03-01T16:00:00")
    #expect(row("14:02").prefix(6).dropFirst() == ["orders.read", "read", "ok", "-", "-"], "\(run.text)")
    #expect(row("15:00").dropFirst().prefix(6) == ["refunds.issue", "irreversible", "ok", "-", "ana", "re_1"])
    #expect(row("15:30").dropFirst().prefix(6) == ["refunds.issue", "irreversible", "ok", "no", "-", "none"])
    #expect(run.text.contains("held up: SCOPE_ESCALATION") && row("16:00").contains("unknown"))
    #expect(run.text.contains("1 held up by a guard before it was made."))
    let json = try shop.tally(asked + ["--format", "json"])
    #expect(json.lines.filter { $0.contains("refunds") }.count == 4 && !json.text.contains(#""tool":"rm""#))
    #expect(try shop.tally("spans", "--agent", "nobody").text.contains("No such spans"))
  }

  @Test func aTraceThatIsNotThereIsSaid() throws {
    let run = try shop().tally("trace", "nope")
    #expect(run.code == 64)
    #expect(run.errors.contains("has no trace 'nope'"))
  }
}
