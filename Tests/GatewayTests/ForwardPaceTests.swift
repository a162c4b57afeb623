import Gateway
import Records
import Testing

/// When something is sent again, how often, and when not.
struct ForwardPaceTests {
  private static let now = Instant(nanoseconds: 784_111_777_000_000_000)  // 1994-11-06T08:49:37Z

  private func verdict(_ status: Int, _ retryAfter: String? = nil) -> ForwardVerdict {
    ForwardVerdict(status: status, retryAfter: retryAfter, now: ForwardPaceTests.now)
  }

  @Test(arguments: [200, 202, 204, 207, 299]) func whatWasTakenIsDone(_ status: Int) {
    #expect(verdict(status) == .sent)
  }

  /// What is about the address or the key is not the delivery's fault.
  @Test(arguments: [301, 308, 401, 404, 405, 407, 408, 429, 502, 503, 504])
  func whatIsAboutTheTargetWaits(_ status: Int) {
    #expect(verdict(status) == .away(retryAfter: nil))
  }

  @Test(arguments: [400, 402, 403, 406, 409, 413, 415, 422, 428, 430, 499])
  func whatIsAboutTheDeliveryIsGivenUp(_ status: Int) { #expect(verdict(status) == .refused) }

  @Test(arguments: [500, 501, 505, 599]) func whatAServerFailsOnIsTriedAgain(_ status: Int) {
    #expect(verdict(status) == .failed)
  }

  @Test func aTargetSaysWhenToComeBack() {
    #expect(verdict(429, "7") == .away(retryAfter: .seconds(7)))
    #expect(verdict(503, "0") == .away(retryAfter: .zero))
    #expect(verdict(503, "3600") == .away(retryAfter: .seconds(3600)))
    #expect(verdict(503, "3601") == .away(retryAfter: .seconds(3600)))
    #expect(verdict(503, "9223372036854775807") == .away(retryAfter: .seconds(3600)))
    #expect(verdict(503, "Sun, 06 Nov 1994 08:50:07 GMT") == .away(retryAfter: .seconds(30)))
    #expect(verdict(503, "Sun, 06 Nov 1994 08:49:00 GMT") == .away(retryAfter: .zero))
    for nonsense in ["", "-1", "soon", "1.5", "Sun, 06 Nox 1994 08:50:07 GMT", "Sun, 06 Nov 1994 08:50:07 CET"] {
      #expect(verdict(503, nonsense) == .away(retryAfter: nil))
    }
  }

  @Test func waitsGrowToTheLongestAndBeginAnew() {
    var pace = ForwardPace(inOrder: false)
    let least = (0..<8).map { _ in pace.failed(retryAfter: nil, random: 0) }
    #expect(least == [250, 500, 1000, 2000, 4000, 7500, 7500, 7500].map(Duration.milliseconds))
    #expect(pace.failed(retryAfter: nil, random: 1) == .seconds(15))
    #expect(pace.failed(retryAfter: .seconds(14), random: 1) == .seconds(15))
    #expect(pace.failed(retryAfter: .seconds(16), random: 1) == .seconds(16))
    for _ in 0..<1000 { _ = pace.failed(retryAfter: nil, random: 0.5) }
    pace.succeeded()
    #expect(pace.failures == 0 && pace.failed(retryAfter: nil, random: 1) == .milliseconds(500))
  }

  /// One that a target chokes on is not tried again and again while the others wait; where order matters, it is.
  @Test func whileATargetFailsOneGoesAtATime() {
    var any = ForwardPace(inOrder: false)
    var ordered = ForwardPace(inOrder: true)
    #expect(any.round(of: 64) == 0..<64 && any.width == 8)
    #expect(ordered.round(of: 64) == 0..<64 && ordered.width == 1)
    var places: [Int] = []
    for _ in 0..<4 {
      _ = any.failed(retryAfter: nil, random: 0)
      _ = ordered.failed(retryAfter: nil, random: 0)
      #expect(any.round(of: 3).count == 1 && ordered.round(of: 3) == 0..<1)
      places.append(any.round(of: 3).lowerBound)
    }
    #expect(places == [0, 1, 2, 0])
    #expect(any.round(of: 0).isEmpty)
  }
}
