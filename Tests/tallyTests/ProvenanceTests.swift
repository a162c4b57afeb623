import Foundation
import Testing

/// `tally trace`: where an answer came from, and whether it can be made again.
struct ProvenanceTests {
  private static func sha(_ digit: Character) -> String { String(repeating: digit, count: 64) }

  /// The worked example of the specification: the answer is "15 March" where 28 February would be right. The old version of
  /// the contract stood first and made the answer, the valid one stood second.
  private func shop(indexed: Bool = true) throws -> Workshop {
    let shop = try Workshop()
    let at = #""at":"2026-01-01T00:00:00Z""#
    func artifact(_ kind: String, _ name: String, _ digit: Character, _ more: String = "") -> String {
      #"{"kind":"artifact","artifact_kind":"\#(kind)","name":"\#(name)","sha256":"\#(ProvenanceTests.sha(digit))",\#(at)\#(more)}"#
    }
    func row(_ chunk: String, _ digit: Character, _ rank: Int) -> String {
      #"{"chunk_id":"\#(chunk)","doc_id":"contract","doc_sha256":"\#(ProvenanceTests.sha(digit))","rank":\#(rank),"in_context":true}"#
    }
    func annotation(_ id: String, _ name: String, _ value: String, _ subject: String, _ attributes: String) -> String {
      #"{"kind":"annotation","annotation_id":"\#(id)","subject":"\#(subject)","name":"\#(name)","value":\#(value),"#
        + #""annotator_kind":"human","annotator":"ada","at":"2026-11-26T10:00:00Z","attributes":\#(attributes)}"#
    }
    let span =
      #"{"kind":"span","trace_id":"t1","span_id":"a1","name":"chat","span_kind":"chat","feature":"contracts","#
      + #""started_at":"2026-11-25T10:00:00Z","ended_at":"2026-11-25T10:00:01Z","prompt_id":"contracts/answer@7","#
      + #""prompt_sha256":"\#(ProvenanceTests.sha("a"))","config_sha256":"\#(ProvenanceTests.sha("b"))","#
      + #""model_served":"model-1","index_sha256":"\#(ProvenanceTests.sha("c"))","#
      + #""retrieved":[\#(row("c2", "2", 1)),\#(row("c1", "3", 2))]}"#
    let lines = [
      artifact("prompt", "contracts/answer", "a"), artifact("other", "config", "b"), artifact("model", "model-1", "d"),
      artifact(
        "document", "contract", "2", #","attributes":{"valid_to":"2026-02-01T00:00:00Z"}"#),
      artifact("document", "contract", "3"), span,
      annotation("w1", "correct", #""false""#, "a1", "{}"),
      annotation("g1", "gold", #""28 February""#, "a1", #"{"doc_id":"contract"}"#),
      annotation("l1", "attribution", "0.3", "a1", #"{"chunk_id":"c1","logprob_drop":0.3}"#),
      annotation("l2", "attribution", "17.6", "a1", #"{"chunk_id":"c2","logprob_drop":17.6}"#),
      annotation("s1", "claim_support", #""entails""#, "claim-1", #"{"span":"a1","chunk_ids":["c2"]}"#),
      annotation("s2", "claim_support", #""none""#, "claim-2", #"{"span":"a1","chunk_ids":["c2"]}"#),
    ]
    let index = artifact(
      "index", "index", "c", #","derived_from":[{"sha256":"\#(ProvenanceTests.sha("3"))","how":"chunked"}]"#)
    try shop.write("records.jsonl", (lines + (indexed ? [index] : [])).joined(separator: "\n") + "\n")
    let stored = try shop.tally("ingest", "records.jsonl")
    #expect(stored.code == 0, "\(stored.errors)")
    return shop
  }

  @Test func anAnswerIsTracedToTheVersionThatMadeIt() throws {
    let shop = try shop()
    let text = try shop.tally("trace", "t1").text
    #expect(text.contains("Prompt      contracts/answer@7, sha256 aaaaaaaaaaaa\n"))
    #expect(text.contains("Retrieved   2 chunks, 2 of them in the context"))
    #expect(
      text.contains(
        "In context  1. c2, of contract, sha256 222222222222; out of date since 2026-02-01; made 98.3 % of"))
    #expect(text.contains("In context  2. c1, of contract, sha256 333333333333; made 1.7 % of the answer"))
    #expect(text.contains("Claims      1 of 2 are entailed by what was in the context (50 %)"))
    #expect(text.contains("claim-2: nothing supports it"))
    #expect(text.contains("Replay      exact: all that it was made of is in the ledger"))
    #expect(
      text.contains("Diagnosis   STALE_SOURCE: a document that was out of date made the answer; for corpus to mend"))
    #expect(!text.contains("Lacking"))
  }

  @Test func programsReadItAsOneDocument() throws {
    let run = try shop(indexed: false).tally("trace", "t1", "--format", "provenance")
    #expect(run.code == 0)
    let answer = try JSON(Data(run.text.utf8))["answers", 0]
    #expect(answer["span_id"].string == "a1" && answer["replay"].string == "impossible")
    #expect(answer["unresolved", 0].string == "index \(ProvenanceTests.sha("c"))")
    #expect(answer["index"]["resolves"].bool == false && answer["prompt"]["resolves"].bool == true)
    #expect(answer["sources", 0]["outdated"].bool == true && answer["sources", 1]["outdated"].bool == false)
    #expect(abs((answer["sources", 0]["share"].number ?? 0) - 17.6 / 17.9) < 1e-12)
    #expect(answer["claims", 1]["support"].string == "none")
    #expect(answer["diagnosis"]["code"].string == "STALE_SOURCE" && answer["correct"].bool == false)
  }

  /// Prompt and model are there, but not the result of a tool, nor one document.
  @Test func whatIsMissingIsNamed() throws {
    let shop = try shop()
    try shop.write(
      "tool.jsonl",
      #"{"kind":"span","trace_id":"t1","span_id":"b1","parent_id":"a1","name":"lookup","span_kind":"tool","#
        + #""feature":"contracts","started_at":"2026-11-25T10:00:00.5Z"}"# + "\n")
    #expect(try shop.tally("ingest", "tool.jsonl").code == 0)
    let text = try shop.tally("trace", "t1").text
    #expect(text.contains("Replay      degraded: not in the ledger are result of a tool or reranking (not recorded)"))
  }

  /// What nobody said is not said to be no, and a chunk that contradicts a claim does not entail it.
  @Test func whatNobodySaidIsNotDenied() throws {
    let shop = try Workshop()
    try shop.write(
      "one.jsonl",
      """
      {"kind":"span","trace_id":"t1","span_id":"a1","name":"chat","span_kind":"chat","feature":"desk",\
      "started_at":"2026-11-25T10:00:00Z","retrieved":[{"chunk_id":"c1","in_context":true},{"chunk_id":"c2","in_context":true},\
      {"chunk_id":"c3"}]}
      {"kind":"span","trace_id":"t2","span_id":"b1","name":"chat","span_kind":"chat","feature":"desk",\
      "started_at":"2026-11-25T10:00:00Z","retrieved":[{"chunk_id":"c1"}]}
      {"kind":"annotation","annotation_id":"1","subject":"k1","name":"claim_support","value":"entails","annotator_kind":"human",\
      "annotator":"ada","at":"2026-11-26T10:00:00Z","attributes":{"span":"a1","chunk_ids":["c1"]}}
      {"kind":"annotation","annotation_id":"2","subject":"k1","name":"claim_support","value":"contradicts",\
      "annotator_kind":"human","annotator":"ada","at":"2026-11-26T10:00:00Z","attributes":{"span":"a1","chunk_ids":["c2"]}}
      {"kind":"annotation","annotation_id":"3","subject":"k1","name":"correct","value":"false","annotator_kind":"human",\
      "annotator":"ada","at":"2026-11-26T10:00:00Z","attributes":{"span":"a1"}}
      {"kind":"annotation","annotation_id":"4","subject":"k1","name":"claim_support","value":"none","annotator_kind":"human",\
      "annotator":"ada","at":"2026-11-26T10:00:00Z","attributes":{"span":"b1","chunk_ids":["c1"]}}

      """)
    let stored = try shop.tally("ingest", "one.jsonl")
    #expect(stored.code == 0, "\(stored.errors)")
    let text = try shop.tally("trace", "t1").text
    #expect(text.contains("Retrieved   3 chunks, 2 of them in the context, of 1 nobody said"))
    #expect(text.contains("Perhaps     c3"))
    #expect(text.contains("k1: is entailed by c1, and it is wrong"))
    // The other answer numbers its claims alike: they are its own.
    let other = try shop.tally("trace", "t2").text
    #expect(other.contains("Retrieved   1 chunk; nobody said which were in the context"))
    #expect(other.contains("k1: nothing supports it\n"))
  }

  /// A call of which nobody recorded where its answer came from is not drowned in what is missing.
  @Test func whereNothingIsRecordedNothingIsSaid() throws {
    let shop = try Workshop()
    try shop.write(
      "one.jsonl",
      #"{"kind":"span","trace_id":"t1","span_id":"a1","name":"chat","span_kind":"chat","feature":"desk","#
        + #""started_at":"2026-11-25T10:00:00Z","model_served":"model-1","finish_reason":"stop"}"# + "\n")
    #expect(try shop.tally("ingest", "one.jsonl").code == 0)
    let text = try shop.tally("trace", "t1").text
    #expect(text.contains("Finish      stop") && !text.contains("Replay"))
    let answer = try JSON(Data(shop.tally("trace", "t1", "--format", "provenance").text.utf8))["answers", 0]
    #expect(answer["replay"].string == "impossible" && answer["sources"] == .null)
    #expect(answer["lacking"].list.count == 4)
  }
}
