import Foundation
import Testing

/// `init`, `ingest`, `check`, `gate`, `waive`, `explain`, `config` and `ledger`, as a user runs them.
@Suite struct CheckCommandTests {
  /// A project with two runs of one suite: the candidate passes `gained` items more and `lost` fewer of `items`.
  private func shop(items: Int = 400, gained: Int = 50, lost: Int = 10, gate: String = "observe") throws -> Workshop {
    let shop = try Workshop()
    func file(_ name: String, _ passes: (Int) -> Bool) throws {
      let rows = (0..<items).map { "q\($0),\(passes($0) ? 1 : 0),\($0 % 2 == 0 ? "refund" : "order")" }
      try shop.write("evals/\(name).csv", (["id,score,intent"] + rows).joined(separator: "\n") + "\n")
    }
    try file("prod") { $0 >= 100 }
    try file("next") { $0 < gained || ($0 >= 100 + lost) }
    try shop.write(
      "tally.yaml",
      """
      suites:
        evals: {baseline: prod, candidate: next, metrics: [{name: correct, claim: improvement, min_effect: 0.03}]}
      gates:
        merge: {require: [eval-power], mode: \(gate)}
      """)
    #expect(try shop.tally("ingest", "evals", "--tag", "intent").code == 0)
    return shop
  }

  @Test func aRealGainPasses() throws {
    let shop = try shop()
    let run = try shop.tally("check", "eval-power", "--format", "json")
    #expect(run.code == 0, "\(run.errors)")
    let finding = try run.json()["findings", 0, "finding"]
    // Nobody ran the same configuration twice, which is said and does not stand in the way.
    #expect(finding["verdict"].string == "warn")
    #expect(finding["reasons"].list.filter { $0["verdict"].string == "warn" }.map { $0["code"].string } == ["NO_AA"])
    #expect(finding["subject"].string == "evals")
    #expect(finding["policy_sha256"].string?.count == 64)
    let text = try shop.tally("check", "eval-power")
    #expect(text.code == 0 && text.text.contains("WARN"))
  }

  @Test func onlyThePastIsAskedFor() throws {
    let shop = try Workshop()
    let garbled = try shop.tally("check", "--as-of", "garbage")
    #expect(garbled.code == 64 && garbled.text == "")
    #expect(garbled.errors.contains("'garbage' is no date and no time: write 2026-03-01 or 2026-03-01T12:00:00Z"))
    let early = try shop.tally("check", "--as-of", "2200-01-01")
    #expect(early.code == 64 && early.errors.contains("2200-01-01 has not come yet"), "\(early.errors)")
  }

