import Foundation
import Testing

/// `tally export`: what leaves the ledger comes back as what it was.
struct ExportTests {
  private static let records = #"""
    {"kind":"span","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","name":"chat","span_kind":"chat","feature":"desk","tenant":"acme","user_id":"ana","tags":{"lang":"de","arm":"treated"},"started_at":"2026-11-25T10:00:00.123456789Z","ended_at":"2026-11-25T10:00:01Z","model_requested":"gpt-4o","model_served":"gpt-4o-2024-08-06","parameters":{"temperature":0.2,"seed":7},"input_tokens":100,"output_tokens":20,"cached_tokens":64,"cost_usd":"0.00031","finish_reason":"stop","prompt_id":"p@3","retrieved":[{"chunk_id":"c1","doc_id":"d1","in_context":true,"rank":1,"score":0.5}],"attributes":{"agent":"triage","provider":"openai","anything":[1,"a",true]},"input":[{"role":"user","parts":[{"type":"text","content":"Where is 4711?"}]}]}
    {"kind":"span","trace_id":"t2","span_id":"s2","name":"lookup","span_kind":"tool","tool":"lookup","feature":"search","status":"timeout","error_type":"timeout","started_at":"2026-11-26T10:00:00Z"}
    {"kind":"trial","suite":"triage","item_id":"=1+1","variant":"prod","score":0.75,"passed":true,"tags":{"lang":"de"},"at":"2026-11-20T00:00:00Z","cost_usd":"0.002"}
    {"kind":"annotation","annotation_id":"a1","subject":"s2","name":"correct","value":"false","annotator_kind":"human","annotator":"ada","at":"2026-11-25T11:00:00Z","note":"a \"quoted\", and\nbroken line"}
    {"kind":"artifact","sha256":"\#(String(repeating: "a", count: 64))","artifact_kind":"document","name":"d1","at":"2026-11-01T00:00:00Z"}
    {"kind":"change","surface":"prompt","from":"p@2","to":"p@3","actor":"ada","at":"2026-11-24T00:00:00Z"}
    {"kind":"run","run_id":"r1","manifest_sha256":"\#(String(repeating: "b", count: 64))","at":"2026-11-24T00:00:00Z"}
    {"kind":"decision","decision_id":"x","question":"Why?","choice":"So","at":"2026-11-24T00:00:00Z"}

