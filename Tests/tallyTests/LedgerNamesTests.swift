import Foundation
import Testing

/// `SUITE@VARIANT`: trials of the ledger where a command takes files.
struct LedgerNamesTests {
  private func compared(_ shop: Workshop, _ arguments: String...) throws -> JSON {
    let run = try shop.tally(["compare"] + arguments + ["--format", "json"])
    try #require([0, 1, 2].contains(run.code), "\(run.errors)")
    return try run.json()
  }

  private func example(_ name: String) -> String {
    Tally.root.appendingPathComponent("Examples/support-bot/\(name)").path
  }

  @Test func equalsTheComparisonOfTheFiles() throws {
    let shop = try Workshop()
    let files = [example("baseline.csv"), example("candidate.csv")]
    #expect(try shop.tally("ingest", files[0], files[1], "--tag", "intent").code == 0)
    let ofFiles = try compared(shop, files[0], files[1], "--slice", "intent")
    let ofLedger = try compared(shop, "support-bot@baseline", "support-bot@candidate", "--slice", "intent")
    #expect(ofFiles == ofLedger)
    // One side may be a file that is not stored yet.
    let mixed = try compared(shop, "support-bot@baseline", files[1], "--slice", "intent")
    #expect(ofFiles == mixed)
  }

  @Test func scoresRepeatsAndClustersComeBack() throws {
    let shop = try Workshop()
    func file(_ name: String, _ shift: Int) throws {
      var text = "id,correct,epoch,cluster_id\n"
      for item in 0..<60 {
        for epoch in 0..<3 {
          text += "q\(item),\(Double((item * 7 + epoch * 3 + shift) % 11) / 10),\(epoch),c\(item % 12)\n"
        }
      }
      try shop.write(name, text)
    }
    try file("old.csv", 0)
    try file("new.csv", 2)
    #expect(try shop.tally("ingest", "old.csv", "new.csv", "--suite", "qa").code == 0)
    let ofFiles = try compared(shop, "old.csv", "new.csv")
    let ofLedger = try compared(shop, "qa@old", "qa@new")
    #expect(ofFiles == ofLedger)
    let power = try shop.tally("power", "qa@old", "qa@new", "--effect", "0.05", "--format", "json")
    let ofPilot = try shop.tally("power", "old.csv", "new.csv", "--effect", "0.05", "--format", "json")
    #expect(power.code == 0)
    #expect(try power.json()["answers"] == ofPilot.json()["answers"])
  }

  @Test func theNewestCommonVersionIsCompared() throws {
    let shop = try Workshop()
    func store(_ variant: String, _ version: String, _ scores: [Double], _ day: Int) throws {
      try shop.scores("\(variant).csv", scores)
      let run = try shop.tally(
        "ingest", "\(variant).csv", "--suite", "qa", "--suite-version", version, "--at", "2026-03-0\(day)")
      #expect(run.code == 0)
    }
    try store("a", "1", [1, 0, 1, 0], 1)
    try store("b", "1", [1, 1, 1, 1], 1)
    try store("a", "2", [0, 0, 0, 0], 2)
    try store("b", "2", [0, 0, 1, 0], 2)
    try store("a", "3", [1, 1, 1, 1], 3)
    let newest = try compared(shop, "qa@a", "qa@b")
    #expect(newest["difference", "estimate"].number == 0.25)
    #expect(try compared(shop, "qa:1@a", "qa@b")["difference", "estimate"].number == 0.5)
    let none = try shop.tally("compare", "qa:3@a", "qa:1@b")
    #expect(none.code == 0 || none.code == 2)
    let unknown = try shop.tally("compare", "qa:3@a", "qa@b")
    #expect(unknown.code == 64)
    #expect(unknown.errors.contains("there are no trials of version '3'. b has the versions: 1, 2."))
  }

  @Test func metricsAreChosenByName() throws {
    let shop = try Workshop()
    for (metric, scores) in [("f1", [0.1, 0.2, 0.3]), ("rouge", [0.5, 0.6, 0.7])] {
      for variant in ["a", "b"] {
        try shop.scores("\(variant).csv", scores)
        _ = try shop.tally("ingest", "\(variant).csv", "--suite", "qa", "--metric", metric)
      }
    }
    let open = try shop.tally("compare", "qa@a", "qa@b")
    #expect(open.code == 64)
    #expect(open.errors.contains("has several metrics. Choose with --metric: f1, rouge."))
    let chosen = try compared(shop, "qa@a", "qa@b", "--metric", "rouge")
    #expect(abs((chosen["base", "mean"].number ?? 0) - 0.6) < 1e-9)
    #expect(chosen["metric"].string == "rouge")
  }

  @Test func misspeltNamesAreAnswered() throws {
    let shop = try Workshop()
    let nothing = try shop.tally("compare", "support@prod", "support@candidate")
    #expect(nothing.code == 64)
    #expect(
      nothing.errors.contains(
        "support@prod is no file, and as trials of the ledger: .tally/ledger.db: there is no ledger here"))
    try shop.scores("prod.csv", [1, 0, 1])
    try shop.scores("candidate.csv", [1, 1, 1])
    _ = try shop.tally("ingest", "prod.csv", "candidate.csv", "--suite", "support")
    let suite = try shop.tally("compare", "suport@prod", "support@candidate")
    #expect(suite.code == 64)
    #expect(suite.errors.contains("has no suite 'suport' (do you mean 'support'?). Its suites are: support."))
    let variant = try shop.tally("compare", "support@prod", "support@candidat")
    #expect(variant.code == 64)
    #expect(
      variant.errors.contains(
        "has no variant 'candidat' (do you mean 'candidate'?). Its variants are: prod, candidate."))
    let filtered = try shop.tally("compare", "support@prod", "support@candidate", "--where", "a=b")
    #expect(filtered.code == 64)
    // A file of that name is a file.
    try shop.scores("support@prod", [1, 1, 1, 1])
    #expect(try compared(shop, "support@prod", "support@candidate")["base", "name"].string == "support@prod")
  }
}
