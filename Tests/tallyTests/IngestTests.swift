import Foundation
import Records
import Testing

/// `tally ingest`: what is stored, what is said, and what happens when it is done again.
struct IngestTests {
  private func ingested(_ shop: Workshop, _ arguments: String..., input: String = "", code: Int32 = 0) throws -> JSON {
    let run = try shop.tally(["ingest"] + arguments + ["--format", "json"], input: input)
    try #require(run.code == code, "\(run.errors)")
    return try run.json()
  }

  private let time = ["--at", "2026-03-01T12:00:00Z"]

  @Test func twiceStoresOnce() throws {
    let shop = try Workshop()
    try shop.scores("runs/baseline.csv", [1, 0, 1])
    try shop.scores("runs/candidate.csv", [1, 1, 1])
    let first = try shop.tally("ingest", "runs/baseline.csv", "runs/candidate.csv")
    #expect(first.code == 0)
    #expect(first.text.hasPrefix("Stored 6 new trials of suite runs (2 series); 0 were there already.\n"))
    #expect(first.text.contains("suite runs (variant candidate): 3 trials"))
    #expect(first.errors.contains("guessed: item = id, score = score"))
    #expect(FileManager.default.fileExists(atPath: shop.url(".tally/ledger.db").path))
    let second = try shop.tally("ingest", "runs/baseline.csv")
    #expect(second.code == 0)
    #expect(second.text == "Nothing new: all 3 records were there already.\n")
    let one = try shop.tally("ingest", "runs/baseline.csv", "--suite", "support-bot", "--variant", "prod")
    #expect(one.text.hasPrefix("Stored 3 new trials of suite support-bot (variant prod); 0 were there already.\n"))
  }

  @Test func correctionsAndContradictions() throws {
    let shop = try Workshop()
    try shop.write("a.csv", "id,score,at\n1,1,2026-03-01\n2,0,2026-03-01\n")
    _ = try ingested(shop, "a.csv", "--suite", "s")
    try shop.write("a.csv", "id,score,at\n1,1,2026-03-01\n2,1,2026-03-01\n")
    let corrected = try ingested(shop, "a.csv", "--suite", "s")
    #expect(corrected["records", "trial", "stored"].integer == 1)
    #expect(corrected["records", "trial", "superseding"].integer == 1)
    #expect(corrected["records", "trial", "duplicates"].integer == 1)
    try shop.write("b.csv", "id,score,at\n1,1,2026-03-01\n1,0,2026-03-01\n2,1,2026-03-01\n")
    let run = try shop.tally("ingest", "b.csv", "--suite", "s")
    #expect(run.text.contains("Stored 3 new trials"))
    #expect(run.text.contains("1 record of these contradicts another of this delivery about the same thing"))
    #expect(run.text.contains("[CONFLICTING_TRIALS]"))
  }

