import Guards
import Records
import Testing

@Suite struct AnswerGuardTests {
  private static func row(_ rank: Int64?, _ change: (inout AnswerRecord.Row) -> Void = { _ in }) -> AnswerRecord.Row {
    var row = AnswerRecord.Row(chunkID: "c\(rank ?? 0)", docID: "d", docSHA256: "s", rank: rank, isInContext: false)
    change(&row)
    return row
  }

  private static func record(_ retrieved: [AnswerRecord.Row]?, index: String? = "i") -> AnswerRecord {
    AnswerRecord(promptSHA256: "p", configSHA256: "c", modelServed: "m", indexSHA256: index, retrieved: retrieved)
  }

  private static let all = AnswerRecord.Field.allCases

  @Test func wholeRecordsHaveNoGaps() {
    #expect(Self.record([Self.row(1), Self.row(2)]).gaps(required: Self.all).isEmpty)
    // Nothing was retrieved, explicitly: there is no index to name.
    #expect(Self.record([], index: nil).gaps(required: Self.all).isEmpty)
  }

  @Test func whatIsRequiredMustBeThere() {
    #expect(Self.record(nil).gaps(required: Self.all).fields == [.retrieved])
    #expect(Self.record(nil, index: nil).gaps(required: Self.all).fields == [.indexSHA256, .retrieved])
    let empty = AnswerRecord(
      promptSHA256: "", configSHA256: nil, modelServed: "", indexSHA256: "", retrieved: [Self.row(1)])
    #expect(empty.gaps(required: Self.all).fields == [.promptSHA256, .configSHA256, .modelServed, .indexSHA256])
    #expect(empty.gaps(required: [.retrieved]).isEmpty)
  }

  @Test func rowsMustBeWholeAndTheirRanksUnique() {
    let broken: [(inout AnswerRecord.Row) -> Void] = [
      { $0.chunkID = nil }, { $0.docID = "" }, { $0.docSHA256 = nil }, { $0.isInContext = nil },
    ]
    for change in broken {
      let gaps = Self.record([Self.row(1, change), Self.row(2)]).gaps(required: [])
      #expect(gaps.brokenRows == 1 && !gaps.isEmpty && gaps.fields.isEmpty)
    }
    #expect(Self.record([Self.row(nil)]).gaps(required: []).brokenRows == 1)
    let equal = Self.record([Self.row(1), Self.row(1)]).gaps(required: [])
    #expect(equal.hasEqualRanks && equal.brokenRows == 0 && !equal.isEmpty)
  }

  @Test func highStakesAreWithheldAndOthersMarked() {
    let gaps = Self.record(nil).gaps(required: Self.all)
    let whole = AnswerRecord.Gaps()
    for (isHighStakes, refused) in [
      (true, AnswerGate.Decision.withhold(code: "PROVENANCE_INCOMPLETE")),
      (false, .mark(code: "PROVENANCE_INCOMPLETE")),
    ] {
      let gate = AnswerGate(isHighStakes: isHighStakes, coverageMin: 0.8)
      #expect(gate.decide(gaps, coverage: 1) == refused && gate.decide(whole, coverage: 0.79) == refused)
      #expect(gate.decide(whole, coverage: 0.8) == .deliver && gate.decide(whole, coverage: nil) == .deliver)
    }
  }

  // MARK: The chain

  private static let first = "bf0f7e4d28d3f1ab2341ba9f3c8b1ea9c639848bef2aeea303da7bde95013d4a"
  private static let second = "36c4f50491e37ed9a8ac5dbb1f8fb9c5811ebfe84930321641bba9b02bc91ca4"

  private static func link(_ index: Int64, _ output: String, _ sha256: String, answer: String? = nil)
    -> AnswerChain.Link
  {
    AnswerChain.Link(
      index: index, record: ["answer_id": .string(answer ?? "a\(index)"), "output_sha": .string(output)], sha256: sha256
    )
  }

  /// A chain of so many links.
  private static func links(_ count: Int64) -> [AnswerChain.Link] {
    var (links, last) = ([AnswerChain.Link](), AnswerChain.origin)
    for index in 1...count {
      var link = link(index, "o\(index)", "")
      link.sha256 = AnswerChain.next(after: last, link.record) ?? ""
      links.append(link)
      last = link.sha256
    }
    return links
  }

  @Test func theExampleHoldsUntilALetterIsChanged() {
    #expect(AnswerChain.firstBreak([Self.link(1, "aa", Self.first), Self.link(2, "bb", Self.second)]) == nil)
    #expect(AnswerChain.firstBreak([Self.link(1, "ac", Self.first), Self.link(2, "bb", Self.second)]) == 1)
    #expect(AnswerChain.firstBreak([Self.link(1, "aa", Self.first), Self.link(2, "b", Self.second)]) == 2)
  }

  @Test func anyOrderIsReadAndWhatIsMissingIsNamed() {
    let links = Self.links(6)
    #expect(AnswerChain.firstBreak(links.reversed()) == nil && AnswerChain.firstBreak([]) == nil)
    #expect(AnswerChain.firstBreak(links.filter { $0.index != 4 }) == 4)
    // A chain that was read from its middle on is taken on trust up to its first link.
    #expect(AnswerChain.firstBreak(Array(links.dropFirst(2))) == nil)
    var later = Array(links.dropFirst(2))
    later[1].record = "altered"
    #expect(AnswerChain.firstBreak(later) == 4)
  }

  @Test func repeatedAndImpossibleLinksBreakIt() {
    let links = Self.links(3)
    #expect(AnswerChain.firstBreak(links + [links[1]]) == nil)
    var twin = links[1]
    twin.sha256 = Self.first
    #expect(AnswerChain.firstBreak(links + [twin]) == 2)
    #expect(AnswerChain.firstBreak([Self.link(0, "x", Self.first)] + links) == 0)
    #expect(AnswerChain.firstBreak([Self.link(-7, "x", Self.first)]) == -7)
    let unspeakable = AnswerChain.Link(index: 1, record: .number(.nan), sha256: Self.first)
    #expect(AnswerChain.firstBreak([unspeakable]) == 1)
  }
}
