import Records
import Statistics
import Testing

@testable import Checks
@testable import Store

/// `slice-coverage` exactly at its limits, and where there is nothing to divide by.
@Suite struct SliceCoverageLimitTests {
  // MARK: Floors

  @Test func smallProbabilitiesAreWrittenAsSuch() {
    #expect(SliceCoverage.pText(0.00009) == "< 0.0001")
    #expect(SliceCoverage.pText(1e-4) == NumberWords.fixed(1e-4))
    #expect(SliceCoverage.pText(0.025) == NumberWords.fixed(0.025))
  }

  /// A slice without items is no test that the others pay for, and a suite without errors has no lift.
  @Test func anEmptySliceIsNotTested() async throws {
    let bench = try await CheckBench("slices: {a: {where: {segment: a}}, b: {where: {segment: b}}}\n")
    try await SliceCoverageTests.fill(bench, "a", 19, of: 30)
    let finding = try await bench.finding("slice-coverage")
    #expect(finding.codes(.fail) == ["SLICE_BELOW_FLOOR"] && finding.codes(.unknown) == ["SLICE_UNDECIDED"])
    #expect(finding.measure("conflicting") == nil)
    #expect(close(finding.value("lift a"), 1, 1e-12))
    #expect(
      finding.reasons.last?.text
        == "Slice 'b' has no items: nothing says whether it holds its floor of 80 %.")
    let clean = try await CheckBench("slices: {a: {where: {segment: a}}}\n")
    try await SliceCoverageTests.fill(clean, "a", 12, of: 12)
    let open = try await clean.finding("slice-coverage")
    #expect(open.measure("lift a") != nil && open.value("lift a") == nil)
    let text = try #require(open.reasons.first?.text)
    #expect(text.hasSuffix("that shows neither that it holds its floor of 80 % nor that it does not."))
  }

  @Test func withoutAnyResultThereIsNoWholeSuite() async throws {
    let bench = try await CheckBench("suites: {triage: {floor: 0.8}}\n")
    try await bench.append { appender in
      for item in 0..<3 { try appender.append(TrialRecord.trial("triage", "\(item)", "v1")) }
    }
    let finding = try await bench.finding("slice-coverage")
    #expect(finding.codes(.unknown) == ["MISSING_FIELDS"])
    #expect(finding.measure("pass_rate all items") == nil && finding.value("items") == 0)
  }

  // MARK: What is counted

  private func count(_ tags: String, passes: Int, of tries: Int = 1, items: Int = 1) -> PassCount {
    PassCount(traits: [tags], tries: tries, passes: passes, items: items, missing: 0)
  }

  /// Tags are kept to look failing trials up: once each, those that pass not at all, and no more than a hundred.
  @Test func tagsOfFailingItemsAreKept() {
    var tally = SliceTally(slices: [], floor: 0.8, hasClasses: false)
    tally.add(count("{\"tag\":\"good\"}", passes: 2, of: 2))
    tally.add(count("{\"tag\":\"flaky\"}", passes: 1, of: 2))
    tally.add(count("{\"tag\":\"flaky\"}", passes: 0, of: 2))
    #expect(tally.total.failingTags.map(\.canonical) == ["{\"tag\":\"flaky\"}"])
    for number in 0..<100 { tally.add(count("{\"tag\":\"\(number)\"}", passes: 0)) }
    #expect(tally.total.failingTags.count == 100)
    #expect(tally.total.failingTags.last?.canonical == "{\"tag\":\"98\"}")
  }

  /// The error that traffic sees is one of slices that have traffic and items.
  @Test func riskNeedsTrafficAndItems() async throws {
    func risk(items: Int, spans: Int) async throws -> Double? {
      let bench = try await CheckBench(SliceCoverageTests.headAndTail)
      try await SliceCoverageTests.fill(bench, "head", 90, of: 100)
      try await SliceCoverageTests.fill(bench, "tail", 0, of: items)
      try await SliceCoverageTests.traffic(bench, ["segment": "head"], spans, prefix: "h")
      try await SliceCoverageTests.traffic(bench, ["segment": "tail"], 50, prefix: "t")
      return try await bench.finding("slice-coverage").value("risk_weighted_error")
    }
    #expect(try await close(risk(items: 0, spans: 50), 0.1, 1e-12))
    #expect(try await close(risk(items: 100, spans: 50), 0.55, 1e-12))
    #expect(try await close(risk(items: 100, spans: 0), 1, 1e-12))
    #expect(try await risk(items: 0, spans: 0) == nil)
  }

  // MARK: Discovery

  private let policy = SliceCoverage.Discovery()

  private func texts(_ discovery: SliceDiscovery, _ policy: SliceCoverage.Discovery = .init()) -> [String] {
    discovery.find(policy, known: []).map(\.rule.text)
  }

  @Test func aHundredTagsAreSearched() {
    for (tags, found) in [(99, ["late = \"x\""]), (100, [])] {
      var discovery = SliceDiscovery()
      let many = Dictionary(uniqueKeysWithValues: (0..<tags).map { ("t\($0)", "a") })
      discovery.add(tags: many, items: 500, errors: 10)
      discovery.add(tags: ["late": "x"], items: 20, errors: 20)
      #expect(texts(discovery) == found)
    }
  }

  @Test func aTagOfMoreThanAThousandValuesIsAnIdentifier() {
    for (others, found) in [(999, ["id = \"bad\""]), (1_000, [])] {
      var discovery = SliceDiscovery()
      for number in 0..<others { discovery.add(tags: ["id": "\(number)"], items: 1, errors: 0) }
      discovery.add(tags: ["id": "bad"], items: 20, errors: 20)
      #expect(texts(discovery) == found)
    }
  }

  /// Errors of a pair of tags, each of which alone is nearly as good as the rest.
  private func pair(items: Int = 30, errors: Double = 30) -> SliceDiscovery {
    var discovery = SliceDiscovery()
    discovery.add(tags: ["a": "1", "b": "1"], items: items, errors: errors)
    discovery.add(tags: ["a": "1", "b": "2"], items: 300, errors: 10)
    discovery.add(tags: ["a": "2", "b": "1"], items: 300, errors: 10)
    discovery.add(tags: ["a": "2", "b": "2"], items: 1_000, errors: 100)
    return discovery
  }

  @Test func pairsAreSearchedUpToALimit() {
    #expect(texts(pair()) == ["a = \"1\" and b = \"1\""])
    for (more, found) in [(19_996, ["a = \"1\" and b = \"1\""]), (19_997, [])] {
      var discovery = pair()
      for _ in 0..<more { discovery.add(tags: ["c": "1"], items: 0, errors: 0) }
      #expect(texts(discovery) == found && discovery.isCut == found.isEmpty)
    }
  }

  @Test func aPairNeedsItsItems() {
    var policy = policy
    policy.minItems = 30
    #expect(texts(pair(), policy).count == 1)
    policy.minItems = 31
    #expect(texts(pair(), policy).isEmpty)
  }

  /// What all items bear is no slice of them, and nothing that the others pay for.
  @Test func whatAllItemsBearIsNotTested() throws {
    var discovery = SliceDiscovery()
    discovery.add(tags: ["all": "x", "lang": "de"], items: 20, errors: 10)
    discovery.add(tags: ["all": "x", "lang": "en"], items: 500, errors: 50)
    let found = discovery.find(policy, known: [])
    #expect(found.map(\.rule.text) == ["lang = \"de\""])
    // Of four, lang = de and its pair with what all bear come first together.
    let p = Fisher.exact(a: 10, b: 10, c: 50, d: 450, alternative: .greater).pValue
    #expect(close(try #require(found.first).adjustedPValue, 2 * p, 1e-12))
  }

  @Test func aDiscoveryAtItsLimits() throws {
    var discovery = SliceDiscovery()
    discovery.add(tags: ["lang": "de"], items: 20, errors: 6)
    discovery.add(tags: ["lang": "en"], items: 500, errors: 50)
    let one = try #require(discovery.find(policy, known: []).first)
    var exact = policy
    exact.falseDiscoveryRate = one.adjustedPValue
    exact.minLift = one.lift
    #expect(discovery.find(exact, known: []) == [one])
    exact.minLift = one.lift + 1e-6
    #expect(discovery.find(exact, known: []).isEmpty)
    exact.minLift = one.lift
    exact.falseDiscoveryRate = 0.99 * one.adjustedPValue
    #expect(discovery.find(exact, known: []).isEmpty)
  }

  @Test func withoutErrorsThereIsNothingToFind() {
    var discovery = SliceDiscovery()
    #expect(texts(discovery).isEmpty)
    discovery.add(tags: ["lang": "de"], items: 100, errors: 0)
    discovery.add(tags: ["lang": "en"], items: 100, errors: 0)
    #expect(texts(discovery).isEmpty)
  }
}