  @Test func aLossFailsAndAWaiverCoversIt() throws {
    let shop = try shop(gained: 0, lost: 60, gate: "enforce")
    let run = try shop.tally("check", "eval-power")
    #expect(run.code == 1 && run.text.contains("FAIL"), "\(run.text)")
    #expect(try shop.tally("gate", "merge").code == 1)
    #expect(
      try shop.tally("waive", "eval-power", "evals", "--reason", "known and small", "--expires", "31d").code == 64)
    #expect(try shop.tally("waive", "eval-pwer", "evals", "--reason", "known and small", "--expires", "7d").code == 64)
    let waived = try shop.tally("waive", "eval-power", "evals", "--reason", "known and small", "--expires", "7d")
    #expect(waived.code == 0, "\(waived.errors)")
    let after = try shop.tally("check", "eval-power")
    #expect(after.code == 0 && after.text.contains("known and small"), "\(after.text)")
    #expect(try shop.tally("gate", "merge").code == 0)
    // The waiver ends when somebody says so.
    #expect(
      try shop.tally("waive", "eval-power", "evals", "--reason", "it is mended", "--expires", "0d").code == 0)
    #expect(try shop.tally("gate", "merge").code == 1)
  }

  /// Two files and no tally.yaml: what is there is compared, or the line to write is said.
  @Test func aNewcomerNeedsNoProjectFile() throws {
    let shop = try Workshop()
    let (before, after) = ((0..<400).map { $0 < 200 ? 1.0 : 0 }, (0..<400).map { $0 < 260 ? 1.0 : 0 })
    try shop.scores("evals/prod.csv", before)
    try shop.scores("evals/next.csv", after)
    #expect(try shop.tally("ingest", "evals").code == 0)
    let run = try shop.tally("check")
    #expect(run.code == 0, "\(run.text)")
    #expect(run.text.contains("next is better than prod on correct: +15.0 points"), "\(run.text)")
    let other = try Workshop()
    try other.scores("evals/a.csv", before)
    try other.scores("evals/b.csv", after)
    #expect(try other.tally("ingest", "evals").code == 0)
    let asked = try other.tally("check", "--format", "json")
    #expect(asked.code == 2)
    let next = try asked.json()["findings", 0, "finding", "next"].string ?? ""
    let line = next.replacing("Write which it is into tally.yaml, such as: ", with: "")
    #expect(line.hasPrefix("suites:"), "\(next)")
    try other.write("tally.yaml", line + "\n")
    #expect(try other.tally("check").code == 0)
  }

  /// A case without a card is a note in a check, and no case to merge.
  @Test func theGateOfMergesAsksForCards() throws {
    let shop = try Workshop()
    try shop.write(
      "tally.yaml",
      """
      suites: {faq: {feature: help}}
      features: {help: {rot: {suite: faq}, policies: {eval-rot: {min_spans: 1, min_live: 1}}}}
      gates: {merge: {require: [eval-rot], mode: enforce}, nightly: {require: [eval-rot], mode: enforce}}
      """)
    func records(_ reason: String) -> String {
      let cards = (0..<20).map { item in
        #"{"kind":"artifact","artifact_kind":"dataset_item","name":"q\#(item)","sha256":"\#(String(repeating: "ab", count: 31))\#(item + 10)","#
          + #""at":"2026-01-0\#(reason.isEmpty ? 1 : 2)T00:00:00Z","attributes":{"suite":"faq","traffic_cluster":"billing","#
          + #""added_at":"2026-01-01T00:00:00Z",\#(reason)"expires_at":"2099-01-01T00:00:00Z"}}"#
      }
      return cards.joined(separator: "\n") + "\n"
    }
    let now = ISO8601DateFormatter().string(from: Date(timeIntervalSinceNow: -3600))
    try shop.write("cards.jsonl", records(""))
    try shop.write(
      "traffic.jsonl",
      #"{"kind":"span","span_id":"s1","trace_id":"t1","name":"chat","span_kind":"chat","started_at":"\#(now)","feature":"help","traffic_cluster":"billing"}"#
        + "\n")
    try shop.write("run.csv", (["id,score"] + (0..<20).map { "q\($0),1" }).joined(separator: "\n") + "\n")
    for file in [["cards.jsonl"], ["traffic.jsonl"], ["run.csv", "--suite", "faq", "--variant", "prod"]] {
      let run = try shop.tally(["ingest"] + file)
      try #require(run.code == 0, "\(run.errors)")
    }
    let refused = try shop.tally("gate", "merge")
    #expect(refused.code == 1, "\(refused.text)")
    #expect(refused.text.contains("rule of its own is broken") && refused.text.contains("[CASE_WITHOUT_CARD]"))
    #expect(try shop.tally("gate", "merge", "--format", "markdown").text.contains("CASE_WITHOUT_CARD"))
    let json = try shop.tally("gate", "merge", "--format", "json").json()
    #expect(json["refusals", 0, "error"].string == "CASE_WITHOUT_CARD")
    #expect(try shop.tally("gate", "nightly").code == 0)
    let replay = try shop.tally("gate", "merge", "--replay", "1d")
    #expect(replay.text.contains("CASE_WITHOUT_CARD"), "\(replay.text)")
    try shop.write("cards.jsonl", records(#""reason":"a complaint","#))
    #expect(try shop.tally("ingest", "cards.jsonl").code == 0)
    let passed = try shop.tally("gate", "merge")
    #expect(passed.code == 0, "\(passed.text)")
  }

  @Test func tooFewItemsAreUnknownAndSayHowManyAreMissing() throws {
    let shop = try shop(items: 110, gained: 1, lost: 0)
    let run = try shop.tally("check", "eval-power", "--format", "json")
    #expect(run.code == 2, "\(run.text)")
    let missing = try run.json()["findings", 0, "finding", "missing"].list
    #expect((missing.first?["how_much"].integer ?? 0) > 0)
    #expect(try shop.tally("check", "eval-power", "--fail-on", "fail").code == 0)
  }

  @Test func aGateObservesAndReplays() throws {
    let shop = try shop(gained: 0, lost: 60)
    let run = try shop.tally("gate", "merge", "--format", "json")
    #expect(run.code == 0, "\(run.errors)")
    let replay = try shop.tally("gate", "merge", "--replay", "7d")
    #expect(replay.code == 0 && replay.text.contains("would have refused"), "\(replay.text)")
    #expect(try shop.tally("gate", "release").code == 64)
    #expect(try shop.tally("gate", "merge", "--replay", "soon").code == 64)
  }

  /// A finding as of then is the finding of then, whatever came later.
  @Test func thePastIsRecomputedBitForBit() throws {
    let shop = try shop()
    let first = try shop.tally("check", "eval-power", "--format", "json", "--no-store").json()
    let asOf = try #require(first["as_of"].string)
    let more = (400..<500).map { "q\($0),0,order" }
    try shop.write("evals/next.csv", (["id,score,intent"] + more).joined(separator: "\n") + "\n")
    #expect(try shop.tally("ingest", "evals/next.csv", "--tag", "intent").code == 0)
    let again = try shop.tally("check", "eval-power", "--format", "json", "--as-of", asOf).json()
    func timeless(_ json: JSON) -> JSON {
      guard case .object(var members) = json["findings", 0, "finding"] else { return .null }
      for computed in ["at", "expires_at"] { members[computed] = nil }
      return .object(members)
    }
    #expect(timeless(first) != .null)
    #expect(timeless(again) == timeless(first))
    let now = try shop.tally("check", "eval-power", "--format", "json", "--no-store").json()
    #expect(timeless(now) != timeless(first))
  }

  @Test func everyFormatIsWritten() throws {
    let shop = try shop(gained: 0, lost: 60)
    let sarif = try shop.tally("check", "--format", "sarif")
    #expect(sarif.code == 1)
    #expect(try sarif.json()["version"].string == "2.1.0")
    #expect(try shop.tally("check", "--format", "junit").text.contains("<testsuite"))
    #expect(try shop.tally("check", "--format", "markdown").text.contains("eval-power"))
    let figures = try shop.tally("check", "eval-power", "--figures", "pictures")
    #expect(figures.code == 1)
    let files = try FileManager.default.contentsOfDirectory(atPath: shop.url("pictures").path)
    #expect(files.contains { $0.hasSuffix(".svg") })
  }

  @Test func badInputIsPlaced() throws {
    let shop = try shop()
    try shop.write("tally.yaml", "suites:\n  evals: {baselin: prod}\n")
    let run = try shop.tally("check")
    #expect(run.code == 64)
    #expect(run.errors.contains("tally.yaml:2:11"), "\(run.errors)")
    #expect(run.errors.contains("Did you mean 'baseline'?"))
    #expect(try shop.tally("config").code == 64)
    let empty = try Workshop()
    let noLedger = try empty.tally("check")
    #expect(noLedger.code == 73 && noLedger.errors.contains("tally ingest"), "\(noLedger.errors)")
    #expect(try shop.tally("check", "eval-powr").errors.contains("Did you mean 'eval-power'?"))
  }

  @Test func manualsAndSettingsAreShown() throws {
    let shop = try shop()
    let list = try shop.tally("explain")
    #expect(list.code == 0 && list.text.contains("eval-power"))
    for line in list.lines where !line.isEmpty {
      let id = String(line.prefix { $0 != " " })
      let manual = try shop.tally("explain", id)
      for section in ["## What it does", "## Why it matters", "## Reads", "## Verdicts", "## Policy", "## Example"] {
        #expect(manual.text.contains(section), "\(id) has no \(section)")
      }
    }
    let effective = try shop.tally("config", "--effective")
    #expect(effective.text.contains("suites.evals.baseline = prod   # tally.yaml:2"))
    #expect(try shop.tally("config", "--schema").json()["properties", "suites"] != .null)
  }

  @Test func initWritesWhatLoads() throws {
    let shop = try Workshop()
    #expect(try shop.tally("init").code == 0)
    #expect(try shop.tally("config").code == 0)
    #expect(try shop.tally("init").code == 64)
    try shop.scores("evals/baseline.csv", [0, 1, 1, 0])
    try shop.scores("evals/candidate.csv", [1, 1, 1, 0])
    let again = try shop.tally("init", "--force")
    #expect(again.code == 0 && again.text.contains("baseline: baseline"), "\(again.text)\(again.errors)")
    #expect(try shop.tally("config").code == 0)
  }

  @Test func aLedgerThatWasChangedIsNamed() throws {
    let shop = try shop()
    #expect(try shop.tally("ledger", "verify").code == 0)
    let status = try shop.tally("ledger", "status")
    #expect(status.text.contains("800 trials"), "\(status.text)")
    try shop.write("broken.db", "this is no database, and never was one")
    #expect(try shop.tally("ledger", "verify", "--ledger", "broken.db").code == 73)
  }
}