    """#

  private func shop() throws -> Workshop {
    let shop = try Workshop()
    try shop.write("all.jsonl", ExportTests.records)
    let stored = try shop.tally("ingest", "all.jsonl")
    #expect(stored.code == 0, "\(stored.errors)")
    return shop
  }

  private static let views = ["spans", "trials", "annotations", "artifacts", "changes", "runs", "decisions"]

  private func ids(_ shop: Workshop) throws -> [String] {
    try ExportTests.views.map { view in
      try shop.tally("sql", "SELECT record_id FROM \(view) ORDER BY 1", "--format", "csv").text
    }
  }

  @Test(arguments: [[], ["--content"]]) func linesComeBackAsTheSameRecords(_ options: [String]) throws {
    let shop = try shop()
    let written = try shop.tally(["export", "-o", "out.jsonl"] + options)
    #expect(written.code == 0 && written.errors.contains("8 records in out.jsonl"), "\(written.errors)")
    let other = try Workshop()
    try other.write("out.jsonl", Data(contentsOf: shop.url("out.jsonl")))
    let stored = try other.tally("ingest", "out.jsonl")
    #expect(stored.code == 0, "\(stored.errors)")
    let here = try ids(shop)
    #expect(try ids(other) == here && !here.contains("record_id\r\n"))
    #expect(try shop.tally("ingest", "out.jsonl").text == "Nothing new: all 8 records were there already.\n")
    let said = try other.tally("trace", "4bf92f3577b34da6a3ce929d0e0e4736", "--content").text
    #expect(said.contains("Where is 4711?") == !options.isEmpty)
    // And once more the same lines.
    #expect(try other.tally(["export"] + options).output == Data(contentsOf: shop.url("out.jsonl")))
  }

  @Test func whatIsAskedForIsWritten() throws {
    let shop = try shop()
    func kinds(_ options: String...) throws -> [String] {
      let run = try shop.tally(["export"] + options)
      #expect(run.code == 0, "\(run.errors)")
      return try run.lines.filter { !$0.isEmpty }.map { line in
        guard case .string(let kind) = try JSON(Data(line.utf8))["kind"] else { return "" }
        return kind
      }
    }
    #expect(try kinds("--kinds", "spans,annotation") == ["span", "span", "annotation"])
    #expect(try kinds("--feature", "desk") == ["span"])
    #expect(try kinds("--kinds", "spans", "--since", "2026-11-26T10:00:00Z") == ["span"])
    #expect(try kinds("--kinds", "spans", "--until", "2026-11-26T10:00:00Z") == ["span"])
    #expect(try kinds("--kinds", "spans", "--since", "2026-11-25T10:00:00.123456789Z") == ["span", "span"])
    #expect(try kinds("--kinds", "spans", "--since", "2026-11-25T10:00:00.12345679Z") == ["span"])
    for wrong in [
      ["--kinds", "nothing"], ["--format", "csv"], ["--format", "csv", "--kinds", "spans,trials"],
      ["--format", "otlp", "--kinds", "trials"], ["--format", "csv", "--kinds", "spans", "--content"],
      ["--kinds", "trials", "--feature", "desk"], ["--since", "2026-11-25", "--until", "2026-11-25"],
    ] {
      #expect(try shop.tally(["export"] + wrong).code == 64, "\(wrong)")
    }
    let empty = try shop.tally("export", "--since", "1h", "--until", "2h")
    #expect(empty.code == 64 && empty.text == "" && empty.errors.contains("The window is empty"), "\(empty.errors)")
  }

  @Test func aTableHoldsOneKindAsItIs() throws {
    let shop = try shop()
    let trials = try shop.tally("export", "--format", "csv", "--kinds", "trials").text
    #expect(trials.hasPrefix("record_id,suite,suite_version,item_id,variant,metric,"))
    #expect(trials.contains(",triage,,=1+1,prod,correct,") && trials.contains(#","{""lang"":""de""}","#))
    let notes = try shop.tally("export", "--format", "csv", "--kinds", "annotations").text
    #expect(notes.contains("\"a \"\"quoted\"\", and\nbroken line\""))
    // What was trials is trials again.
    try shop.write("trials.csv", trials)
    #expect(try shop.tally("compare", "trials.csv", "trials.csv").code != 64)
  }

  @Test func whatWasSaidAndWaivedIsWrittenWhereItIsAskedFor() throws {
    let shop = try shop()
    #expect(
      try shop.tally(
        "waive", "eval-power", "triage", "--owner", "ada", "--reason", "known and small", "--expires", "7d"
      ).code == 0)
    let waived = try shop.tally("export", "--kinds", "waivers")
    #expect(waived.lines.count == 2 && waived.text.hasPrefix(#"{"kind":"waiver","check":"eval-power","subject":"#))
    #expect(waived.text.contains(#""reason":"known and small""#) && waived.text.contains(#""record_id":""#))
    try shop.write("tally.yaml", "suites:\n  triage: {baseline: prod, candidate: next, metrics: [{name: correct}]}\n")
    let checked = try shop.tally("check", "eval-power")
    // It is unknown, and waived.
    #expect(checked.code == 0, "\(checked.errors)")
    let said = try shop.tally("export", "--kinds", "findings", "--format", "csv").text
    #expect(said.hasPrefix("record_id,schema,check,subject,verdict,"))
    #expect(said.contains(",tally.finding/1,eval-power,"))
    #expect(try !shop.tally("export").text.contains("\"waiver\""))
  }

  @Test func spansGoOutAsOTLPAndComeBack() throws {
    let shop = try shop()
    let written = try shop.tally("export", "--format", "otlp", "-o", "spans.json")
    #expect(written.code == 0 && written.errors.contains("1 spans were left out"), "\(written.errors)")
    let other = try Workshop()
    try other.write("spans.json", Data(contentsOf: shop.url("spans.json")))
    let stored = try other.tally("ingest", "spans.json")
    #expect(stored.code == 0 && stored.errors.contains("otlp"), "\(stored.errors)")
    let question = """
      SELECT trace_id, span_id, name, span_kind, feature, tenant, user_id, tags, started_at, ended_at, status,
        model_requested, model_served, parameters, input_tokens, output_tokens, cached_tokens, cost_usd, finish_reason,
        prompt_id, retrieved FROM spans WHERE span_id = '00f067aa0ba902b7'
      """
    let here = try shop.tally("sql", question, "--format", "json").text
    let there = try other.tally("sql", question, "--format", "json").text
    #expect(here == there && here.contains("gpt-4o-2024-08-06"))
    let attributes = try other.tally("sql", "SELECT attributes FROM spans", "--format", "csv").text
    #expect(attributes.contains(#"""agent"":""triage"""#) && attributes.contains(#"""provider"":""openai"""#))
    #expect(attributes.contains(#"""anything"":[1,""a"",true]"#))
    // Having come by OTLP once, it stays what it is.
    #expect(try other.tally("export", "--format", "otlp", "-o", "again.json").code == 0)
    #expect(try other.tally("ingest", "again.json").text.contains("Nothing new"))
    let none = try shop.tally("export", "--format", "otlp", "--feature", "nowhere")
    #expect(none.text == "{\"resourceSpans\":[]}\n")
  }

  @Test func aFileIsThereWholeOrNotAtAll() throws {
    let shop = try shop()
    let lost = try shop.tally("export", "-o", "nowhere/out.jsonl")
    #expect(lost.code == 74 && lost.errors.contains("nowhere/out.jsonl: cannot be written"))
    try shop.write("kept.jsonl", "old\n")
    #expect(try shop.tally("export", "-o", "kept.jsonl", "--ledger", "none.db").code == 73)
    #expect(try String(contentsOf: shop.url("kept.jsonl"), encoding: .utf8) == "old\n")
    #expect(try shop.tally("export", "-o", "kept.jsonl").code == 0)
    #expect(try String(contentsOf: shop.url("kept.jsonl"), encoding: .utf8).hasPrefix("{\"kind\":"))
    let names = try FileManager.default.contentsOfDirectory(atPath: shop.folder.path)
    #expect(!names.contains { $0.contains(".new") })
  }
}
