import Guards
import Records
import Testing

@Suite struct ClassifierGuardTests {
  static let start = Instant(nanoseconds: 1_780_272_000_000_000_000)

  static func hours(_ hours: Int64) -> Instant {
    Instant(nanoseconds: start.nanoseconds + hours * 3_600_000_000_000)
  }

  private func breaker(_ audited: Int, wrong: Int) -> ClassifierBreaker {
    var breaker = ClassifierBreaker()
    breaker.record(audited: audited, wrong: wrong, at: ClassifierGuardTests.start)
    return breaker
  }

  @Test func opensWhenTheAuditsShowTooManyErrors() {
    #expect(breaker(50, wrong: 12).state == .open)
    let eight = self.breaker(50, wrong: 8)
    #expect(eight.state == .closed && eight.audited == 50)
    #expect(abs(eight.interval.low - 0.0834) < 5e-5 && abs(eight.interval.high - 0.2851) < 5e-5)
    // Nine audits open nothing, however wrong; ten do.
    #expect(breaker(9, wrong: 9).state == .closed && breaker(10, wrong: 9).state == .open)
    #expect(breaker(0, wrong: 0).state == .closed && breaker(50, wrong: 0).state == .closed)
  }

  @Test func coolsThenProbesThenDecides() {
    func probed(_ audited: Int, wrong: Int) -> ClassifierBreaker.State {
      var breaker = self.breaker(50, wrong: 12)
      breaker.record(audited: audited, wrong: wrong, at: ClassifierGuardTests.hours(24))
      return breaker.state
    }
    var breaker = self.breaker(50, wrong: 12)
    breaker.advance(to: ClassifierGuardTests.hours(23))
    #expect(breaker.state == .open)
    breaker.record(audited: 50, wrong: 50, at: ClassifierGuardTests.hours(23))
    #expect(breaker.state == .open && breaker.audited == 0)
    breaker.advance(to: ClassifierGuardTests.hours(24))
    #expect(breaker.state == .halfOpen)
    #expect(probed(50, wrong: 0) == .closed && probed(50, wrong: 1) == .halfOpen)
    #expect(probed(100, wrong: 2) == .closed && probed(50, wrong: 12) == .open)
    #expect(probed(34, wrong: 0) == .halfOpen && probed(35, wrong: 0) == .closed)
  }

  @Test func auditsCountSinceTheLastChange() {
    var breaker = self.breaker(50, wrong: 8)
    breaker.record(audited: 50, wrong: 12, at: ClassifierGuardTests.hours(1))
    #expect(breaker.state == .open && breaker.audited == 0 && breaker.wrong == 0)
    breaker.advance(to: ClassifierGuardTests.hours(25))
    breaker.record(audited: 50, wrong: 12, at: ClassifierGuardTests.hours(26))
    #expect(breaker.state == .open)
    // It cools from when it opened again.
    breaker.advance(to: ClassifierGuardTests.hours(49))
    #expect(breaker.state == .open)
    breaker.advance(to: ClassifierGuardTests.hours(50))
    #expect(breaker.state == .halfOpen)
  }

  @Test func driftOpens() {
    var breaker = self.breaker(50, wrong: 0)
    breaker.drift(at: ClassifierGuardTests.hours(1))
    #expect(breaker.state == .open)
    breaker.drift(at: ClassifierGuardTests.hours(2))
    breaker.advance(to: ClassifierGuardTests.hours(25))
    #expect(breaker.state == .halfOpen)
    breaker.drift(at: ClassifierGuardTests.hours(26))
    #expect(breaker.state == .open)
  }

  private func router(review: String? = "1.50 USD", minority: String? = "45 USD") -> ClassifierRouter {
    ClassifierRouter(
      labels: ["majority", "minority"], review: review.flatMap { Money($0) },
      errors: [
        "majority": ["default": Money("4 USD")].compactMapValues(\.self),
        "minority": ["majority": minority.flatMap { Money($0) }].compactMapValues(\.self),
      ])
  }

  @Test func thresholdsWeighReviewsAgainstTheWorstError() throws {
    let router = self.router()
    #expect(abs(try #require(router.threshold("majority")) - 0.9667) < 5e-5)
    #expect(try #require(router.threshold("minority")) == 0.625)
    #expect(self.router(review: nil).threshold("minority") == nil)
    #expect(self.router(minority: nil).threshold("majority") == nil)
    #expect(self.router(minority: "0 USD").threshold("majority") == 0)
    #expect(self.router(review: "50 USD").threshold("majority") == 0)
  }

  @Test func decides() {
    let router = self.router()
    func decide(
      _ label: String, _ confidence: Double?, valid: Bool = true, breaker: ClassifierBreaker.State = .closed,
      draw: Double = 0
    ) -> ClassifierRouter.Decision {
      router.decide(label, confidence: confidence, isCalibratorValid: valid, breaker: breaker, draw: draw)
    }
    #expect(decide("minority", 0.625) == .automatic && decide("minority", 0.6249) == .review(.belowThreshold))
    #expect(decide("majority", 0.96) == .review(.belowThreshold) && decide("majority", 0.97) == .automatic)
    #expect(decide("OTHER", 1) == .other && decide("__proto__", 1) == .other)
    #expect(decide("minority", nil) == .review(.calibratorInvalid))
    #expect(decide("minority", 1, valid: false) == .review(.calibratorInvalid))
    #expect(decide("minority", 1, breaker: .open) == .review(.breakerOpen))
    #expect(decide("minority", 1, breaker: .halfOpen, draw: 0.0999) == .automatic)
    #expect(decide("minority", 1, breaker: .halfOpen, draw: 0.1) == .review(.breakerOpen))
    #expect(
      self.router(review: nil).decide("minority", confidence: 1, isCalibratorValid: true) == .review(.noThreshold))
  }

  @Test func breakersSayWhyTheyOpened() {
    var breaker = self.breaker(50, wrong: 12)
    #expect(breaker.cause == .errors)
    breaker.drift(at: ClassifierGuardTests.hours(1))
    #expect(breaker.cause == .errors)
    // Cooled, then the labels drift: opened anew.
    breaker.drift(at: ClassifierGuardTests.hours(24))
    #expect(breaker.state == .open && breaker.cause == .drift)
    breaker.record(audited: 50, wrong: 0, at: ClassifierGuardTests.hours(48))
    #expect(breaker.state == .closed && breaker.cause == nil)
  }
}
