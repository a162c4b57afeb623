import SeededRandom
import Records
import Testing

@Suite struct InstantTests {
  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("1970-01-01", 0), ("1969-12-31T23:59:59.999999999Z", -1),
      ("2026-03-01T12:00:00Z", 1_772_366_400_000_000_000), ("2026-03-01T14:00:00+02:00", 1_772_366_400_000_000_000),
      ("2026-03-01t06:30:00.5-05:30", 1_772_366_400_500_000_000), ("2000-02-29", 951_782_400_000_000_000),
      ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000), ("2017-01-01T00:59:60+01:00", 1_483_228_800_000_000_000),
      ("1677-09-21T00:12:43.145224192Z", .min), ("2262-04-11T23:47:16.854775807Z", .max),
    ] as [(String, Int64)])
  func isRead(text: String, nanoseconds: Int64) {
    #expect(Instant(text) == Instant(nanoseconds: nanoseconds))
  }

  @Test(arguments: [
    "", "2026", "2026-3-1", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-04-31",
    "2026-03-01T12:00", "2026-03-01T12:00:00", "2026-03-01 12:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T12:60:00Z",
    "2026-03-01T12:00:60Z", "2026-03-01T12:00:00.Z", "2026-03-01T12:00:00.1234567890Z", "2026-03-01T12:00:00+24:00",
    "2026-03-01T12:00:00+0200", "2026-03-01Z", "+2026-03-01", "2026-03-01T12:00:00Z ", "2263-01-01", "1677-09-20",
    "9999-12-31T23:59:59Z", "0000-01-01", "２026-03-01", "2026-03-01T12:00:00z\u{0}",
  ])
  func isRefused(text: String) {
    #expect(Instant(text) == nil)
  }

  @Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999999999Z"),
    (.min, "1677-09-21T00:12:43.145224192Z"),
    (.max, "2262-04-11T23:47:16.854775807Z"), (951_782_400_120_000_000, "2000-02-29T00:00:00.12Z"),
  ])
  func isWritten(nanoseconds: Int64, text: String) {
    #expect(Instant(nanoseconds: nanoseconds).description == text)
  }

  @Test func randomInstantsComeBack() {
    var generator = SplitMix(seed: 2)
    for _ in 0..<20_000 {
      let instant = Instant(
        nanoseconds: Int64(bitPattern: generator.next()) >> Int64.random(in: 0..<64, using: &generator))
      #expect(Instant(instant.description) == instant)
      #expect(Instant(instant.dateText).map { $0 <= instant } ?? (instant.nanoseconds < -9_223_286_400_000_000_000))
    }
  }

  @Test func everyDayOfFourCenturiesFollowsTheLast() {
    var last = Instant(nanoseconds: Int64.min / 2)
    let day = Duration.seconds(86_400)
    for _ in 0..<100_000 {
      guard let next = last.advanced(by: day) else { break }
      #expect(next.dateText > last.dateText && next.day == last.day + 1)
      last = next
    }
  }

  @Test func movesByDurations() throws {
    let noon = try #require(Instant("2026-03-01T12:00:00Z"))
    #expect(noon.advanced(by: .seconds(-43_200))?.description == "2026-03-01T00:00:00Z")
    #expect(noon.advanced(by: .nanoseconds(1))?.description == "2026-03-01T12:00:00.000000001Z")
    #expect(noon.advanced(by: .seconds(Int64.max / 2)) == nil)
    #expect(Instant(nanoseconds: .max).advanced(by: .nanoseconds(1)) == nil)
    let least = Instant(nanoseconds: .min)
    #expect(least.duration(to: noon) == .nanoseconds(noon.nanoseconds) - .nanoseconds(Int64.min))
    #expect(least < noon && least.day == -106_752)
  }
}