  @Test func spansOfOpenTelemetry() throws {
    let shop = try Workshop()
    func span(_ id: String) -> String {
      #"{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"\#(id)","name":"chat","#
        + #""startTimeUnixNano":"1764000000000000000","endTimeUnixNano":"1764000001000000000","attributes":"#
        + #"[{"key":"app.feature","value":{"stringValue":"search"}},{"key":"gen_ai.request.model","value":{"stringValue":"m"}}]}"#
    }
    let spans = [span("eee19b7ec3c1b174"), span("eee19b7ec3c1b175"), span("")].joined(separator: ",")
    try shop.write("traces.jsonl", #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(spans)]}]}]}"# + "\n")
    let run = try shop.tally(
      "ingest", "traces.jsonl", "--feature-attribute", "app.feature", "--format", "json")
    #expect(run.code == 0)
    #expect(run.errors.contains("traces.jsonl: otlp-json, 2 records"))
    #expect(run.errors.contains("traces.jsonl: 1 of 3 rejected: 1 without a span id"))
    #expect(try run.json()["records", "span", "stored"].integer == 2)
    let again = try ingested(shop, "traces.jsonl", "--feature-attribute", "app.feature")
    #expect(again["records", "span", "duplicates"].integer == 2)
    try shop.write("cut.jsonl", #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"#)
    let cut = try shop.tally("ingest", "cut.jsonl")
    #expect(cut.code == 64 && cut.errors.contains("cut.jsonl:1:"))
    let compared = try shop.tally("compare", "traces.jsonl", "traces.jsonl")
    #expect(compared.code == 64 && compared.errors.contains("holds spans of OpenTelemetry, not trials"))
  }

  @Test func whatCannotBeReadLeavesNothing() throws {
    let shop = try Workshop()
    try shop.scores("good.csv", [1, 0, 1])
    try shop.write("bad.csv", "id,score\na,1\nb,maybe\n")
    let run = try shop.tally("ingest", "good.csv", "bad.csv")
    #expect(run.code == 64)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("bad.csv:3:3: column 'score': 'maybe' is no score."))
    let again = try ingested(shop, "good.csv")
    #expect(again["commit"].integer == 1)
    #expect(again["records", "trial", "stored"].integer == 3)
    let missing = try shop.tally("ingest", "nowhere.csv")
    #expect(missing.code == 64)
    #expect(missing.errors.contains("nowhere.csv: cannot be opened"))
    let record = try shop.tally(["ingest", "-"], input: #"{"kind":"trial","suit":"q","item_id":"1"}"#)
    #expect(record.code == 64)
    #expect(record.errors.contains("standard input:1:18: a trial has no key 'suit'. Do you mean 'suite'?"))
  }

  @Test func dryRunsStoreNothing() throws {
    let shop = try Workshop()
    try shop.scores("a.csv", [1, 0, 1])
    let run = try shop.tally("ingest", "a.csv", "--suite", "s", "--dry-run")
    #expect(run.code == 0)
    #expect(
      run.text == """
        Would store 3 trials of suite s (variant a) in .tally/ledger.db; nothing was written.
          suite s (variant a): 3 trials

        """)
    #expect(!FileManager.default.fileExists(atPath: shop.url(".tally").path))
    #expect(try ingested(shop, "a.csv", "--dry-run")["dry_run"].bool == true)
  }

  @Test func theLedgerIsWhereItIsSaidToBe() throws {
    let shop = try Workshop()
    try shop.scores("a.csv", [1, 0, 1])
    #expect(try ingested(shop, "a.csv", "--ledger", "deep/er/own.db")["ledger"].string == "deep/er/own.db")
    #expect(FileManager.default.fileExists(atPath: shop.url("deep/er/own.db").path))
    let run = try Tally.run(["ingest", "a.csv"], in: shop.folder, environment: ["TALLY_LEDGER": "env.db"])
    #expect(run.code == 0)
    #expect(FileManager.default.fileExists(atPath: shop.url("env.db").path))
    try shop.write("text.db", "this is no database, however long it may be")
    let text = try shop.tally("ingest", "a.csv", "--ledger", "text.db")
    #expect(text.code == 74 || text.code == 73)
    #expect(text.errors.contains("text.db: is not a ledger"))
    let folder = try shop.tally("ingest", "a.csv", "--ledger", "deep")
    #expect(folder.code == 73)
    let address = try shop.tally("ingest", "a.csv", "--ledger", "mysql://host/db")
    #expect(address.code == 64)
  }

  @Test func standardInputIsReadBeforeTheLedgerIsLocked() throws {
    let shop = try Workshop()
    let input = "id,score\n1,1\n2,0\n"
    let nameless = try shop.tally(["ingest", "-"], input: input)
    #expect(nameless.code == 64)
    #expect(nameless.errors.contains("Name it with --suite"))
    let run = try shop.tally(["ingest", "-", "--suite", "s", "--variant", "v"] + time, input: input)
    #expect(run.text.hasPrefix("Stored 2 new trials of suite s (variant v)"))
    let again = try shop.tally(["ingest", "-", "--suite", "s", "--variant", "v"] + time, input: input)
    #expect(again.text.hasPrefix("Nothing new"))
    #expect(try shop.tally("ingest", "-", "-").code == 64)
    #expect(try shop.tally("ingest").code == 64)
  }

  /// Nesting as deep as the reader allows, on the thread that writes the ledger.
  @Test func deepNestingDoesNoHarm() throws {
    let shop = try Workshop()
    let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
    try shop.write("deep.jsonl", "{\"id\":1,\"score\":1,\"x\":\(deep)}\n{\"id\":2,\"score\":0}\n")
    #expect(try ingested(shop, "deep.jsonl")["records", "trial", "stored"].integer == 2)
    let record = #"{"kind":"trial","suite":"s","item_id":"1","variant":"v","at":"2026-03-01","attributes":{"x":"#
    for (depth, code) in [(100, Int32(0)), (200, 64)] {
      let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      #expect(try shop.tally(["ingest", "-"], input: record + nested + "}}").code == code)
    }
  }

  @Test func recordsOfEveryKind() throws {
    let shop = try Workshop()
    let sha = String(repeating: "a", count: 64)
    try shop.write(
      "records.jsonl",
      """
      {"kind":"trial","suite":"qa","item_id":"7","variant":"prod","score":1,"at":"2026-03-01T12:00:00Z"}
      {"kind":"annotation","annotation_id":"a","subject":"7","name":"correct","value":true,"annotator_kind":"human","annotator":"p","at":"2026-03-01"}
      {"kind":"artifact","sha256":"\(sha)","artifact_kind":"prompt","name":"system","at":"2026-03-01"}
      {"kind":"span","span_id":"1","trace_id":"t","name":"chat","span_kind":"chat","feature":"f","started_at":"2026-03-01"}
      {"kind":"change","surface":"prompt","actor":"me","at":"2026-03-01","x_note":1}
      """)
    let json = try ingested(shop, "records.jsonl")
    for kind in ["trial", "annotation", "artifact", "span", "change"] {
      #expect(json["records", .key(kind), "stored"].integer == 1)
    }
    #expect(json["warnings"].list.count == 1)
    #expect(json["files", 0, "format"].string == "tally-records")
    #expect(try SchemaCheck("tally.ingest-1").faults(json).isEmpty)
    let text = try shop.tally("ingest", "records.jsonl", "--ledger", "other.db").text
    #expect(
      text.hasPrefix(
        """
        Stored 1 new trial of suite qa (variant prod), 1 new annotation, 1 new artifact, 1 new span, 1 new change; \
        0 were there already.
        """))
    #expect(try ingested(shop, "records.jsonl")["records", "span", "duplicates"].integer == 1)
  }

  /// The schema that is published says what the reader takes.
  @Test func theSchemaOfRecordsIsTheReaders() throws {
    let schema = try SchemaCheck("tally.records-1")
    guard case .object(let definitions) = schema.root["$defs"] else {
      Issue.record("no definitions")
      return
    }
    let shop = try Workshop()
    let kinds = RecordKind.allCases.filter { $0 != .finding && $0 != .waiver }.map(\.name)
    #expect(definitions.keys.sorted() == kinds.sorted())
    for kind in kinds {
      let definition = try #require(definitions[kind])
      guard case .object(let properties) = definition["properties"] else {
        Issue.record("\(kind) has no properties")
        continue
      }
      let required = definition["required"].list.compactMap(\.string)
      let samples = try properties.mapValues { try JSON.sample($0["examples", 0]) }
      // With every field, and with the needed ones alone.
      for keys in [properties.keys.sorted(), required.sorted()] {
        let record = "{" + keys.map { "\"\($0)\":\(samples[$0] ?? "null")" }.joined(separator: ",") + "}"
        let run = try shop.tally(["ingest", "-", "--dry-run", "--input-format", "tally-records"], input: record)
        #expect(run.code == 0, "\(kind): \(run.errors)")
        #expect(schema.faults(try JSON(Data(record.utf8))).isEmpty)
      }
      // Without one of the needed ones, neither takes it.
      for key in required {
        let rest = required.filter { $0 != key }.map { "\"\($0)\":\(samples[$0] ?? "null")" }
        let record = "{" + rest.joined(separator: ",") + "}"
        #expect(!schema.faults(try JSON(Data(record.utf8))).isEmpty)
        #expect(
          try shop.tally(["ingest", "-", "--dry-run", "--input-format", "tally-records"], input: record).code == 64,
          "\(kind) without \(key)")
      }
    }
  }
}

extension JSON {
  /// A value as text, for a record.
  fileprivate static func sample(_ value: JSON) throws -> String {
    String(
      decoding: try JSONSerialization.data(withJSONObject: value.foundation, options: [.fragmentsAllowed]),
      as: UTF8.self)
  }

  private var foundation: Any {
    switch self {
    case .null: NSNull()
    case .bool(let value): value
    case .number(let value): value == value.rounded() ? Int(value) as Any : value as Any
    case .string(let value): value
    case .array(let values): values.map(\.foundation)
    case .object(let members): members.mapValues(\.foundation)
    }
  }
}
