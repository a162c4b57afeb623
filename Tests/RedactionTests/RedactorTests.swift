import Patterns
import Records
import Redaction
import Testing

/// What becomes of texts, documents and deliveries.
@Suite struct RedactorTests {
  private let at = Instant(nanoseconds: 1_794_400_000_000_000_000)

  @Test func ownPatternsComeFirst() throws {
    let redactor = Redactor(
      detectors: [.email],
      rules: [.init(try Pattern("ACC-[0-9]+"), name: "account"), .init(try Pattern("b+@"), name: "odd")])
    #expect(redactor.redacted("ACC-12 of a@b.cc") == "[account] of [email]")
    // What overlaps goes as a whole, under the name of what begins first.
    #expect(redactor.redacted("abb@c.dd") == "[email]")
    #expect(redactor.redacted("none") == nil)
    #expect(redactor.summary == "takes out email, account, odd")
    #expect(Redactor(detectors: [], keepsContent: false).summary == "keeps no prompts and answers")
  }

  @Test func jsonStaysJSON() throws {
    let redactor = Redactor(detectors: [.email], rules: [.init(try Pattern(".*secret.*"), name: "line")])
    var sent = RecordBatch()
    let words = #"[{"parts":[{"content":"mail a@b.cc\n\"top secret\" here","n":1}],"role":"user"}]"#
    let content = Content(Array(words.utf8), at: at)
    sent.receive(content)
    let plain = Content(Array("no JSON: a@b.cc".utf8), at: at)
    sent.receive(plain)
    let untouched = Content(Array("nothing".utf8), at: at)
    sent.receive(untouched)
    var span = SpanRecord(
      spanID: "s", traceID: "t", name: "chat", spanKind: "chat", startedAt: at, feature: "f")
    (span.contents.input, span.contents.output, span.contents.other) = (content.sha256, plain.sha256, untouched.sha256)
    span.attributes = #"{"a@b.cc":"a@b.cc","n":{"l":["x",2,"c@d.ee"]}}"#
    sent.receive(span)
    let kept = redactor.redacted(sent)
    let texts = kept.contents.map { String(decoding: $0.bytes, as: UTF8.self) }
    #expect(
      texts == [
        #"[{"parts":[{"content":"mail [email]\n[line]","n":1}],"role":"user"}]"#, "no JSON: [email]", "nothing",
      ])
    guard case .span(let stored) = kept.records[0] else { return #expect(Bool(false)) }
    // The record names what is kept, and keys are names.
    #expect([stored.contents.input, stored.contents.output, stored.contents.other] == kept.contents.map(\.sha256))
    #expect(kept.contents.allSatisfy { $0.sha256 == SHA256Digest(of: $0.bytes) })
    #expect(stored.attributes == #"{"a@b.cc":"[email]","n":{"l":["x",2,"[email]"]}}"#)
    #expect(redactor.redacted(kept) == kept)
  }

  @Test func aCardThatComesAsANumberIsTakenOutToo() {
    var sent = RecordBatch()
    sent.receive(Content(Array(#"{"card":4111111111111111,"order":4711,"paid":12.5}"#.utf8), at: at))
    let kept = Redactor(detectors: [.card]).redacted(sent).contents.map { String(decoding: $0.bytes, as: UTF8.self) }
    #expect(kept == [#"{"card":"[card]","order":4711,"paid":12.5}"#])
  }

  @Test func contentThatIsDroppedLeavesItsHash() {
    var sent = RecordBatch()
    let content = Content(Array("write a@b.cc".utf8), at: at)
    sent.receive(content)
    var span = SpanRecord(
      spanID: "s", traceID: "t", name: "chat", spanKind: "chat", startedAt: at, feature: "f")
    span.contents.input = content.sha256
    sent.receive(span)
    let kept = Redactor(detectors: [.email], keepsContent: false).redacted(sent)
    #expect(kept.contents.isEmpty && kept.records.count == 1)
    guard case .span(let stored) = kept.records[0] else { return #expect(Bool(false)) }
    #expect(stored.contents.input == SHA256Digest(of: "write [email]"))
  }

  @Test func notesAndReasonsHoldWordsToo() {
    var sent = RecordBatch()
    var annotation = AnnotationRecord(
      annotationID: "a", subject: "s", name: "correct", value: .label("true"), annotatorKind: .human, annotator: "ada",
      at: at)
    annotation.note = "ask a@b.cc"
    annotation.attributes = #"{"said":"a@b.cc"}"#
    sent.receive(annotation)
    var trial = TrialRecord(suite: "s", item: "i", variant: "v", at: at)
    trial.attributes = #"{"output":"a@b.cc"}"#
    sent.receive(trial)
    var change = ChangeRecord(surface: "prompt", actor: "ada", at: at)
    (change.reason, change.attributes) = ("a@b.cc wants it", #"{"who":"a@b.cc"}"#)
    sent.receive(change)
    sent.receive(
      ArtifactRecord(sha256: String(repeating: "a", count: 64), artifactKind: "other", name: "a@b.cc", at: at))
    let kept = Redactor(detectors: [.email]).redacted(sent).records
    guard case .annotation(let one) = kept[0], case .trial(let two) = kept[1], case .change(let three) = kept[2] else {
      return #expect(Bool(false))
    }
    #expect(one.note == "ask [email]" && one.attributes == #"{"said":"[email]"}"#)
    #expect(two.attributes == #"{"output":"[email]"}"#)
    #expect(three.reason == "[email] wants it" && three.attributes == #"{"who":"[email]"}"#)
    #expect(kept[3] == sent.records[3])
  }
}
