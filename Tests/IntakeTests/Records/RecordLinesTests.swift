import Records
import Testing

@testable import Intake

/// Tallystick's own records as JSON lines.
struct RecordLinesTests {
  private let sha = String(repeating: "0123456789abcdef", count: 4)

  @Test func everyFieldOfATrial() throws {
    let line = """
      {"kind":"trial","suite":"qa","suite_version":"2","item_id":"größe 7","variant":"prod","metric":"f1","repeat":3,\
      "prediction_id":"p1","judge_repeat":1,"score":0.25,"passed":false,"cluster_id":"doc","traffic_cluster":"refund",\
      "tags":{"lang":"de","a":"b"},"confidence":0.5,"predicted":"cat","expected":"dog","subject_sha256":"\(sha)",\
      "config_sha256":"\(sha.uppercased())","judge":"gpt@4","cost_usd":"0.0025","latency_ms":12.5,"input_tokens":10,\
      "output_tokens":2,"at":"2026-03-01T12:00:00.5+02:00","attributes":{"b":[1,null],"a":"x"}}
      """
    let (collected, summary) = try records(line, name: "anything.txt")
    #expect(summary.format == .records)
    #expect(summary.records == 1)
    var expected = TrialRecord(
      suite: "qa", item: "größe 7", variant: "prod", at: try #require(Instant("2026-03-01T10:00:00.5Z")))
    expected.suiteVersion = "2"
    expected.metric = "f1"
    expected.repetition = 3
    expected.prediction = "p1"
    expected.judgeRepeat = 1
    expected.score = 0.25
    expected.passed = false
    expected.cluster = "doc"
    expected.trafficCluster = "refund"
    expected.tags = Tags(["lang": "de", "a": "b"])
    expected.confidence = 0.5
    expected.predicted = "cat"
    expected.expected = "dog"
    expected.subjectSHA256 = sha
    expected.configSHA256 = sha
    expected.judge = "gpt@4"
    expected.cost = Money("0.0025 USD")
    expected.latencyMilliseconds = 12.5
    expected.inputTokens = 10
    expected.outputTokens = 2
    expected.attributes = #"{"a":"x","b":[1,null]}"#
    #expect(collected.trials == [expected])
  }

  @Test func everyFieldOfASpan() throws {
    let line = """
      {"span_id":"s1","kind":"span","trace_id":"t1","parent_id":"s0","name":"answer","span_kind":"chat",\
      "started_at":1700000000000000000,"ended_at":"2026-03-01T12:00:00Z","status":"timeout","error_type":"slow",\
      "feature":"triage","tenant":"a","session_id":"b","user_id":"c","tags":{"arm":"treated"},"traffic_cluster":"d",\
      "stage":"e","model_requested":"f","model_served":"g","prompt_id":"h","prompt_sha256":"\(sha)",\
      "config_sha256":"\(sha)","parameters":{"temperature":0.7},"input_tokens":1,"output_tokens":2,"cached_tokens":3,\
      "cost_usd":1e-05,"finish_reason":"stop","refusal":true,"retrieved":[],"index_sha256":"\(sha)","tool":"i",\
      "tool_schema_sha256":"\(sha)","attempt":1,"idempotency_key":"j","subject":"k","subject_sha256":"\(sha)",\
      "attributes":{"valid":true}}
      """
    let span = try #require(try records(line).records.spans.first)
    #expect(span.spanID == "s1" && span.traceID == "t1" && span.parentID == "s0" && span.spanKind == "chat")
    #expect(span.startedAt == testTime && span.endedAt == Instant("2026-03-01T12:00:00Z"))
    #expect(span.status == .timeout && span.errorType == "slow" && span.feature == "triage")
    #expect([span.tenant, span.sessionID, span.userID, span.trafficCluster, span.stage] == ["a", "b", "c", "d", "e"])
    #expect([span.modelRequested, span.modelServed, span.promptID, span.tool] == ["f", "g", "h", "i"])
    #expect([span.promptSHA256, span.configSHA256, span.indexSHA256, span.toolSchemaSHA256] == [sha, sha, sha, sha])
    #expect(span.parameters == #"{"temperature":0.7}"# && span.retrieved == "[]")
    #expect([span.inputTokens, span.outputTokens, span.cachedTokens, span.attempt] == [1, 2, 3, 1])
    #expect(span.cost == Money("0.00001 USD") && span.finishReason == "stop" && span.refusal == true)
    #expect(span.idempotencyKey == "j" && span.subject == "k" && span.subjectSHA256 == sha)
    #expect(span.tags == Tags(["arm": "treated"]) && span.attributes == #"{"valid":true}"#)
  }

  @Test func annotationsArtifactsAndChanges() throws {
    let lines = """
      {"kind":"annotation","annotation_id":"a1","subject":"i1","subject_sha256":"\(sha)","name":"severity","value":3,\
      "annotator_kind":"human","annotator":"p1","reason_tags":["tone"],"note":"","seconds":4,"surface":"s",\
      "saw_critic":false,"probe":true,"supersedes":"a0","vocabulary_version":2,"at":"2026-03-01","attributes":{"audit":true}}
      {"kind":"annotation","annotation_id":"a2","subject":"i1","name":"correct","value":true,"annotator_kind":"llm",\
      "annotator":"j@1","at":"2026-03-01"}
      {"kind":"artifact","sha256":"\(sha)","artifact_kind":"prompt","name":"system","version":"3","bytes":12,\
      "media_type":"text/plain","owner":"team","derived_from":[{"sha256":"\(sha)","how":"edit"}],"at":"2026-03-01"}
      {"kind":"change","surface":"prompt","from":"a","to":"b","actor":"me","reason":"r","decision_id":"d",\
      "paths":["x/y"],"at":"2026-03-01"}
      """
    let collected = try records(lines).records
    #expect(collected.annotations.map(\.value) == [.number(3), .label("true")])
    let annotation = collected.annotations[0]
    #expect(annotation.annotatorKind == .human && annotation.reasonTags == ["tone"] && annotation.note == "")
    #expect(annotation.seconds == 4 && annotation.sawCritic == false && annotation.probe == true)
    #expect(annotation.supersedes == "a0" && annotation.vocabularyVersion == 2 && annotation.surface == "s")
    #expect(annotation.subjectSHA256 == sha && annotation.attributes == #"{"audit":true}"#)
    #expect(collected.annotations[1].vocabularyVersion == 1)
    let artifact = try #require(collected.artifacts.first)
    #expect(artifact.artifactKind == "prompt" && artifact.version == "3" && artifact.bytes == 12)
    #expect(artifact.derivedFrom == [.init(sha256: sha, how: "edit")] && artifact.owner == "team")
    let change = try #require(collected.changes.first)
    #expect([change.from, change.to, change.reason, change.decisionID] == ["a", "b", "r", "d"])
    #expect(change.paths == ["x/y"] && change.at == Instant("2026-03-01T00:00:00Z"))
  }

  @Test func whatIsMissingStaysMissing() throws {
    let line = #"{"kind":"trial","suite":"qa","item_id":7,"variant":"prod","score":null,"tags":null,"at":"2026-03-01"}"#
    let trial = try #require(try trialRecords(line).first)
    #expect(trial.item == "7" && trial.score == nil && trial.passed == nil && trial.tags.isEmpty)
    #expect(trial.metric == "correct" && trial.cost == nil && trial.attributes == nil && trial.suiteVersion == nil)
    let notANumber = line.replacing(#""score":null"#, with: #""score":NaN"#)
    #expect(try trialRecords(notANumber).first?.score == nil)
    let untimed = line.replacing(#","at":"2026-03-01""#, with: "")
    #expect(recordFault(untimed)?.hasPrefix("1:1: the trial has no 'at'.") == true)
    #expect(try trialRecords(untimed) { $0.at = testTime }.first?.at == testTime)
  }

  @Test func keysOfOnesOwnArePassedOverAndSaid() throws {
    let line = #"{"kind":"trial","suite":"qa","item_id":"7","variant":"p","at":"2026-03-01","x_note":{"a":[1]}}"#
    let (collected, summary) = try records(line)
    #expect(collected.trials.count == 1 && collected.trials[0].attributes == nil)
    #expect(summary.warnings.first?.hasSuffix("1 value under x_… keys were passed over") == true)
  }

  /// Each fault with its place and what to do.
  @Test(arguments: [
    (#"{"kind":"trial","suit":"qa"}"#, "1:18: a trial has no key 'suit'. Do you mean 'suite'?"),
    (#"{"kind":"trial","colour":"qa"}"#, "1:18: a trial has no key 'colour'. Write it inside \"attributes\""),
    (#"{"kind":"trail","item_id":"1"}"#, "1:10: there is no kind of record 'trail'. Write 'trial' if that is meant."),
    (#"{"suite":"qa","item_id":"1"}"#, "1:1: the record has no 'kind'. Write \"kind\""),
    (#"{"kind":"finding","item_id":"1"}"#, "1:1: findings and waivers are made by the ledger's own checks"),
    (#"{"kind":"trial","suite":"qa","suite":"qb","item_id":"1"}"#, "1:31: the key 'suite' occurs twice"),
    (#"{"kind":"trial","suite":"","item_id":"1","variant":"v","at":"2026-03-01"}"#, "1:26: 'suite': '' is not a text"),
    (#"{"kind":"trial","suite":"q","item_id":"1","at":"yesterday"}"#, "1:49: 'at': 'yesterday' is not"),
    (#"{"kind":"trial","suite":"q","item_id":"1","at":1.5}"#, "1:48: 'at': '1.5' is not a time"),
    (#"+,"score":"1"}"#, "'score': '1' is not a number"),
    (#"+,"score":1e999}"#, "not a number that fits"),
    (#"+,"confidence":1.5}"#, "not a share"),
    (#"+,"repeat":-1}"#, "not a whole number"),
    (#"+,"passed":1}"#, "not true or false"),
    (#"+,"cost_usd":"$1"}"#, "'cost_usd': '$1' is not an amount"),
    (#"+,"judge":{}}"#, "'judge' is an object. Write a text"),
    (#"+,"tags":{"a":1}}"#, "the tag 'a' is no text"),
    (#"+,"tags":["a"]}"#, "'tags' is a list"),
    (#"+,"attributes":{"a":1,"a":2}}"#, "the key \"a\" is repeated"),
    (#"+,"attributes":{"a":9007199254740993}}"#, "beyond the integers"),
    (#"+,"subject_sha256":"abc"}"#, "not the 64 hexadecimal digits"),
    (#"+,"schema_version":2}"#, "another version of records"),
    (#"{"kind":"change","surface":"promt","actor":"me","at":"2026-03-01"}"#, "do you mean 'prompt'?"),
    (#"+"#, "expected ',' or '}' after a value, found end of file"),
  ])
  func faultsSayWhereAndWhatToDo(line: String, message: String) {
    // A plus stands for a trial that has what it needs.
    let needed = #"{"kind":"trial","suite":"q","item_id":"1","variant":"v","at":"2026-03-01""#
    let line = line.hasPrefix("+") ? needed + line.dropFirst() : line
    let fault = recordFault(line) { $0.reading.format = .records }
    #expect(fault?.contains(message) == true, "\(fault ?? "no fault")")
  }

  @Test func theSecondLineIsTheSecondLine() {
    let good = #"{"kind":"trial","suite":"q","item_id":"1","variant":"v","at":"2026-03-01"}"#
    #expect(recordFault(good + "\n" + good.replacing("item_id", with: "item"))?.hasPrefix("2:30: ") == true)
  }

  /// A comparison reads the trials of a file of records.
  @Test func trialsAreRowsToo() throws {
    let text = """
      {"kind":"trial","suite":"q","suite_version":"2","item_id":"größe","variant":"v","score":0.5,"repeat":1,\
      "judge_repeat":2,"prediction_id":"p","cluster_id":"c","tags":{"lang":"de"},"cost_usd":"0.25","input_tokens":3}
      {"kind":"trial","suite":"q","item_id":"2","variant":"w","passed":true,"metric":"f1","at":"2026-03-01"}
      {"kind":"trial","suite":"q","item_id":"3","variant":"v","passed":false,"at":"2026-03-01"}
      {"kind":"change","surface":"prompt","actor":"me","at":"2026-03-01"}
      """
    let reading = try collect(text) { $0.slices = ["lang"] }
    #expect(reading.summary.format == .records)
    #expect(
      reading.rows == [
        CollectedRow(
          suite: "q", item: "größe", variant: "v", repetition: "1", prediction: "p", judgeRepeat: "2", score: 0.5,
          cluster: "c", slices: ["de"], cost: 0.25, tokens: 3, suiteVersion: "2"),
        CollectedRow(suite: "q", item: "3", variant: "v", score: 0, slices: [nil]),
      ])
    #expect(reading.summary.guesses.first?.alternatives == ["f1"])
    #expect(reading.summary.warnings.first?.hasSuffix("1 records that are no trials were passed over") == true)
    #expect(try collect(text) { $0.metric = "f1" }.items == ["2"])
    #expect(fault(text) { $0.metric = "f2" }?.contains("Metrics of the file: correct, f1") == true)
    #expect(fault(text) { $0.slices = ["land"] }?.contains("no trial has the tag \"land\"") == true)
    #expect(fault(text) { $0.item = "item_id" }?.contains("--item item_id names a column") == true)
  }

  @Test func tellsItsRecordsFromOtherLines() throws {
    let rows = "{\"kind\":\"trial\",\"id\":\"a\",\"score\":1}\n{\"kind\":\"trial\",\"id\":\"b\",\"score\":0}\n"
    #expect(try collect(rows).summary.format == .jsonLines)
    #expect(try records(rows).summary.format == .jsonLines)
  }
}
