import Records
import Testing

@testable import Intake

/// Keeps every record.
struct RecordCollector: RecordSink {
  var trials: [TrialRecord] = []
  var annotations: [AnnotationRecord] = []
  var artifacts: [ArtifactRecord] = []
  var spans: [SpanRecord] = []
  var changes: [ChangeRecord] = []

  mutating func receive(_ record: TrialRecord) { trials.append(record) }
  mutating func receive(_ record: AnnotationRecord) { annotations.append(record) }
  mutating func receive(_ record: ArtifactRecord) { artifacts.append(record) }
  mutating func receive(_ record: SpanRecord) { spans.append(record) }
  mutating func receive(_ record: ChangeRecord) { changes.append(record) }
}

/// The time that tests call now.
let testTime = Instant(nanoseconds: 1_700_000_000_000_000_000)

/// Reads a text as records, as the file `folder/run.csv` when it is on disk.
func records(
  _ text: String, name: String = "run.csv", _ configure: (inout RecordOptions) -> Void = { _ in }
) throws -> (records: RecordCollector, summary: IntakeSummary) {
  let directory = try TemporaryDirectory()
  directory.makeDirectory("triage")
  let path = try directory.write(Array(text.utf8), to: "triage/" + name)
  var options = RecordOptions(now: testTime)
  configure(&options)
  var sink = RecordCollector()
  let summary = try Intake.readRecords([path], options: options, into: &sink)
  return (sink, summary)
}

func trialRecords(
  _ text: String, name: String = "run.csv", _ configure: (inout RecordOptions) -> Void = { _ in }
) throws -> [TrialRecord] {
  try records(text, name: name, configure).records.trials
}

/// The error of reading a text as records: from the line on.
func recordFault(_ text: String, _ configure: (inout RecordOptions) -> Void = { _ in }) -> String? {
  do {
    _ = try records(text, name: "input", configure)
    return nil
  } catch let error as IntakeError {
    return error.description.firstRange(of: "/input:").map { String(error.description[$0.upperBound...]) }
      ?? error.description
  } catch {
    Issue.record(error)
    return nil
  }
}
