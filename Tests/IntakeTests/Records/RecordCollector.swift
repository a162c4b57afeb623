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
  /// Of kinds that declare their fields.
  var declared: [Record] = []

  mutating func receive(_ record: Record) {
    switch record {
    case .trial(let record): trials.append(record)
    case .annotation(let record): annotations.append(record)
    case .artifact(let record): artifacts.append(record)
    case .span(let record): spans.append(record)
    case .change(let record): changes.append(record)
    case .charge, .run, .item, .attempt, .receipt, .lease, .heartbeat, .incident, .decision, .cost:
      declared.append(record)
    case .finding, .waiver: Issue.record("no reader makes findings or waivers")
    }
  }
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
