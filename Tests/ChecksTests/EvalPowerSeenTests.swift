import Records
import Testing

@testable import Checks

/// Suites of which `tally.yaml` says nothing: whoever ingests two runs wants them compared.
@Suite struct EvalPowerSeenTests {
  private func run(_ yaml: String, _ trials: [TrialRecord]) async throws -> CheckRun {
    let bench = try await CheckBench(yaml)
    try await bench.append(trials)
    return try await bench.run(["eval-power"])
  }

  @Test func aUsualNameIsTheBaseline() async throws {
    let trials = Trials.paired(both: 400, lost: 40, won: 72, neither: 288)
    let finding = try #require(try await run("ledger: x.db\n", trials).findings.first)
    #expect(finding.subject == "triage" && finding.codes(.unknown).isEmpty)
    #expect(finding.codes(.pass) == ["IMPROVED"])
    #expect(finding.headline.hasPrefix("new is better than prod on correct: +4.0 points"))
    let worse = Trials.paired(both: 400, lost: 72, won: 40, neither: 288, base: "Baseline")
    #expect(try await run("ledger: x.db\n", worse).findings.first?.codes(.fail) == ["REGRESSED"])
  }

  @Test func withoutAUsualNameTheLineToWriteIsSaid() async throws {
    let trials = Trials.paired(both: 60, lost: 5, won: 8, neither: 27, base: "gpt 4", candidate: "gpt-5")
    let finding = try #require(try await run("ledger: x.db\n", trials).findings.first)
    #expect(finding.codes(.unknown) == ["NO_BASELINE"])
    #expect(
      finding.headline
        == "The ledger has gpt 4, gpt-5 of triage, and nobody said which of them the others are compared with.")
    #expect(
      finding.next == "Write which it is into tally.yaml, such as: suites: {triage: {baseline: \"gpt 4\"}}")
    // Two usual names say no more than none.
    let two = Trials.paired(both: 60, lost: 5, won: 8, neither: 27, base: "prod", candidate: "main")
    #expect(try await run("ledger: x.db\n", two).findings.first?.codes(.unknown) == ["NO_BASELINE"])
    // What is to be written is enough.
    let declared = try await run("suites: {triage: {baseline: \"gpt 4\"}}\n", trials)
    #expect(declared.findings.first?.allCodes.contains("NO_BASELINE") == false)
  }

  @Test func theMetricIsTheOneThatIsThere() async throws {
    func metrics(_ counts: [(String, Int)]) -> [TrialRecord] {
      counts.flatMap { metric, items in
        Trials.paired(both: items, lost: 0, won: 0, neither: 0) { $0.metric = metric }
      }
    }
    func compared(_ counts: [(String, Int)]) async throws -> String? {
      let headline = try await run("ledger: x.db\n", metrics(counts)).findings.first?.headline
      return ["correct", "tone", "style"].first { headline?.contains(" on \($0)") == true }
    }
    #expect(try await compared([("tone", 20)]) == "tone")
    #expect(try await compared([("tone", 20), ("style", 21)]) == "style")
    #expect(try await compared([("tone", 20), ("style", 20)]) == "style")
    #expect(try await compared([("tone", 20), ("correct", 5)]) == "correct")
  }

  /// One variant is nothing to compare, and a suite that another section names is there for another question.
  @Test(arguments: [
    "suites: {triage: {floor: 0.8}}", "slices: {tail: {where: {intent: x}, suite: triage}}",
    "use_cases: {safe: {suite: triage, max_failure_rate: 0.01}}",
    "classifiers: {router: {suite: triage, labels: {a: {}, b: {}}}}", "features: {help: {suite: triage}}",
    "features: {help: {target_suite: triage}}", "features: {help: {rot: {suite: triage}}}",
    "features: {help: {capabilities: [{name: facts, suite: triage}]}}",
  ])
  func suitesThatAreNamedAreNotGuessedAt(yaml: String) async throws {
    let trials = Trials.paired(both: 60, lost: 5, won: 8, neither: 27)
    #expect(try await run(yaml + "\n", trials).notApplicable == ["eval-power"])
    let alone = trials.filter { $0.variant == "prod" }
    #expect(try await run("ledger: x.db\n", alone).notApplicable == ["eval-power"])
  }
}
