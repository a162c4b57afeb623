import Checks
import Records
import Store
import Testing

/// How earlier findings count: looks at a growing run, and at any time.
@Suite struct EvalPowerLookTests {
  static func bench(_ settings: String) async throws -> CheckBench {
    try await CheckBench(
      CheckBench.triage("baseline: prod, candidate: new, " + settings, metrics: EvalPowerTests.improvement))
  }

  /// One hundred items of which the candidate wins and loses so many, numbered from `from`.
  static func batch(_ from: Int, lost: Int = 5, won: Int = 8) -> [TrialRecord] {
    Trials.paired(both: 60, lost: lost, won: won, neither: 40 - lost - won) { $0.item += "-\(from)" }
  }

  @Test func aThirdLookAtAGrowingRunIsPeeking() async throws {
    let bench = try await EvalPowerLookTests.bench("version: ~")
    for number in 1...3 {
      try await bench.append(EvalPowerLookTests.batch(number))
      let finding = try await bench.look()
      #expect(finding.looks == number)
      #expect(finding.allCodes.contains("PEEKED") == (number == 3))
      // The same items again are no new look.
      let again = try await bench.look()
      #expect(again.looks == number)
      #expect(again.reasons == finding.reasons)
    }
    let peeked = try await bench.finding("eval-power")
    #expect(peeked.codes(.unknown) == ["PEEKED"])
    #expect(peeked.reasons[0].text.contains("100, 200 items"))
    #expect(peeked.missing.map(\.howMuch) == [nil])
  }

  @Test func anotherConfigurationIsAnotherComparison() async throws {
    let bench = try await EvalPowerLookTests.bench("version: ~")
    for number in 1...2 {
      try await bench.append(EvalPowerLookTests.batch(number))
      try await bench.look()
    }
    for number in 1...3 {
      try await bench.append(
        EvalPowerLookTests.batch(number).filter { $0.variant == "new" }.map {
          var trial = $0
          trial.configSHA256 = "another"
          return trial
        } + (number == 3 ? EvalPowerLookTests.batch(3).filter { $0.variant == "prod" } : []))
    }
    let finding = try await bench.finding("eval-power")
    #expect(finding.looks == 1)
    #expect(!finding.allCodes.contains("PEEKED"))
    #expect(finding.value("items") == 300)
  }

  @Test func oneLookAtThePlannedNumber() async throws {
    let bench = try await EvalPowerLookTests.bench("planned_n: 200")
    try await bench.append(EvalPowerLookTests.batch(1))
    let early = try await bench.look()
    #expect(early.codes(.unknown) == ["NOT_YET"])
    #expect(early.missing == [Finding.Missing("planned items", 100)])
    try await bench.append(EvalPowerLookTests.batch(2))
    let planned = try await bench.look()
    #expect(planned.codes(.unknown) == ["INCONCLUSIVE"])
    #expect(planned.looks == 2)
    #expect(try await bench.look().codes(.unknown) == ["INCONCLUSIVE"])
    try await bench.append(EvalPowerLookTests.batch(3))
    #expect(try await bench.look().codes(.unknown) == ["PEEKED"])
  }

  /// An item without a score was looked at: one lost score does not keep the plan from being reached.
  @Test func itemsWithoutAScoreCountAsPlanned() async throws {
    let bench = try await EvalPowerLookTests.bench("planned_n: 200")
    var batch = EvalPowerLookTests.batch(1)
    let lost = try #require(batch.firstIndex { $0.variant == "new" })
    (batch[lost].passed, batch[lost].score) = (nil, nil)
    try await bench.append(batch)
    #expect(try await bench.look().missing.contains(Finding.Missing("planned items", 100)))
    try await bench.append(EvalPowerLookTests.batch(2))
    let planned = try await bench.look()
    #expect(planned.codes(.unknown) == ["INCONCLUSIVE"])
    #expect(planned.value("items") == 199)
    // The lost score arrives: nothing new was looked at.
    try await bench.append([EvalPowerLookTests.batch(1)[lost]])
    let complete = try await bench.look()
    #expect(complete.codes(.unknown) == ["INCONCLUSIVE"] && complete.value("items") == 200)
    try await bench.append(EvalPowerLookTests.batch(3))
    #expect(try await bench.look().codes(.unknown) == ["PEEKED"])
  }

  @Test func anyLookIsValidAndTheSmallestPValueStays() async throws {
    let bench = try await EvalPowerLookTests.bench("looks: anytime, planned_n: 1000")
    try await bench.append(EvalPowerLookTests.batch(1, lost: 0, won: 20))
    let first = try await bench.look()
    let early = try #require(first.value("p"))
    #expect(first.codes(.pass).contains("IMPROVED"))
    // What follows is against it; the evidence that there was is not lost, though the interval may be.
    try await bench.append(EvalPowerLookTests.batch(2, lost: 18, won: 0))
    let second = try await bench.look()
    #expect(second.value("p") == early)
    #expect(second.value("e-value").map { 1 / $0 > early } == true)
    #expect(second.looks == 2)
    #expect(!second.allCodes.contains("PEEKED"))
    try await bench.append(EvalPowerLookTests.batch(3))
    #expect(try await bench.look().looks == 3)
  }

  @Test func aPValueThatWasNotToBeReadIsNotKept() async throws {
    let bench = try await EvalPowerLookTests.bench("looks: anytime")
    try await bench.append(Array(EvalPowerLookTests.batch(1, lost: 0, won: 20).dropLast(2)))
    let early = try await bench.look()
    #expect(early.codes(.unknown) == ["TOO_EARLY"])
    try await bench.append(EvalPowerLookTests.batch(2, lost: 18, won: 0))
    let later = try await bench.look()
    #expect(later.value("p") != early.value("p"))
  }

  @Test func equalInputsGiveEqualFindings() async throws {
    let bench = try await EvalPowerLookTests.bench("version: ~")
    try await bench.append(
      Trials.differences((0..<60).map { Double($0 % 7) / 10 - 0.2 }) { $1.metric = "correct" })
    let asOf = try await bench.ledger.read { $0.asOf }
    let first = try await bench.finding("eval-power")
    #expect(first.seed != nil)
    #expect(try await bench.finding("eval-power") == first)
    try await bench.append(EvalPowerLookTests.batch(9))
    try await bench.look()
    #expect(try await bench.finding("eval-power", asOf: asOf).measures == first.measures)
    #expect(try await bench.finding("eval-power", asOf: asOf).inputsSHA256 == first.inputsSHA256)
  }
}
