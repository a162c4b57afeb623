import SeededRandom
import Records
import Testing

@testable import Intake

/// Amounts and times from the text that stands in a file.
struct TextValueTests {
  private func units(_ text: String) -> Int128? {
    Array(text.utf8).withUnsafeBytes { MoneyText.units($0) }
  }

  private func instant(_ text: String) -> Instant? {
    Array(text.utf8).withUnsafeBytes { TimeText.instant(BorrowedText($0)) }
  }

  private func whole(_ text: String) -> Int64? {
    Array(text.utf8).withUnsafeBytes { NumberText.whole($0) }
  }

  @Test func moneyIsExact() {
    #expect(units("0.1") == 100_000_000_000)
    #expect(units("-12") == -12_000_000_000_000)
    #expect(units("1e-05") == 10_000_000)
    #expect(units("2.5E+3") == 2_500_000_000_000_000)
    #expect(units("0.30000000000000004") == 300_000_000_000)
    #expect(units("0.0000000000015") == 2)
    #expect(units("0.0000000000025") == 2)
    #expect(units("0.00000000000250001") == 3)
    #expect(units("1e-400") == 0)
    #expect(units("0e400") == 0)
    #expect(units("123456789012345678901234567890123456789012345678") == nil)
    #expect(units("1e27") == nil)
    for text in ["", "-", ".", "1.", ".5", "1e", "1e+", "1,5", "$1", "1 ", "0x1", "NaN", "1.2.3"] {
      #expect(units(text) == nil, "\(text)")
    }
  }

  @Test func moneyAgreesWithTheWordsOfMoney() {
    var random = SplitMix(seed: 3)
    for _ in 0..<2_000 {
      let whole = random.next() % 1_000_000
      let decimals = String(random.next() % 1_000_000_000_000)
      let text = "\(whole).\(String(repeating: "0", count: 12 - decimals.count))\(decimals)"
      #expect(units(text) == Money(text + " USD")?.units)
    }
  }

  @Test func timesAsToolsWriteThem() throws {
    let second = try #require(Instant("2026-03-01T12:00:00Z"))
    #expect(instant("2026-03-01T12:00:00Z") == second)
    #expect(instant("2026-03-01 12:00:00") == second)
    #expect(instant("2026-03-01T12:00:00") == second)
    #expect(instant("2026-03-01 14:00:00+02:00") == second)
    #expect(instant("2026-03-01") == Instant("2026-03-01T00:00:00Z"))
    #expect(instant("1772366400") == second)
    #expect(instant("1772366400000") == second)
    #expect(instant("1772366400000000") == second)
    #expect(instant("1772366400000000000") == second)
    #expect(instant("1772366400.25") == Instant("2026-03-01T12:00:00.25Z"))
    for text in ["", "12", "1.5", "noon", "2026-02-30", "2026-03-01 25:00:00", "12:00:00", "-1772366400", "99e99999"] {
      #expect(instant(text) == nil, "\(text)")
    }
  }

  @Test func wholeNumbers() {
    #expect(whole("12") == 12 && whole("-3") == -3 && whole("12.0") == 12 && whole("1e3") == 1000)
    #expect(whole("9223372036854775807") == .max && whole("-9223372036854775808") == .min)
    #expect(whole("9223372036854775808") == nil && whole("1.5") == nil && whole("") == nil && whole("-") == nil)
  }

  @Test func classesOfProbabilityColumns() throws {
    #expect(try ProbabilityColumns.names(["p0..p3"], file: "") == ["p0", "p1", "p2", "p3"])
    #expect(try ProbabilityColumns.names(["a,b", "c"], file: "") == ["a", "b", "c"])
    #expect(throws: IntakeError.self) { try ProbabilityColumns.names(["p3..p0"], file: "") }
    #expect(throws: IntakeError.self) { try ProbabilityColumns.names(["p0..q3"], file: "") }
    #expect(throws: IntakeError.self) { try ProbabilityColumns.names(["a,a"], file: "") }
    #expect(ProbabilityColumns.labels(["p0", "p1", "p10", "p11"]) == ["0", "1", "10", "11"])
    #expect(ProbabilityColumns.labels(["p10", "p11"]) == ["10", "11"])
    #expect(ProbabilityColumns.labels(["prob_cat", "prob_dog"]) == ["cat", "dog"])
    #expect(ProbabilityColumns.labels(["cat", "dog"]) == ["cat", "dog"])
    #expect(ProbabilityColumns.labels(["p", "pq"]) == ["p", "pq"])
    #expect(ProbabilityColumns.labels(["p1"]) == ["1"])
  }
}
