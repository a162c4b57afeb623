import Records
import Testing

@Suite struct MonthTests {
  @Test(
    arguments: [
      ("2026-05-31T23:59:59.999999999Z", "2026-05-01", "2026-06-01"), ("2026-06-01", "2026-06-01", "2026-07-01"),
      ("2026-12-15", "2026-12-01", "2027-01-01"), ("2024-02-29", "2024-02-01", "2024-03-01"),
      ("1969-12-31T23:59:59Z", "1969-12-01", "1970-01-01"),
    ])
  func months(instant: String, first: String, next: String) throws {
    let time = try #require(Instant(instant))
    #expect(time.monthStart == Instant(first) && time.nextMonthStart == Instant(next))
    #expect(time.monthText == String(first.prefix(7)))
  }

  @Test func theEndsOfTime() {
    let (first, last) = (Instant(nanoseconds: .min), Instant(nanoseconds: .max))
    #expect(first.monthStart <= first.nextMonthStart && last.monthStart <= last)
    #expect(last.nextMonthStart == last && Instant.start(ofDay: .max) == nil)
    #expect(Instant.start(ofDay: -1)?.description == "1969-12-31T00:00:00Z")
  }
}
