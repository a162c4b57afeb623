import Foundation
import Testing

private let shared = Tally.root.deletingLastPathComponent().appendingPathComponent("shared/data")
private let hasSharedData = FileManager.default.fileExists(atPath: shared.path)

private func data(_ file: String) -> String { shared.appendingPathComponent(file).path }

private func compared(_ arguments: String..., in folder: URL? = nil, code: Int32? = nil) throws -> JSON {
  let run = try Tally.run(["compare"] + arguments + ["--format", "json", "--show", "0"], in: folder)
  try #require([0, 1, 2].contains(run.code), "\(run.errors)")
  if let code { #expect(run.code == code) }
  return try run.json()
}

/// Published results, through the whole command; expectations computed independently (SciPy, statsmodels).
@Suite(.enabled(if: hasSharedData, "the shared data sets are not beside the package"))
struct RealDataTests {
  // MARK: SWE-bench Pro: systems that were run on different items

  @Test func opusAndSonnetOnTheirCommonItems() throws {
    let json = try compared(
      data("swebench-pro/claude-opus-4-1-paper.json"), data("swebench-pro/claude-sonnet-4-paper.json"), code: 2)
    #expect(json["design", "items"].integer == 663)
    #expect(json["design", "union"].integer == 891)
    #expect(json["design", "dropped", "only_base"].integer == 228)
    #expect(json["discordant", "base_only"].integer == 10)
    #expect(json["discordant", "candidate_only"].integer == 14)
    #expect(prints(json["test", "p"].number, "0.5413"))
    #expect(prints(json["candidate", "mean"].number, "0.2504"))
    #expect(json["verdict"].string == "inconclusive")
  }

  @Test func gptOssAndGemini() throws {
    let json = try compared(
      data("swebench-pro/gptoss-paper.json"), data("swebench-pro/gemini-2-5-pro-preview-paper.json"), code: 2)
    #expect(json["design", "items"].integer == 717)
    #expect(json["discordant", "base_only"].integer == 89)
    #expect(json["discordant", "candidate_only"].integer == 61)
    #expect(prints(json["test", "p"].number, "0.0272"))
    // Significant on the common items; the eleven that gemini was not run on could undo it.
    #expect(json["outcome"].string == "REGRESSED")
    #expect(json["reasons"].list.contains(.string("DROPPED_ITEMS_DECIDE")))
  }

  @Test func fiveSystemsRanked() throws {
    let items = [
      "gpt-4o-paper": 619, "claude-sonnet-4-paper": 663, "gptoss-paper": 728, "claude-opus-4-1-paper": 891,
      "gemini-2-5-pro-preview-paper": 955,
    ]
    let files = items.keys.sorted().map { data("swebench-pro/\($0).json") }
    let run = try Tally.run(["compare"] + files + ["--format", "json"])
    let json = try run.json()
    #expect(run.code == 2)
    #expect(json["population"].string == "on the 558 items common to all 5 variants, of 970")
    #expect(json["variants"].list.count == 5)
    #expect(json["variants"].list.allSatisfy { $0["n"].integer == 558 })
    for (system, count) in items { #expect(run.errors.contains("\(system).json: id-map, \(count) rows")) }
    #expect(
      json["winners"] == .array([.string("claude-sonnet-4-paper"), .string("claude-opus-4-1-paper")]))
  }

  // MARK: GSM8K: one wide file

  @Test func sixBillionVerifiedAgainstFinetuned() throws {
    let json = try compared(
      data("gsm8k-solutions/items.jsonl.gz"), "--score", "6b_verification.correct", "--score",
      "175b_finetuning.correct", code: 1)
    #expect(json["discordant", "base_only"].integer == 106)
    #expect(json["discordant", "candidate_only"].integer == 65)
    #expect(prints(json["test", "p"].number, "0.00213"))
    #expect(prints(json["base", "mean"].number.map { $0 * 660 }, "266"))
    #expect(prints(json["candidate", "mean"].number.map { $0 * 660 }, "225"))
  }

  @Test func finetunedAgainstVerified() throws {
    let json = try compared(
      data("gsm8k-solutions/items.jsonl.gz"), "--score", "175b_finetuning.correct", "--score",
      "175b_verification.correct", code: 0)
    #expect(json["discordant", "base_only"].integer == 32)
    #expect(json["discordant", "candidate_only"].integer == 178)
    #expect(prints(json["test", "p"].number, "9.5e-26"))
    #expect(prints(json["candidate", "low"].number, "0.5240"))
    #expect(prints(json["candidate", "high"].number, "0.5995"))
    #expect(json["candidate", "method"].string == "Wilson")
  }

  // MARK: WildBench: the same outputs under two versions of the judge

  @Test(arguments: [
    ("Phi-3-mini-128k-instruct", "-0.6223", "0.0331", 1022), ("Qwen1.5-72B-Chat-greedy", "-0.6255", "0.0315", 1020),
    ("gemma-2b-it", "-0.5857", "0.0297", 1021), ("gemma-7b-it", "-0.6943", "0.0333", 1024),
    ("gpt-3.5-turbo-0125", "-0.4985", "0.0308", 1023),
  ])
  func judgeShifts(system: String, shift: String, error: String, items: Int) throws {
    let json = try compared(
      data("wildbench/scores.csv.gz"), "--variant", "judge", "--where", "system=\(system)", code: 1)
    #expect(json["design", "items"].integer == items)
    #expect(prints(json["difference", "estimate"].number, shift))
    #expect(prints(json["difference", "standard_error"].number, error))
  }

  @Test func qwenAgainstGpt() throws {
    let json = try compared(
      data("wildbench/scores.csv.gz"), "--variant", "system", "--where", "judge=gpt-4o-2024-05-13", "--base",
      "gpt-3.5-turbo-0125", "--candidate", "Qwen1.5-72B-Chat-greedy", code: 0)
    #expect(json["design", "items"].integer == 1020)
    #expect(prints(json["difference", "estimate"].number, "0.5578"))
    #expect(prints(json["difference", "standard_error"].number, "0.0449"))
  }

  // MARK: MQM: human scores of translations, separated by spaces

  @Test(arguments: [
    ("OPPO.1535", "Tohoku-AIP-NTT.890", ["--method", "paired-t"], "0.2305", "0.0469", "9.8e-07"),
    ("eTranslation.737", "OPPO.1535", ["--method", "paired-t"], "0.0844", "0.0488", "0.084"),
    ("Online-A.1574", "Online-B.1590", ["--method", "paired-t"], "0.5119", "0.0686", ""),
    ("OPPO.1535", "Tohoku-AIP-NTT.890", ["--unpaired"], "0.2305", "", "0.0063"),
  ])
  func translations(
    base: String, candidate: String, flags: [String], difference: String, error: String, p: String
  ) throws {
    let file = data("mqm-newstest2020/mqm_newstest2020_ende.avg_seg_scores.tsv")
    let run = try Tally.run(
      ["compare", file, "--variant", "system", "--base", base, "--candidate", candidate, "--format", "json"] + flags)
    let json = try run.json()
    #expect(prints(json["difference", "estimate"].number, difference))
    if !error.isEmpty { #expect(prints(json["difference", "standard_error"].number, error)) }
    if !p.isEmpty { #expect(prints(json["test", "p"].number, p)) }
    #expect(json["base", "n"].integer == 1418)
  }

  // MARK: Inspect AI logs

  @Test func aLogIsTheSameInBothOfItsFormats() throws {
    let json = try compared(
      data("traces-inspect/log_formats.eval"), data("traces-inspect/log_formats.json"), code: 2)
    #expect(json["design", "items"].integer == 1)
    #expect(json["base", "mean"].number == 0)
    #expect(json["candidate", "mean"].number == 0)
    #expect(json["base", "name"] != json["candidate", "name"])
    // One item shows no margin; a margin of the whole scale would be none.
    #expect(json["power", "suggested_margin"] == .null)
  }

  @Test func epochsOfALogAreRepeats() throws {
    let log = data("traces-inspect/log_streaming.eval")
    let json = try compared(log, log, code: 2)
    #expect(json["base", "mean"].number == 0.75)
    #expect(json["design", "items"].integer == 2)
    #expect(json["design", "repeats", "base"].integer == 2)
  }

  /// A log whose run was killed has no directory at its end; what is whole in it counts, and the report says so.
  @Test func aLogThatWasCutOff() throws {
    let shop = try Workshop()
    let whole = try Data(contentsOf: URL(fileURLWithPath: data("traces-inspect/log_streaming.eval")))
    try shop.write("cut.eval", whole.prefix(3000))
    let run = try shop.tally("compare", data("traces-inspect/log_streaming.eval"), "cut.eval")
    #expect(run.code == 2)
    #expect(run.errors.contains("never finished"))
    #expect(run.errors.contains("crashed or is not finished"))
    #expect(run.text.contains("TOO_FEW_ITEMS"))
  }

  // MARK: FActScore: abstentions are missing scores, not zeros

  @Test func factualPrecisionOnTopicsThatBothAnswer() throws {
    let json = try compared(
      data("factscore-human/labels.csv"), "--variant", "system", "--base", "InstructGPT", "--candidate", "ChatGPT",
      "--item", "topic", "--score", "factscore", code: 0)
    #expect(json["design", "items"].integer == 154)
    #expect(prints(json["difference", "estimate"].number, "0.0807"))
    #expect(prints(json["difference", "standard_error"].number, "0.0122"))
    #expect(json["design", "union"].integer == 183)
    // Answers that are missing are said, and bounded: none of them would change the verdict.
    #expect(json["reasons"].list.contains(.string("MISSING_LEFT_OUT")))
    #expect((json["design", "dropped", "missing_score"].integer ?? 0) >= 27)
  }
}

/// Data that its authors did not write as item and score, reshaped here as a user would with a few lines of script.
@Suite(.enabled(if: hasSharedData, "the shared data sets are not beside the package"))
struct ReshapedDataTests {
  private func table(_ file: String) throws -> [[String: String]] {
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: data(file))), as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline)
    let names = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(uniqueKeysWithValues: zip(names, cells))
    }
  }

  // MARK: BBQ: an average hides a slice

  @Test func biasBenchmarkBySlices() throws {
    let shop = try Workshop()
    var rows = ["id,arc,race,category,context,part"]
    for row in try table("bbq-slices/predictions.csv") {
      let (category, context) = (try #require(row["category"]), try #require(row["context"]))
      let id = "\(category)/\(try #require(row["example_id"]))"
      let cells = ["pred_arc", "pred_race"].map { row[$0] == row["label"] ? "1" : "0" }
      rows.append("\(id),\(cells[0]),\(cells[1]),\(category),\(context),\(category)/\(context)")
    }
    let file = try shop.write("bbq.csv", rows.joined(separator: "\n") + "\n")
    let json = try compared(
      file, "--item", "id", "--score", "arc", "--score", "race", "--slice", "part", "--slice", "category",
      in: shop.folder, code: 0)
    #expect(prints(json["base", "mean"].number, "0.6052"))
    #expect(prints(json["candidate", "mean"].number, "0.7024"))
    #expect(json["discordant", "candidate_only"].integer == 326)
    #expect(json["discordant", "base_only"].integer == 56)
    let expected = [
      ("Physical_appearance/ambig", 788, "3.4e-17", "0.4949"),
      ("Physical_appearance/disambig", 788, "2.2e-4", "0.8147"),
      ("Religion/ambig", 600, "6.8e-31", "0.6500"), ("Religion/disambig", 600, "0.0115", "0.8800"),
    ]
    for (value, items, p, rate) in expected {
      let slice = try #require(json["slices"].list.first { $0["value"].string == value })
      #expect(slice["slice"].string == "part")
      #expect(slice["n"].integer == items)
      #expect(prints(slice["p"].number, p), "\(value): \(slice["p"])")
      #expect(prints(slice["candidate"].number, rate), "\(value): \(slice["candidate"])")
      #expect((slice["p_adjusted"].number ?? -1) >= (slice["p"].number ?? 2))
    }
    #expect(json["slices"].list.count == 6)
  }

  /// Without reshaping: a prediction is right when it equals the label, and an example is told by number and category.
  @Test func biasBenchmarkAsItIs() throws {
    let json = try compared(
      data("bbq-slices/predictions.csv"), "--item", "example_id", "--suite", "category", "--score", "pred_arc=label",
      "--score", "pred_race=label", "--slice", "context", code: 0)
    #expect(json["design", "items"].integer == 2776)
    #expect(json["discordant", "candidate_only"].integer == 326)
    #expect(json["discordant", "base_only"].integer == 56)
    let ambiguous = try #require(json["slices"].list.first { $0["value"].string == "ambig" })
    #expect(ambiguous["n"].integer == 1388)
  }

  // MARK: LLMBar: judges against gold labels

  @Test func judgesAgainstGold() throws {
    let shop = try Workshop()
    // Two verdicts an item, one for each order of the outputs, are two repeats.
    var rows = ["item,judge,order,correct"]
    var asShown: [String: [String: Bool]] = [:]
    for row in try table("llmbar-judges/verdicts.csv") where row["strategy"] == "Vanilla" {
      let item = "\(try #require(row["subset"]))/\(try #require(row["item"]))"
      let judge = try #require(row["judge"])
      for (order, column) in ["winner_asis", "winner_swapped"].enumerated() {
        rows.append("\(item),\(judge),\(order),\(row[column] == row["gold"] ? 1 : 0)")
      }
      asShown[item, default: [:]][judge] = row["winner_asis"] == row["gold"]
    }
    let file = try shop.write("judges.csv", rows.joined(separator: "\n") + "\n")
    let flags = ["--variant", "judge", "--base", "ChatGPT-0301", "--candidate", "GPT-4", "--score", "correct"]
    let both = try Tally.run(
      ["compare", file, "--item", "item", "--repeat", "order", "--format", "json"] + flags, in: shop.folder
    ).json()
    #expect(both["design", "items"].integer == 419)
    #expect(both["design", "repeats", "base"].integer == 2)
    #expect(prints(both["base", "mean"].number, "0.4809"))
    #expect(prints(both["candidate", "mean"].number, "0.8449"))
    #expect(both["verdict"].string == "improved")

    let shown = try Tally.run(
      ["compare", file, "--item", "item", "--where", "order=0", "--format", "json"] + flags, in: shop.folder
    ).json()
    let gained = asShown.values.count { $0["GPT-4"] == true && $0["ChatGPT-0301"] == false }
    let lost = asShown.values.count { $0["GPT-4"] == false && $0["ChatGPT-0301"] == true }
    #expect(shown["discordant", "candidate_only"].integer == gained)
    #expect(shown["discordant", "base_only"].integer == lost)
    let p = try #require(shown["test", "p"].number)
    let exact = exactMcNemar(lost, gained)
    #expect(abs(p - exact) <= 1e-9 * exact)
  }

  /// min(1, 2·P(X ≤ min(b, c))) for X ~ Binomial(b + c, ½), summed in logarithms.
  private func exactMcNemar(_ b: Int, _ c: Int) -> Double {
    let n = Double(b + c)
    let terms = (0...min(b, c)).map { k -> Double in
      let k = Double(k)
      return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * log(2)
    }
    return min(1, 2 * terms.map { exp($0) }.reduce(0, +))
  }

  // MARK: tau-bench: repeated trials of few tasks

  @Test func agentTrials() throws {
    // Read from the archive as it is: it says itself that it holds one variant of a hundred trials.
    let trajectories = data("taubench-airline/trajectories.json.gz")
    let alone = try Tally.run(["compare", trajectories, "--item", "task_id", "--repeat", "trial", "--score", "reward"])
    #expect(alone.code == 64)
    #expect(alone.output.isEmpty)
    #expect(alone.errors.contains("json-array, 100 rows"))
    #expect(alone.errors.contains("one variant only"))

    let power = try Tally.run([
      "power", trajectories, "--item", "task_id", "--repeat", "trial", "--score", "reward", "--effect", "10%",
      "--format", "json",
    ])
    #expect(power.code == 0)
    #expect(try power.json()["basis", "items"].integer == 25)
  }

  /// Success of each trial by task, from the archive, through the command's own reader: `--where trial=N` of one arm
  /// against another is all a user needs.
  private func rewards() throws -> [[Double]] {
    var rewards = [[Double]](repeating: [], count: 25)
    let unpacked = Process()
    let pipe = Pipe()
    unpacked.executableURL = URL(fileURLWithPath: "/bin/gzip")
    unpacked.arguments = ["-dc", data("taubench-airline/trajectories.json.gz")]
    unpacked.standardInput = FileHandle.nullDevice
    unpacked.standardOutput = pipe
    try unpacked.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    unpacked.waitUntilExit()
    for trial in try JSON(bytes).list {
      rewards[try #require(trial["task_id"].integer)].append(try #require(trial["reward"].number))
    }
    return rewards
  }

  @Test func trialsClusterByTask() throws {
    let shop = try Workshop()
    // Against a candidate-free zero, the mean difference is the success rate itself and its error the rate's.
    var rows = ["trial,task,never,agent"]
    for (task, trials) in try rewards().enumerated() {
      for (trial, reward) in trials.enumerated() { rows.append("\(task)-\(trial),\(task),0,\(Int(reward))") }
    }
    let file = try shop.write("trials.csv", rows.joined(separator: "\n") + "\n")
    let json = try compared(
      file, "--item", "trial", "--cluster", "task", "--score", "never", "--score", "agent", in: shop.folder)
    #expect(json["design", "items"].integer == 100)
    #expect(json["design", "clusters"].integer == 25)
    #expect(json["design", "clustered"].bool == true)
    #expect(prints(json["candidate", "mean"].number, "0.31"))
    #expect(prints(json["difference", "standard_error"].number, "0.07257"))
    #expect(prints(json["design", "intraclass_correlation"].number, "0.4677"))
    let correlation = try #require(json["design", "intraclass_correlation"].number)
    // The planning factor 1 + (m − 1)·ICC; the reported design effect is the ratio of the two squared errors.
    #expect(prints(1 + 3 * correlation, "2.403"))
    let effect = try #require(json["design", "design_effect"].number)
    let error = try #require(json["difference", "standard_error"].number)
    #expect(abs(effect - error * error / (0.31 * 0.69 / 99)) < 1e-9)

    let naive = try compared(file, "--item", "trial", "--score", "never", "--score", "agent", in: shop.folder)
    #expect(prints(naive["candidate", "mean"].number, "0.31"))
    #expect(naive["design", "clustered"].bool == false)
    #expect(naive["discordant", "candidate_only"].integer == 31)
  }

  @Test func earlyAgainstLateTrials() throws {
    let shop = try Workshop()
    var rows = ["task,trial,half,reward"]
    let rewards = try rewards()
    for (task, trials) in rewards.enumerated() {
      for (trial, reward) in trials.enumerated() {
        rows.append("\(task),\(trial % 2),\(trial < 2 ? "early" : "late"),\(reward)")
      }
    }
    let file = try shop.write("halves.csv", rows.joined(separator: "\n") + "\n")
    let json = try compared(
      file, "--item", "task", "--repeat", "trial", "--variant", "half", "--score", "reward", in: shop.folder, code: 2)
    #expect(json["design", "repeats", "base"].integer == 2)
    #expect(json["design", "repeats", "candidate"].integer == 2)
    #expect(json["design", "items"].integer == 25)
    let differences = rewards.map { ($0[2] + $0[3] - $0[0] - $0[1]) / 2 }
    let mean = differences.reduce(0, +) / 25
    let estimate = try #require(json["difference", "estimate"].number)
    #expect(abs(estimate - mean) < 1e-12)
    #expect(abs(try #require(json["difference", "standard_error"].number) - standardError(differences)) < 1e-12)
    // Item, then prediction noise: together they are the variance of the mean.
    let item = try #require(json["variance", "item"].number)
    let prediction = try #require(json["variance", "prediction"].number)
    #expect(item >= 0)
    #expect(prediction > 0)
    #expect(json["variance", "predictions_per_item"].integer == 2)
  }

  private func standardError(_ values: [Double]) -> Double {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    return (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / (n - 1) / n).squareRoot()
  }
}
