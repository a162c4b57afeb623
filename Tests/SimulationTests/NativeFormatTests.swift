import Glibc
import Intake
import Records
import Simulation
import Testing

/// What is written in Tallystick's own format is read back equal.
@Suite struct NativeFormatTests {
  /// Keeps what is read.
  struct Kept: RecordSink {
    var records: [Record] = []
    mutating func receive(_ record: Record) { records.append(record) }
  }

  private func roundTrip(_ records: [Record]) throws -> [Record] {
    var template = Array("/tmp/tally-native-XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    let path = folder + "/records.jsonl"
    defer {
      unlink(path)
      rmdir(folder)
    }
    let text = try records.map { try #require($0.native).json.canonical() + "\n" }.joined()
    let file = try #require(fopen(path, "w"))
    fputs(text, file)
    fclose(file)
    var kept = Kept()
    _ = try Intake.readRecords([path], options: RecordOptions(now: Instant(nanoseconds: 0)), into: &kept)
    return kept.records
  }

  @Test func aQuarterComesBackEqual() throws {
    let records =
      Array(World(seed: 9, plan: Plan(planted: .leakedItems)).records)
      + Array(
        World(seed: 9, plan: Plan(parts: [.triage, .invoices, .drafts, .helpcenter, .cloud, .statements])).records)
    #expect(try roundTrip(records) == records)
  }

  @Test func everyFieldComesBack() throws {
    let at = Instant(nanoseconds: 1_783_296_000_123_456_789)
    let sha = SHA256Digest(of: "x").description
    var trial = TrialRecord(suite: "s", item: "\"quoted\" \u{1F600}\n", variant: "v", at: at)
    (trial.suiteVersion, trial.metric, trial.repetition, trial.prediction, trial.judgeRepeat) = ("1", "m", 2, "p", 3)
    (trial.score, trial.passed, trial.cluster, trial.trafficCluster) = (0.1, false, "c", "t")
    (trial.confidence, trial.predicted, trial.expected, trial.judge) = (0.25, "a", "b", "j@1")
    (trial.subjectSHA256, trial.configSHA256, trial.tags) = (sha, sha, Tags(["k": "v", "a": "b"]))
    trial.cost = Money("0.000000000123 USD")
    (trial.latencyMilliseconds, trial.inputTokens, trial.outputTokens) = (1.5, 4, 5)
    trial.attributes = #"{"failure_type":"x"}"#

    var span = SpanRecord(spanID: "1", traceID: "2", name: "n", spanKind: "tool", startedAt: at, feature: "f")
    (span.parentID, span.endedAt, span.status, span.errorType) = ("0", at, .timeout, "e")
    (span.tenant, span.sessionID, span.userID, span.tags) = ("t", "s", "u", Tags(["a": "b"]))
    (span.trafficCluster, span.stage, span.modelRequested, span.modelServed) = ("c", "st", "mr", "ms")
    (span.promptID, span.promptSHA256, span.configSHA256, span.parameters) = ("p", sha, sha, #"{"seed":1}"#)
    (span.inputTokens, span.outputTokens, span.cachedTokens, span.cost) = (1, 2, 3, Money("12.00 USD"))
    (span.finishReason, span.refusal, span.retrieved, span.indexSHA256) = ("stop", true, "[]", sha)
    (span.tool, span.toolSchemaSHA256, span.attempt, span.idempotencyKey) = ("tool", sha, 2, "key")
    (span.subject, span.subjectSHA256, span.attributes) = ("x", sha, #"{"a":[1,2]}"#)

    var annotation = AnnotationRecord(
      annotationID: "a", subject: "s", name: "csat", value: .number(4.5), annotatorKind: .human, annotator: "ana",
      at: at)
    (annotation.subjectSHA256, annotation.reasonTags, annotation.note, annotation.seconds) = (
      sha, ["x", "y"], "n", 2.5
    )
    (annotation.surface, annotation.sawCritic, annotation.probe, annotation.supersedes) = ("p", true, false, "b")
    (annotation.vocabularyVersion, annotation.attributes) = (5, #"{"audit":true}"#)

    var artifact = ArtifactRecord(sha256: sha, artifactKind: "adapter", name: "n", at: at)
    (artifact.version, artifact.bytes, artifact.mediaType, artifact.owner) = ("1", 7, "text/plain", "ana")
    artifact.derivedFrom = [ArtifactRecord.Origin(sha256: sha, how: "tuned")]
    artifact.attributes = #"{"rank":8}"#

    var change = ChangeRecord(surface: "prompt", actor: "ana", at: at)
    (change.from, change.to, change.reason, change.decisionID, change.paths) = ("a", "b", "r", "d", ["x.md"])
    change.attributes = #"{"merged":true}"#

    let records: [Record] = [
      .trial(trial), .span(span), .annotation(annotation), .artifact(artifact), .change(change),
    ]
    #expect(try roundTrip(records) == records)
  }
}
