import Records
import Testing

@testable import Intake

/// Rows of other formats as trial records.
struct RecordMappingTests {
  // MARK: Names

  @Test func namesComeFromThePlaceOfTheFile() throws {
    let (collected, _) = try records("id,score\n1,0.5\n", name: "baseline.csv")
    let trial = try #require(collected.trials.first)
    #expect(trial.suite == "triage" && trial.variant == "baseline" && trial.metric == "correct")
    // Rows that name their variants: the file is the suite.
    let named = try #require(try trialRecords("id,score,model\n1,0.5,a\n", name: "results.csv").first)
    #expect(named.suite == "results" && named.variant == "a")
  }

  @Test func whatTheUserSaysCountsFirst() throws {
    let text = "id,score,model,suite,at\n1,0.5,a,s,2026-03-01\n"
    let trial = try #require(
      try trialRecords(text) {
        $0.suite = "qa"
        $0.suiteVersion = "7"
        $0.variant = "prod"
        $0.metric = "f1"
        $0.judge = "me@1"
        $0.at = testTime
      }.first)
    #expect(trial.suite == "qa" && trial.suiteVersion == "7" && trial.variant == "prod" && trial.metric == "f1")
    #expect(trial.judge == "me@1")
    // The row's own time is the better one.
    #expect(trial.at == Instant("2026-03-01T00:00:00Z"))
    #expect(try trialRecords("id,score\n1,1\n") { $0.at = testTime }.first?.at == testTime)
  }

  @Test func standardInputNeedsNames() throws {
    let source = try Array("id,score\n1,1\n".utf8).withUnsafeBytes {
      try ByteSource(copying: $0, name: "standard input")
    }
    var sink = RecordCollector()
    var options = RecordOptions(now: testTime)
    #expect(throws: IntakeError.self) { try Intake.readRecords(source, options: options, into: &sink) }
    options.suite = "qa"
    options.variant = "prod"
    _ = try Intake.readRecords(source, options: options, into: &sink)
    #expect(sink.trials.map(\.at) == [testTime])
  }

  // MARK: Columns

  @Test func columnsByTheirNames() throws {
    let text = """
      item_id,correct,label,prediction,confidence,latency_ms,timestamp,cluster_id,traffic_cluster,judge,tag_lang,tags.x,\
      cost_usd,input_tokens,output_tokens,epoch,suite_version,metric
      a,1,cat,dog,0.25,12.5,2026-03-01T12:00:00Z,doc,refund,j@1,de,y,0.00001,10,2,3,v2,acc
      b,0,cat,,,,,,,,,,,,,,,
      """
    let (collected, summary) = try records(text)
    let trial = collected.trials[0]
    #expect(trial.score == 1 && trial.passed == true && trial.expected == "cat" && trial.predicted == "dog")
    #expect(
      trial.confidence == 0.25 && trial.latencyMilliseconds == 12.5 && trial.at == Instant("2026-03-01T12:00:00Z"))
    #expect(trial.cluster == "doc" && trial.trafficCluster == "refund" && trial.judge == "j@1")
    #expect(trial.tags == Tags(["lang": "de", "x": "y"]) && trial.cost == Money("0.00001 USD"))
    #expect(trial.inputTokens == 10 && trial.outputTokens == 2 && trial.repetition == 3)
    #expect(trial.suiteVersion == "v2" && trial.metric == "acc")
    let empty = collected.trials[1]
    #expect(empty.predicted == nil && empty.confidence == nil && empty.tags.isEmpty && empty.repetition == nil)
    #expect(empty.passed == false && empty.metric == "correct")
    let guesses = Dictionary(uniqueKeysWithValues: summary.guesses.map { ($0.role, $0.column) })
    #expect(guesses["expected"] == "label" && guesses["predicted"] == "prediction" && guesses["time"] == "timestamp")
  }

  /// What a comparison says of a file must not change with what a ledger would keep of it.
  @Test func comparisonsGuessNothingMore() throws {
    let text = "item_id,correct,label,prediction,at\na,1,cat,dog,2026-03-01\n"
    let reading = try collect(text)
    #expect(reading.summary.guesses.map(\.role) == ["item", "score"])
  }

  @Test func jsonRowsWithTheirTags() throws {
    let text = """
      {"id": 1, "score": true, "tags": {"lang": "de", "level": 2}, "expected": "x", "usage": {"input_tokens": 3}}
      {"id": 2, "score": "pass", "tags": {"other": "z"}, "expected": "y"}
      {"id": 3, "score": 0.5, "tags": ["a"]}
      """
    let trials = try trialRecords(text, name: "rows.jsonl")
    #expect(trials.map(\.tags) == [Tags(["lang": "de", "level": "2"]), Tags(["other": "z"]), Tags()])
    #expect(trials.map(\.passed) == [true, true, nil])
    #expect(trials.map(\.expected) == ["x", "y", nil])
    #expect(trials[0].inputTokens == 3)
    let chosen = try trialRecords(text, name: "rows.jsonl") { $0.reading.slices = ["tags.lang"] }
    #expect(chosen.map(\.tags) == trials.map(\.tags))
  }

  @Test func equalValuesUnderOtherNamesAreOtherTags() throws {
    let directory = try TemporaryDirectory()
    let paths = try ["tag_a", "tag_b"].map { try directory.write(Array("id,score,\($0)\n1,1,x\n".utf8), to: $0) }
    var sink = RecordCollector()
    _ = try Intake.readRecords(paths, options: RecordOptions(now: testTime), into: &sink)
    #expect(sink.trials.map(\.tags) == [Tags(["a": "x"]), Tags(["b": "x"])])
  }

  @Test func repeatsInTheirOrder() throws {
    let text = "id,score\na,1\nb,1\na,1\na,0\n"
    let trials = try trialRecords(text) { $0.repeatsByOrder = true }
    #expect(trials.map(\.repetition) == [0, 0, 1, 2])
    #expect(try trialRecords(text).map(\.repetition) == [nil, nil, nil, nil])
  }

  @Test func moneyOfATableIsExact() throws {
    let trials = try trialRecords("id,score,cost\n1,1,0.1\n2,1,0.2\n", name: "a.csv")
    #expect(trials.map(\.cost) == [Money("0.10 USD"), Money("0.20 USD")])
  }

  // MARK: Scores

  @Test func predictionsAgainstTheirLabels() throws {
    let text = "id,label,pred_a,pred_b\n1,x,x,y\n2,y,x,y\n"
    for scores in [["pred_a=label", "pred_b=label"], ["label=pred_a", "label=pred_b"]] {
      let trials = try trialRecords(text, name: "wide.csv") { $0.reading.scores = scores }
      #expect(trials.map(\.variant) == ["pred_a", "pred_b", "pred_a", "pred_b"])
      #expect(trials.map(\.score) == [1, 0, 0, 1])
      #expect(trials.map(\.passed) == [true, false, false, true])
      #expect(trials.map(\.predicted) == ["x", "y", "x", "y"])
      #expect(trials.map(\.expected) == ["x", "x", "y", "y"])
      #expect(trials.allSatisfy { $0.metric == "correct" && $0.suite == "wide" })
    }
    // Without a column of scores, the two are found by their names.
    let found = try trialRecords("id,label,prediction\n1,x,x\n2,y,x\n", name: "found.csv")
    #expect(found.map(\.score) == [1, 0])
  }

  @Test func probabilitiesOfClasses() throws {
    let text = "item,label,p0,p1,p2\na,1,0.2,0.7,0.1\nb,0,0.4,0.4,0.2\nc,2,0.5,,0.5\n"
    let trials = try trialRecords(text, name: "probs.csv") { $0.reading.probabilities = ["p0..p2"] }
    #expect(trials.map(\.predicted) == ["1", "0", nil])
    #expect(trials.map(\.confidence) == [0.7, 0.4, nil])
    #expect(trials.map(\.score) == [1, 1, nil])
    #expect(trials.map(\.expected) == ["1", "0", "2"])
    let binary = try trialRecords("item,label,p1\na,1,0.75\nb,1,0.25\nc,0,0.5\n", name: "b.csv") {
      $0.reading.probabilities = ["p1"]
    }
    #expect(binary.map(\.predicted) == ["1", "0", "1"])
    #expect(binary.map(\.confidence) == [0.75, 0.75, 0.5])
    #expect(binary.map(\.passed) == [true, false, false])
    let rounded = try trialRecords("item,label,p1\na,1,1.000001\nb,0,-0.00001\n", name: "b.csv") {
      $0.reading.probabilities = ["p1"]
    }
    #expect(rounded.map(\.confidence) == [1, 1])
    #expect(
      recordFault("item,label,p1\na,1,75\n") { $0.reading.probabilities = ["p1"] }?
        .hasPrefix("2:5: column 'p1': '75' is not between 0 and 1") == true)
  }

  @Test func itemsOfSeveralColumns() throws {
    let text = "subset,n,score\na,1,1\na|1,x,0\na,1|x,0\nb\\,1,1\n"
    let trials = try trialRecords(text, name: "s.csv") {
      $0.reading.item = "subset"
      $0.reading.moreItems = ["n"]
    }
    #expect(trials.map(\.item) == ["a|1", #"a\|1|x"#, #"a|1\|x"#, #"b\\|1"#])
    #expect(Set(trials.map(\.item)).count == 4)
    #expect(
      recordFault("a,b,score\n1,2,1\n3,,1\n") {
        $0.reading.item = "a"
        $0.reading.moreItems = ["b"]
      }?.hasPrefix("3:3: the row has no item id in column 'b'") == true)
  }

  @Test func rowsWithoutAnItemAreRefused() {
    #expect(recordFault("id,score\na,1\n,1\n")?.hasPrefix("3:1: the row has no item id in column 'id'") == true)
  }

  @Test func repeatsAreNumbers() throws {
    #expect(try trialRecords("id,score,seed\n1,1,7\n", name: "a.csv").first?.repetition == 7)
    #expect(
      recordFault("id,score,run\n1,1,first\n") { $0.reading.repetition = "run" }?
        .contains("has the repeat 'first', which is no whole number") == true)
  }

  @Test func aScoreOfAnotherNameIsAnotherMetric() throws {
    let text = "id,rouge\n1,0.5\n"
    #expect(try trialRecords(text, name: "a.csv") { $0.reading.scores = ["rouge"] }.first?.metric == "rouge")
    #expect(
      try trialRecords(text, name: "a.csv") {
        $0.reading.scores = ["rouge"]
        $0.metric = "overlap"
      }.first?.metric == "overlap")
  }

  @Test func listsAndMapsOfOutcomes() throws {
    let map = try trialRecords(#"{"a": true, "b": false, "c": null, "d": 0.5}"#, name: "m.json")
    #expect(map.map(\.passed) == [true, false, nil, nil])
    #expect(map.map(\.score) == [1, 0, nil, 0.5])
    let list = try trialRecords(#"{"resolved_ids": ["a"], "submitted_ids": ["a", "b"]}"#, name: "r.json")
    #expect(list.map(\.passed) == [true, false])
  }

  // MARK: Logs

  @Test func inspectSamples() throws {
    let log = """
      {"version": 2, "status": "success",
       "eval": {"task": "mmlu", "task_version": 3, "model": "m", "created": "2026-03-01T10:00:00+00:00",
                "scorers": [{"name": "match"}]},
       "results": {"scores": [{"name": "match", "scorer": "match"}]},
       "samples": [
        {"id": 1, "epoch": 1, "target": "B", "scores": {"match": {"value": "C", "answer": "B"}},
         "metadata": {"topic": "law"}, "completed_at": "2026-03-01T12:00:00Z", "total_time": 1.5,
         "model_usage": {"m": {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5, "total_cost": 0.01},
                         "n": {"input_tokens": 4, "output_tokens": 1, "total_cost": 0.02}}},
        {"id": 2, "epoch": 2, "target": ["x", "y"], "scores": {"match": {"value": 0.5}}}]}
      """
    let trials = try trialRecords(log, name: "log.json") { $0.reading.slices = ["topic"] }
    let first = trials[0]
    #expect(first.suite == "mmlu" && first.suiteVersion == "3" && first.variant == "m" && first.item == "1")
    #expect(first.metric == "match" && first.judge == "match" && first.repetition == 1)
    #expect(first.expected == "B" && first.predicted == "B" && first.passed == true && first.score == 1)
    #expect(first.inputTokens == 7 && first.outputTokens == 3 && first.cost == Money("0.03 USD"))
    #expect(first.latencyMilliseconds == 1500 && first.at == Instant("2026-03-01T12:00:00Z"))
    #expect(first.tags == Tags(["topic": "law"]))
    let second = trials[1]
    #expect(second.expected == nil && second.passed == nil && second.score == 0.5 && second.cost == nil)
    #expect(second.at == Instant("2026-03-01T10:00:00Z") && second.tags.isEmpty)
  }

  @Test func promptfooResults() throws {
    let document = """
      {"evalId": "e", "results": {"version": 3, "timestamp": "2026-03-01T12:00:00.000Z", "prompts": [], "stats": {},
       "results": [
        {"success": true, "score": 1, "latencyMs": 250, "cost": 1e-05, "namedScores": {"tone": 0.5},
         "provider": {"id": "openai:a"}, "prompt": {"raw": "p", "label": "l"},
         "testCase": {"vars": {"q": "1"}, "assert": []},
         "response": {"output": "o", "tokenUsage": {"total": 7, "prompt": 5, "completion": 2}}}]}}
      """
    let trial = try #require(try trialRecords(document, name: "p.json").first)
    #expect(trial.variant == "openai:a · l" && trial.metric == "correct" && trial.passed == true)
    #expect(trial.cost == Money("0.00001 USD") && trial.latencyMilliseconds == 250)
    #expect(trial.inputTokens == 5 && trial.outputTokens == 2 && trial.at == Instant("2026-03-01T12:00:00Z"))
    let tone = try #require(try trialRecords(document, name: "p.json") { $0.reading.scores = ["tone"] }.first)
    #expect(tone.metric == "tone" && tone.score == 0.5)
  }

  @Test func lmEvaluationSamples() throws {
    let line = #"""
      {"doc_id": 0, "doc": {}, "target": "42", "resps": [["42"]], "filtered_resps": ["42"], "filter": "none", "metrics": ["exact_match", "f1"], "doc_hash": "h", "prompt_hash": "p", "exact_match": 1.0, "f1": 0.5}
      """#
    let name = "samples_gsm8k_2024-11-05T13-31-45.123456.jsonl"
    let trial = try #require(try trialRecords(line, name: name).first)
    #expect(trial.suite == "gsm8k" && trial.variant == "triage" && trial.metric == "exact_match")
    #expect(trial.expected == "42" && trial.predicted == "42" && trial.configSHA256 == "p" && trial.repetition == 1)
    #expect(trial.at == Instant("2024-11-05T13:31:45.123456Z"))
    let other = try #require(try trialRecords(line, name: name) { $0.reading.scores = ["f1"] }.first)
    #expect(other.metric == "f1" && other.score == 0.5)
  }

  @Test func openAIEvents() throws {
    let log = """
      {"spec": {"completion_fns": ["m"], "eval_name": "e"}}
      {"event_id": 0, "sample_id": "e.0", "type": "match", "data": {"correct": true, "expected": "x", "picked": "x"}}
      {"event_id": 1, "sample_id": "e.1", "type": "match", "data": {"correct": false, "expected": ["x", "z"], "picked": "y"}}
      {"final_report": {"accuracy": 0.5}}
      """
    let trials = try trialRecords(log, name: "o.jsonl")
    #expect(trials.map(\.passed) == [true, false])
    #expect(trials.map(\.expected) == ["x", nil])
    #expect(trials.map(\.predicted) == ["x", "y"])
  }

  @Test func logsHaveNoColumns() {
    let log = """
      {"version": 2, "status": "success", "eval": {"task": "t", "model": "m"}, "samples": [{"id": 1, "epoch": 1}]}
      """
    #expect(
      recordFault(log) { $0.reading.probabilities = ["p1"] }?.contains("--probabilities p1 names a column") == true)
    #expect(recordFault(log) { $0.reading.variant = "model" }?.contains("--variant-column model") == true)
    #expect(recordFault(log) { $0.reading.scores = ["a", "b"] }?.contains("2 were named") == true)
  }
}
