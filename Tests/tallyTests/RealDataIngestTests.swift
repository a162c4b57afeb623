import Foundation
import Records
import Store
import StoreSQLite
import Testing

private let shared = Tally.root.deletingLastPathComponent().appendingPathComponent("shared/data")
private let hasSharedData = FileManager.default.fileExists(atPath: shared.path)

/// Published data through `tally ingest`, read back from the ledger; expectations computed independently.
@Suite(.enabled(if: hasSharedData, "the shared data sets are not beside the package"))
struct RealDataIngestTests {
  /// Stores a file twice, the second time without effect, and reads back its trials.
  private func stored(_ file: String, _ arguments: String...) async throws -> [TrialRecord] {
    let shop = try Workshop()
    let call = ["ingest", shared.appendingPathComponent(file).path, "--suite", "s"] + arguments
    let run = try shop.tally(call)
    try #require(run.code == 0, "\(run.errors)")
    #expect(try shop.tally(call).text.hasPrefix("Nothing new"))
    let engine = try SQLiteEngine(path: shop.url(".tally/ledger.db").path)
    let ledger = try await Ledger(engine: engine) { Instant(nanoseconds: 1_900_000_000_000_000_000) }
    #expect(try await ledger.verify().isSound)
    let trials = try await ledger.read { snapshot in
      var trials: [TrialRecord] = []
      try snapshot.forEachTrialRecord(of: snapshot.trialSeries()) { _, trial in trials.append(trial) }
      return trials
    }
    try ledger.close()
    return trials
  }

  private func share(_ trials: [TrialRecord], _ holds: (TrialRecord) -> Bool) -> Double {
    Double(trials.count(where: holds)) / Double(trials.count)
  }

  private func meanConfidence(_ trials: [TrialRecord]) -> Double {
    trials.reduce(0) { $0 + ($1.confidence ?? .nan) } / Double(trials.count)
  }

  @Test func newsgroupsByTwentyProbabilities() async throws {
    let trials = try await stored("classifier-probs/20news.csv.gz", "--probabilities", "p0..p19")
    #expect(trials.count == 7532)
    #expect(abs(share(trials) { $0.passed == true } - 0.923394) < 1e-6)
    #expect(abs(meanConfidence(trials) - 0.722258) < 1e-6)
    let sure = trials.filter { ($0.confidence ?? 0) >= 0.7 }
    #expect(abs(Double(sure.count) / 7532 - 0.59811) < 1e-5)
    #expect(abs(share(sure) { $0.predicted == $0.expected } - 0.99156) < 1e-5)
    #expect(trials[0].item == "0" && trials[0].predicted == "7" && trials[0].confidence == 0.50612)
  }

  @Test func filmReviewsByOneProbability() async throws {
    // Names of reviews occur twice: each row is one.
    let trials = try await stored("classifier-probs/imdb.csv.gz", "--probabilities", "p1", "--repeats-by-order")
    #expect(trials.count == 25_000)
    #expect(abs(share(trials) { $0.score == 1 } - 0.89576) < 1e-9)
    // The published file is rounded; the expectation is not.
    #expect(abs(meanConfidence(trials) - 0.936137) < 1e-5)
    let sure = trials.filter { ($0.confidence ?? 0) >= 0.9 }
    #expect(abs(Double(sure.count) / 25_000 - 0.79628) < 1e-9)
    #expect(abs(share(sure) { $0.passed == true } - 0.95157) < 1e-5)
  }

  @Test func gamesWithTheirTimes() async throws {
    let trials = try await stored(
      "forecast-calibration/nba_games.csv.gz", "--item", "date", "--item", "team1", "--item", "team2",
      "--probabilities", "prob1", "--expected", "prob1_outcome", "--time-column", "date", "--tag", "season")
    #expect(trials.count == 8886)
    let brier = trials.reduce(0.0) { sum, trial in
      let confidence = trial.confidence ?? .nan
      let probability = trial.predicted == "1" ? confidence : 1 - confidence
      let error = probability - (trial.expected == "1" ? 1 : 0)
      return sum + error * error
    }
    #expect(abs(brier / 8886 - 0.214654) < 1e-6)
    let final = try #require(trials.first { $0.item == "2022-06-16|Celtics|Warriors" })
    #expect(final.at == Instant("2022-06-16") && final.tags == Tags(["season": "2022"]))
  }

