import Pricing
import Records
import Testing

struct ValidityTests {
  @Test func halfOpen() throws {
    let validity = Validity(from: try instant("2026-03-01"), to: try instant("2026-04-01"))
    #expect(!validity.contains(try instant("2026-02-28T23:59:59.999999999Z")))
    #expect(validity.contains(try instant("2026-03-01T00:00:00Z")))
    #expect(validity.contains(try instant("2026-03-31T23:59:59.999999999Z")))
    #expect(!validity.contains(try instant("2026-04-01T00:00:00Z")))
    #expect(
      Validity.always.contains(Instant(nanoseconds: .min)) && Validity.always.contains(Instant(nanoseconds: .max)))
  }

  @Test func hoursOfTheDay() throws {
    let hours = try #require(DailyHours(start: 30 * 60, end: 16 * 3600 + 30 * 60))
    #expect(!hours.contains(try instant("2026-03-01T00:29:59.999999999Z")))
    #expect(hours.contains(try instant("2026-03-01T00:30:00Z")))
    #expect(hours.contains(try instant("2026-03-01T16:29:59.999999999Z")))
    #expect(!hours.contains(try instant("2026-03-01T16:30:00Z")))
    // Before 1970, days begin at midnight too.
    #expect(hours.contains(try instant("1969-12-31T00:30:00Z")))
    #expect(!hours.contains(try instant("1969-12-31T23:00:00Z")))
  }

  @Test func hoursPastMidnight() throws {
    let night = try #require(DailyHours(start: 22 * 3600, end: 6 * 3600))
    #expect(night.contains(try instant("2026-03-01T22:00:00Z")))
    #expect(night.contains(try instant("2026-03-01T05:59:59.999999999Z")))
    #expect(!night.contains(try instant("2026-03-01T06:00:00Z")))
    #expect(!night.contains(try instant("2026-03-01T21:59:59.999999999Z")))
    #expect(DailyHours(start: 0, end: 86_400) == nil && DailyHours(start: -1, end: 5) == nil)
  }

  // MARK: Of one model

  private func prices() throws -> ModelPrices {
    ModelPrices(
      "o3",
      offers: [
        .init(try sheet([.input: "10"])),
        .init(try sheet([.input: "2"]), Validity(from: try instant("2025-06-10"))),
        .init(
          try sheet([.input: "1"]),
          Validity(from: try instant("2025-06-10"), hours: DailyHours(start: 0, end: 3600))),
      ],
      variants: [
        .init(CallModes(["service_tier": "default"]), PriceSheet(), isPartial: true),
        .init(CallModes(["service_tier": "flex"]), try sheet([.input: "0.5"]), isPartial: true),
        .init(CallModes(["processing": "batch"]), try sheet([.output: "3"]), isPartial: false),
      ])
  }

  @Test func theLastPriceThatHoldsCounts() throws {
    func input(_ time: String) throws -> UnitPrice? {
      try prices().sheet(at: try instant(time), modes: CallModes()).get()[.input]?.base
    }
    #expect(try input("2025-06-09T23:59:59Z") == (try perMillion("10")))
    #expect(try input("2025-06-10T01:00:00Z") == (try perMillion("2")))
    #expect(try input("2025-06-10T00:59:59Z") == (try perMillion("1")))
  }

  @Test func noPriceHeldThen() throws {
    let later = ModelPrices("m", offers: [.init(try sheet([.input: "1"]), Validity(from: try instant("2026-01-01")))])
    #expect(later.sheet(at: try instant("2025-12-31"), modes: CallModes()) == .failure(.notInForce))
    #expect(
      ModelPrices("m", offers: []).sheet(at: try instant("2026-01-01"), modes: CallModes()) == .failure(.notInForce))
  }

  @Test func modesChangeThePriceOrLeaveItUnknown() throws {
    let at = try instant("2026-01-01T12:00:00Z")
    func found(_ modes: [String: String]) throws -> Result<PriceSheet, PriceGap> {
      try prices().sheet(at: at, modes: CallModes(modes))
    }
    // Half of the price, and what the variant does not name as usual.
    #expect(try found(["service_tier": "flex"]) == .success(try sheet([.input: "0.5"])))
    // A whole sheet of its own.
    #expect(try found(["processing": "batch"]) == .success(try sheet([.output: "3"])))
    #expect(try found(["service_tier": "batch"]) == .success(try sheet([.output: "3"])))
    #expect(try found(["service_tier": "priority"]) == .failure(.mode(name: "service_tier", word: "priority")))
    // One mode that is known does not excuse another.
    #expect(
      try found(["service_tier": "flex", "inference_geo": "us"]) == .failure(.mode(name: "inference_geo", word: "us")))
    for usual in ["default", "standard", "Auto", "not_available", "global"] {
      #expect(try found(["service_tier": usual]) == .success(try sheet([.input: "2"])), "\(usual)")
    }
    #expect(try found(["traffic_type": "ON_DEMAND_FLEX"]) == .success(try sheet([.input: "0.5"])))
    #expect(try found(["traffic_type": "ON_DEMAND"]) == .success(try sheet([.input: "2"])))
  }
}
