import Foundation
import Testing

private let shared = Tally.root.deletingLastPathComponent().appendingPathComponent("shared/data")
private let hasSharedData = FileManager.default.fileExists(atPath: shared.path)

/// Published data through `tally ingest` and `tally check`; expectations computed independently (SciPy, statsmodels,
/// scikit-learn).
@Suite(.enabled(if: hasSharedData, "the shared data sets are not beside the package"))
struct RealDataCheckTests {
  /// A ledger with some data in it, and what checks say about it.
  private struct Bench {
    let shop: Workshop

    init(_ project: String) throws {
      shop = try Workshop()
      try shop.write("tally.yaml", project)
    }

    func ingest(_ arguments: String...) throws {
      let run = try shop.tally(["ingest"] + arguments)
      try #require(run.code == 0, "\(run.errors)")
    }

    /// The finding of a check about a subject.
    func finding(_ check: String, _ subject: String) throws -> JSON {
      let run = try shop.tally("check", check, "--format", "json", "--no-store")
      try #require([0, 1, 2].contains(run.code), "\(run.errors)")
      let findings = try run.json()["findings"].list.map { $0["finding"] }
      return try #require(findings.first { $0["subject"].string == subject })
    }
  }

  private func data(_ file: String) -> String { shared.appendingPathComponent(file).path }

  /// The lines of a file, unpacked.
  private func lines(_ file: String) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/gzip")
    process.arguments = ["--decompress", "--force", "--stdout", data(file)]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private func value(_ finding: JSON, _ measure: String) -> Double? {
    finding["measures"].list.first { $0["name"].string == measure }?["value"].number
  }

  private func codes(_ finding: JSON, _ verdict: String) -> [String] {
    finding["reasons"].list.filter { $0["verdict"].string == verdict }.compactMap { $0["code"].string }
  }

  // MARK: classifier-probs: two classifiers of the label-error study

  /// Names of reviews are cut off in this file and so not all different: rows are told apart by their number.
  @Test func sentimentClassifierIsOverconfident() throws {
    let bench = try Bench(
      """
      suites: {imdb: {natural_mix: true}}
      classifiers:
        imdb: {suite: imdb, review: 1.50 USD, labels: {"0": {error: {default: 4 USD}}, "1": {error: {default: 4 USD}}},
          policies: {classifier-risk: {bins: 15}}}
      """)
    let rows = try lines("classifier-probs/imdb.csv.gz").enumerated().map { "\($0.offset),\($0.element)" }
    try bench.shop.write("imdb.csv", (["row,item,label,p1"] + rows.dropFirst()).joined(separator: "\n") + "\n")
    try bench.ingest(
      "imdb.csv", "--suite", "imdb", "--variant", "model", "--item", "row", "--expected", "label", "--probabilities",
      "p1")
    let finding = try bench.finding("classifier-risk", "imdb")
    #expect(value(finding, "items") == 25_000)
    #expect(prints(value(finding, "accuracy"), "0.89576"))
    #expect(prints(value(finding, "ece"), "0.0404"))
    #expect(abs((value(finding, "ece") ?? 0) - 0.040377) < 2e-5)
    #expect((value(finding, "spiegelhalter_z") ?? 0) > 10)
    #expect(codes(finding, "fail") == ["HIGH_CONF_ERRORS"])
  }

  @Test func newsClassifierIsUnderconfident() throws {
    let labels = (0..<20).map { "\"\($0)\": {}" }.joined(separator: ", ")
    let bench = try Bench(
      """
      suites: {news: {natural_mix: true}}
      classifiers:
        news: {suite: news, labels: {\(labels)}, policies: {classifier-risk: {bins: 15}}}
      """)
    try bench.ingest(
      data("classifier-probs/20news.csv.gz"), "--suite", "news", "--variant", "model", "--item", "item", "--expected",
      "label", "--probabilities", "p0..p19")
    let finding = try bench.finding("classifier-risk", "news")
    #expect(value(finding, "items") == 7532)
    #expect(prints(value(finding, "accuracy"), "0.923394"))
    #expect(prints(value(finding, "ece"), "0.201136"))
    // Negative: more is right than the confidences promise.
    #expect((value(finding, "spiegelhalter_z") ?? 0) < -10)
    #expect(codes(finding, "fail") == ["MISCALIBRATED"])
  }

  // MARK: forecast-calibration: a published forecaster, game by game

  @Test func forecastsOfGamesAreOverconfident() throws {
    let bench = try Bench(
      """
      suites: {nba: {natural_mix: true}, nhl: {natural_mix: true}}
      classifiers:
        nba: {suite: nba, labels: {win: {}, loss: {}}}
        nhl: {suite: nhl, labels: {win: {}, loss: {}}}
      """)
    for (suite, file) in [("nba", "nba_games.csv.gz"), ("nhl", "nhl_games.csv")] {
      // What is forecast is that the first team wins, whatever the probability.
      let rows = try lines("forecast-calibration/\(file)").dropFirst().enumerated().map { index, line in
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        return "\(index),win,\(fields[5] == "1" ? "win" : "loss"),\(fields[4]),\(fields[5])"
      }
      try bench.shop.write(
        "\(suite).csv", (["game,predicted,expected,confidence,score"] + rows).joined(separator: "\n") + "\n")
      try bench.ingest("\(suite).csv", "--suite", suite, "--variant", "model", "--item", "game", "--score", "score")
    }
    let nba = try bench.finding("classifier-risk", "nba")
    #expect(value(nba, "items") == 8886)
    #expect(prints(value(nba, "ece"), "0.048352"))
    #expect(prints(value(nba, "spiegelhalter_z"), "9.38"))
    let nhl = try bench.finding("classifier-risk", "nhl")
    #expect(value(nhl, "items") == 1401)
    #expect(prints(value(nhl, "spiegelhalter_z"), "-1.305"))
    #expect(prints(value(nhl, "spiegelhalter_p"), "0.192"))
  }

  // MARK: bbq-slices: an average that hides a slice

  @Test func averageHidesASlice() throws {
    let bench = try Bench(
      """
      suites:
        bbq: {baseline: pred_arc, candidate: pred_race, metrics: [{name: correct, claim: improvement, min_effect: 0.03}]}
      slices:
        looks-ambiguous: {where: {category: Physical_appearance, context: ambig}, suite: bbq, floor: 0.65}
        looks-clear: {where: {category: Physical_appearance, context: disambig}, suite: bbq, floor: 0.65}
        religion-ambiguous: {where: {category: Religion, context: ambig}, suite: bbq, floor: 0.65}
        religion-clear: {where: {category: Religion, context: disambig}, suite: bbq, floor: 0.65}
      """)
    try bench.ingest(
      data("bbq-slices/predictions.csv"), "--suite", "bbq", "--item", "category", "--item", "example_id", "--score",
      "label=pred_race", "--score", "label=pred_arc", "--tag", "category", "--tag", "context")
    let slices = try bench.finding("slice-coverage", "bbq")
    #expect(prints(value(slices, "pass_rate"), "0.7024"))
    #expect(prints(value(slices, "pass_rate looks-ambiguous"), "0.4949"))
    #expect(prints(value(slices, "pass_rate religion-ambiguous"), "0.6500"))
    #expect(prints(value(slices, "pass_rate looks-clear"), "0.8147"))
    #expect(prints(value(slices, "pass_rate religion-clear"), "0.8800"))
    #expect(codes(slices, "fail") == ["SLICE_BELOW_FLOOR"])
    #expect(slices["reasons", 0, "about"].string == "looks-ambiguous")
  }
}