  @Test func slicesOfTwoSystems() async throws {
    let trials = try await stored(
      "bbq-slices/predictions.csv", "--item", "category", "--item", "example_id", "--score", "label=pred_race",
      "--score", "label=pred_arc", "--tag", "category", "--tag", "context")
    #expect(trials.count == 2 * 2776)
    let race = trials.filter { $0.variant == "pred_race" }
    #expect(abs(share(race) { $0.passed == true } - 0.7024) < 5e-5)
    let slice = race.filter { $0.tags == Tags(["category": "Physical_appearance", "context": "ambig"]) }
    #expect(slice.count == 788)
    #expect(abs(share(slice) { $0.predicted == $0.expected } - 0.4949) < 5e-5)
  }

  @Test func verdictsOfAJudgeInBothOrders() async throws {
    let trials = try await stored(
      "llmbar-judges/verdicts.csv", "--item", "subset", "--item", "item", "--score", "gold=winner_asis", "--score",
      "gold=winner_swapped", "--where", "judge=GPT-4", "--where", "strategy=Vanilla", "--judge", "GPT-4")
    #expect(trials.count == 838)
    #expect(abs(share(trials) { $0.passed == true } - 0.8449) < 5e-5)
    let byItem = Dictionary(grouping: trials, by: \.item)
    #expect(byItem.count == 419)
    let consistent = byItem.values.count { $0[0].predicted == $0[1].predicted }
    #expect(abs(Double(consistent) / 419 - 0.9284) < 5e-5)
    #expect(trials.allSatisfy { $0.judge == "GPT-4" })
  }

  @Test func outputsGradedByTwoJudges() async throws {
    // A judge's grades of the same outputs are a metric of their own, so that both are kept.
    let shop = try Workshop()
    for judge in ["gpt-4-turbo-2024-04-09", "gpt-4o-2024-05-13"] {
      let run = try shop.tally(
        "ingest", shared.appendingPathComponent("wildbench/scores.csv.gz").path, "--suite", judge, "--variant-column",
        "system", "--where", "judge=\(judge)", "--judge", judge, "--metric", "quality")
      #expect(run.code == 0, "\(run.errors)")
    }
    let run = try shop.tally(
      "compare", "gpt-4-turbo-2024-04-09@gemma-7b-it", "gpt-4-turbo-2024-04-09@gemma-2b-it", "--format", "json")
    #expect(try run.json()["metric"].string == "quality")
    let engine = try SQLiteEngine(path: shop.url(".tally/ledger.db").path)
    let ledger = try await Ledger(engine: engine) { Instant(nanoseconds: 1_900_000_000_000_000_000) }
    let means = try await ledger.read { snapshot in
      var scores: [String: [String: Double]] = [:]
      let series = try snapshot.trialSeries().filter { $0.variant == "gemma-7b-it" }
      try snapshot.forEachTrialRecord(of: series) { _, trial in
        scores[trial.judge ?? "", default: [:]][trial.item] = trial.score
      }
      let (turbo, omni) = (scores["gpt-4-turbo-2024-04-09"] ?? [:], scores["gpt-4o-2024-05-13"] ?? [:])
      let differences = omni.compactMap { item, score in turbo[item].map { score - $0 } }
      return (differences.count, differences.reduce(0, +) / Double(max(differences.count, 1)))
    }
    try ledger.close()
    #expect(means.0 == 1024)
    #expect(abs(means.1 + 0.6943) < 5e-5)
  }

  /// Every log is stored, and the same run in both formats is the same run.
  @Test func logsOfInspect() throws {
    let shop = try Workshop()
    let folder = shared.appendingPathComponent("traces-inspect").path
    #expect(try shop.tally("ingest", folder).code == 0)
    let again = try shop.tally("ingest", folder + "/log_formats.json")
    #expect(again.text.hasPrefix("Nothing new"))
  }
}
