import Records
import Testing

@testable import Checks

/// All that `answer-provenance` shows: of nothing, of one answer, and of one that was wrong.
@Suite struct AnswerProvenanceShownTests {
  private typealias Bench = AnswerBench

  @Test func ofNoAnswersNothingIsDrawn() async throws {
    let none = try await Bench.finding([])
    #expect(
      none.measured == [
        "answers 0", "exact -", "degraded 0", "impossible 0", "incomplete -", "claims 0", "coverage -", "fabricated 0",
        "wrong 0", "chained 0", "record_gap -", "to_reexecute 0",
      ])
    #expect(none.drawn.isEmpty && none.next == "Get 1 more answers.")
  }

  @Test func anAnswerThatNobodyCalledWrongHasNoDiagnosis() async throws {
    let one = try await Bench.finding([Bench.answer("a")])
    #expect(
      one.measured == [
        "answers 1", "exact 1", "degraded 0", "impossible 0", "incomplete 0", "claims 0", "coverage -", "fabricated 0",
        "wrong 0", "chained 0", "record_gap -", "to_reexecute 1",
      ])
    #expect(one.drawn == ["How answers can be made again 3", "Drawn to be made again 1"])
  }

  @Test func onlyDiagnosesThatWereMadeAreShown() async throws {
    let elsewhere = Bench.row("x", doc: "other", version: "v2")
    let wrong = try await Bench.finding(
      [Bench.answer("a", [elsewhere])], annotations: [Bench.wrong("a"), Bench.gold("a")])
    #expect(
      wrong.measured == [
        "answers 1", "exact 1", "degraded 0", "impossible 0", "incomplete 0", "claims 0", "coverage -", "fabricated 0",
        "wrong 1", "diagnosed RETRIEVAL_MISS 1", "chained 0", "record_gap -", "to_reexecute 1",
      ])
    #expect(
      wrong.drawn == [
        "Answer a: RETRIEVAL_MISS 1", "How answers can be made again 3", "Drawn to be made again 1",
      ])
    #expect(wrong.next == "Have the owner of retrieval look at 1 wrong answer: the right document was not found.")
  }
}
