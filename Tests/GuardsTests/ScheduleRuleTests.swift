import Guards
import Records
import Testing

/// When what runs by the clock is due.
struct ScheduleRuleTests {
  private func at(_ text: String) throws -> Instant { try #require(Instant(text)) }

  @Test func distancesAreKeptAndMissedOnesCountAsOne() throws {
    let rule = ScheduleRule.every(.seconds(3_600))
    let last = try at("2026-03-01T10:00:00Z")
    #expect(rule.next(after: last) == (try at("2026-03-01T11:00:00Z")))
    #expect(rule.due(after: last, now: try at("2026-03-01T10:59:59.999999999Z")) == nil)
    #expect(rule.due(after: last, now: try at("2026-03-01T11:00:00Z")) == (try at("2026-03-01T11:00:00Z")))
    // Five are missed: it runs once, and goes on in its rhythm.
    #expect(rule.due(after: last, now: try at("2026-03-01T15:20:00Z")) == (try at("2026-03-01T15:00:00Z")))
    // A clock that is set back keeps nothing from running for longer than the distance.
    let back = try at("2026-02-01T10:00:00Z")
    #expect(rule.due(after: last, now: back) == nil)
  }

  @Test func daysBeginInUTC() throws {
    let rule = ScheduleRule.daily(minute: 390)
    let last = try at("2026-03-01T06:30:00Z")
    #expect(rule.next(after: last) == (try at("2026-03-02T06:30:00Z")))
    #expect(rule.next(after: try at("2026-03-01T06:29:59Z")) == last)
    #expect(rule.due(after: last, now: try at("2026-03-02T06:29:59Z")) == nil)
    #expect(rule.due(after: last, now: try at("2026-03-02T06:30:00Z")) == (try at("2026-03-02T06:30:00Z")))
    #expect(rule.due(after: last, now: try at("2026-03-09T05:00:00Z")) == (try at("2026-03-08T06:30:00Z")))
    #expect(rule.due(after: try at("2026-03-09T05:00:00Z"), now: last) == nil)
    // Before 1970 too, and where times end.
    #expect(rule.next(after: try at("1969-12-30T07:00:00Z")) == (try at("1969-12-31T06:30:00Z")))
    #expect(rule.next(after: Instant(nanoseconds: .max)) == nil)
    #expect(
      ScheduleRule.daily(minute: 0).next(after: try at("2026-03-01T00:00:00Z")) == (try at("2026-03-02T00:00:00Z")))
  }
}
