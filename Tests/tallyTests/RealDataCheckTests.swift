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

  // MARK: llmbar-judges: may a judge decide

  /// Every verdict of a judge, beside the label that people agreed on: "the first output is the better one".
  private func judged(_ judge: String, _ check: (JSON) -> Void) throws {
    let bench = try Bench(
      """
      suites: {llmbar: {}}
      policies: {eval-validity: {judge_min_kappa: 0.60, judge_min_tpr: 0.70, judge_min_tnr: 0.70}}
      """)
    try bench.ingest(
      data("llmbar-judges/verdicts.csv"), "--suite", "llmbar", "--variant", "outputs", "--item", "subset", "--item",
      "item", "--score", "gold=winner_asis", "--where", "judge=\(judge)", "--where", "strategy=Vanilla", "--judge",
      judge)
    var lines: [String] = []
    for row in try self.lines("llmbar-judges/verdicts.csv").dropFirst() {
      let fields = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard fields[2] == judge, fields[3] == "Vanilla" else { continue }
      for (kind, annotator, winner) in [("human", "gold", fields[4]), ("llm", judge, fields[5])] {
        let subject = "\(fields[0])/\(fields[1])"
        lines.append(
          #"{"kind":"annotation","annotation_id":"\#(subject) by \#(annotator)","subject":"\#(subject)","#
            + #""name":"correct","value":\#(winner == "1"),"annotator_kind":"\#(kind)","annotator":"\#(annotator)","#
            + #""at":"2026-01-01T00:00:00Z"}"#)
      }
    }
    try bench.shop.write("verdicts.jsonl", lines.joined(separator: "\n") + "\n")
    try bench.ingest("verdicts.jsonl")
    check(try bench.finding("eval-validity", "llmbar"))
  }

  @Test func aJudgeThatPeopleAgreeWithMayDecide() throws {
    try judged("GPT-4") { finding in
      #expect(value(finding, "judge_labels") == 419)
      #expect(prints(value(finding, "judge_kappa"), "0.6565"))
      #expect(prints(value(finding, "judge_agreement"), "0.8282"))
      #expect(!codes(finding, "fail").contains("JUDGE_NOT_ELIGIBLE"))
      #expect(!codes(finding, "unknown").contains("JUDGE_UNDECIDED"))
    }
  }

  @Test func aJudgeAtTheLevelOfChanceMayNot() throws {
    try judged("ChatGPT-0301") { finding in
      #expect(value(finding, "judge_labels") == 419)
      #expect(prints(value(finding, "judge_kappa"), "-0.0166"))
      #expect(codes(finding, "fail") == ["JUDGE_NOT_ELIGIBLE"])
      #expect(finding["verdict"].string == "fail")
    }
  }

  // MARK: wildbench: the same outputs under two judges

  private static let (turbo, omni) = ("gpt-4-turbo-2024-04-09", "gpt-4o-2024-05-13")

  private func wildbench(_ arms: [(variant: String, system: String, judge: String)]) throws -> JSON {
    let bench = try Bench(
      """
      suites:
        wildbench:
          baseline: \(arms[0].variant)
          candidate: \(arms[1].variant)
          metrics: [{name: quality, type: real, claim: no_regression, margin: 0.2}]
      """)
    for arm in arms {
      try bench.ingest(
        data("wildbench/scores.csv.gz"), "--suite", "wildbench", "--variant", arm.variant, "--item", "session_id",
        "--score", "score", "--metric", "quality", "--where", "judge=\(arm.judge)", "--where", "system=\(arm.system)",
        "--judge", arm.judge)
    }
    return try bench.finding("eval-power", "wildbench")
  }

  /// Nothing changed but the judge, and every score fell: no model got worse.
  @Test(arguments: [
    ("Phi-3-mini-128k-instruct", "-0.6223", "0.0331", 1022), ("Qwen1.5-72B-Chat-greedy", "-0.6255", "0.0315", 1020),
    ("gemma-2b-it", "-0.5857", "0.0297", 1021), ("gemma-7b-it", "-0.6943", "0.0333", 1024),
    ("gpt-3.5-turbo-0125", "-0.4985", "0.0308", 1023),
  ])
  func anotherJudgeIsNoWorseModel(system: String, shift: String, error: String, items: Int) throws {
    let finding = try wildbench([
      ("before", system, RealDataCheckTests.turbo), ("after", system, RealDataCheckTests.omni),
    ])
    #expect(value(finding, "items") == Double(items))
    #expect(prints(value(finding, "difference"), shift))
    let measure = finding["measures"].list.first { $0["name"].string == "difference" }
    let width = (measure?["high"].number ?? 0) - (measure?["low"].number ?? 0)
    #expect(abs(width / 2 / 1.9623 - (Double(error) ?? 0)) < 1e-4)
    #expect(finding["verdict"].string == "unknown")
    #expect(codes(finding, "unknown") == ["JUDGES_DIFFER"])
    #expect(codes(finding, "fail").isEmpty)
  }

  @Test func oneJudgeComparesTwoModels() throws {
    let finding = try wildbench([
      ("gpt-3.5", "gpt-3.5-turbo-0125", RealDataCheckTests.omni),
      ("qwen", "Qwen1.5-72B-Chat-greedy", RealDataCheckTests.omni),
    ])
    #expect(value(finding, "items") == 1020)
    #expect(prints(value(finding, "difference"), "0.5578"))
    #expect(codes(finding, "unknown").isEmpty && codes(finding, "fail").isEmpty)
    #expect(codes(finding, "pass").contains("IMPROVED"))
  }
}
