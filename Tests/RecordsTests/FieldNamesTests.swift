import Records
import Testing

/// The names of fields, for tables: whatever a record writes has its column, in the same order.
struct FieldNamesTests {
  @Test func everyFieldOfARecordHasItsColumn() {
    let now = Instant(nanoseconds: 0)
    var trial = TrialRecord(suite: "s", item: "i", variant: "v", at: now)
    trial.judge = "j"
    trial.score = 1
    trial.passed = true
    trial.cluster = "c"
    trial.prediction = "p"
    trial.repetition = 1
    trial.cost = Money("1.00 USD")
    trial.attributes = "{}"
    var span = SpanRecord(spanID: "a", traceID: "b", name: "n", spanKind: "chat", startedAt: now, feature: "f")
    span.cost = Money("1.00 USD")
    span.retrieved = "[]"
    span.parameters = "{}"
    span.attributes = "{}"
    span.tags = Tags(["a": "b"])
    for part in SpanContents.parts { span.contents[keyPath: part.path] = SHA256Digest(of: []) }
    var annotation = AnnotationRecord(
      annotationID: "a", subject: "s", name: "n", value: .number(1), annotatorKind: .llm, annotator: "m", at: now)
    annotation.note = "note"
    annotation.reasonTags = ["r"]
    annotation.attributes = "{}"
    let records: [any NativeRecord] = [trial, span, annotation]
    for record in records {
      let names = type(of: record).recordKind.fieldNames
      let written = record.fields.members.map(\.key)
      #expect(Set(names).count == names.count)
      #expect(written == names.filter(Set(written).contains), "\(type(of: record))")
    }
    for kind in RecordKind.allCases { #expect(!kind.fieldNames.isEmpty) }
    // What checks say: every optional part is there.
    let digest = SHA256Digest(of: [])
    var finding = Finding(check: "c", subject: "s", asOf: now, policySHA256: digest, inputsSHA256: digest)
    finding.owner = "o"
    finding.seed = 7
    let waiver = Waiver(check: "c", subject: "s", owner: "o", reason: "r", at: now, expiresAt: now)
    for record in [Record.finding(finding), .waiver(waiver)] {
      #expect(record.document.members.map(\.key) == ["kind"] + record.kind.fieldNames)
    }
  }
}
