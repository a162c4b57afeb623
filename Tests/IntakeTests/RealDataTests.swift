import Testing

@testable import Intake

/// Published results, as their authors wrote them; counts from the notes that came with the data.
@Suite(.enabled(if: hasSharedData, "the shared data sets are not beside the package"))
struct RealDataTests {
  private func read(_ file: String, _ configure: (inout IntakeOptions) -> Void = { _ in }) throws -> Reading {
    var options = IntakeOptions()
    configure(&options)
    return try collect([sharedData + "/" + file], options)
  }

  @Test(arguments: [
    ("gpt-4o-paper", 619), ("claude-sonnet-4-paper", 663), ("gptoss-paper", 728), ("claude-opus-4-1-paper", 891),
    ("gemini-2-5-pro-preview-paper", 955),
  ])
  func sweBenchProMaps(system: String, items: Int) throws {
    let result = try read("swebench-pro/\(system).json")
    #expect(result.summary.format == .idMap)
    #expect(Set(result.items).count == items)
    #expect(result.summary.missingScores == 0)
    if system == "claude-sonnet-4-paper" { #expect(result.rows.count { $0.score == 1 } == 166) }
  }

  @Test func gsm8kByDottedPath() throws {
    let expected = [
      "6b_finetuning": 146, "6b_verification": 266, "175b_finetuning": 225, "175b_verification": 371,
    ]
    for (system, correct) in expected {
      let result = try read("gsm8k-solutions/items.jsonl.gz") { $0.scores = ["\(system).correct"] }
      #expect(result.summary.format == .jsonLines)
      #expect(result.rows.count == 660)
      #expect(result.rows.count { $0.score == 1 } == correct)
      #expect(result.summary.guesses == [.init(role: "item", column: "item", option: "--item")])
    }
  }

  @Test func gsm8kAmbiguousWithoutAName() throws {
    let error = #expect(throws: IntakeError.self) { try read("gsm8k-solutions/items.jsonl.gz") }
    #expect(
      error?.problem
        == "has several columns that may hold the score: 6b_finetuning.correct, 6b_verification.correct, "
        + "175b_finetuning.correct, 175b_verification.correct")
  }

  @Test func gsm8kTwoArmsOfOneFile() throws {
    let result = try read("gsm8k-solutions/items.jsonl.gz") {
      $0.scores = ["6b_verification.correct", "175b_finetuning.correct"]
    }
    #expect(result.summary.variants == ["6b_verification.correct", "175b_finetuning.correct"])
    let base = result.rows.filter { $0.variant == "6b_verification.correct" }
    let candidate = result.rows.filter { $0.variant == "175b_finetuning.correct" }
    let pairs = zip(base, candidate)
    #expect(pairs.count { $0.score == 1 && $1.score == 0 } == 106)
    #expect(pairs.count { $0.score == 0 && $1.score == 1 } == 65)
  }

  @Test func tauBenchWithRepeats() throws {
    let result = try read("taubench-airline/trajectories.json.gz")
    #expect(result.summary.format == .jsonArray)
    #expect(result.rows.count == 100)
    #expect(Set(result.items).count == 25)
    #expect(Set(result.rows.map(\.repetition)) == ["0", "1", "2", "3"])
    #expect(result.rows.count { $0.score == 1 } == 31)
    #expect(
      result.summary.guesses == [
        .init(role: "item", column: "task_id", option: "--item"),
        .init(role: "score", column: "reward", option: "--score"),
        .init(role: "repeat", column: "trial", option: "--repeat"),
      ])
  }

  @Test func wildBenchByJudge() throws {
    let result = try read("wildbench/scores.csv.gz") {
      $0.variant = "judge"
      $0.suite = "system"
      $0.filters = [.init(column: "system", value: "gemma-7b-it")]
    }
    #expect(result.summary.variants == ["gpt-4-turbo-2024-04-09", "gpt-4o-2024-05-13"])
    var difference = 0.0
    let first = Dictionary(
      result.rows.filter { $0.variant == "gpt-4-turbo-2024-04-09" }.map { ($0.item, $0.score ?? .nan) },
      uniquingKeysWith: { first, _ in first })
    var pairs = 0
    for row in result.rows where row.variant == "gpt-4o-2024-05-13" {
      guard let score = row.score, let other = first[row.item] else { continue }
      difference += score - other
      pairs += 1
    }
    #expect(pairs == 1024)
    #expect(abs(difference / Double(pairs) + 0.6943) < 5e-5)
  }

  @Test func bbqScoredAgainstItsLabels() throws {
    let result = try read("bbq-slices/predictions.csv") {
      $0.scores = ["pred_race=label", "pred_arc=label"]
      $0.suite = "category"
      $0.slices = ["category", "context"]
    }
    #expect(result.summary.variants == ["pred_race", "pred_arc"])
    let race = result.rows.filter { $0.variant == "pred_race" }
    #expect(race.count == 2776)
    #expect(race.count { $0.score == 1 } == 1950)
    let slice = race.filter { $0.slices == ["Physical_appearance", "ambig"] }
    #expect(slice.count == 788)
    #expect(slice.count { $0.score == 1 } == 390)
  }

  @Test func mqmSeparatedBySpaces() throws {
    let result = try read("mqm-newstest2020/mqm_newstest2020_ende.avg_seg_scores.tsv")
    #expect(result.rows.count == 14180)
    #expect(result.summary.variants.count == 10)
    let tohoku = result.rows.filter { $0.variant?.hasPrefix("Tohoku") == true }.compactMap(\.score)
    #expect(tohoku.count == 1418)
    #expect(abs(tohoku.reduce(0, +) / 1418 + 2.0176) < 5e-5)
  }
}
