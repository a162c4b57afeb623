import Statistics
import Testing

@Suite("Anytime e-value")
struct BernoulliPairEValueTests {
  @Test func `The logarithm equals exact fractions`() throws {
    for row in try Fixture("pair_e_value").rows {
      let value = BernoulliPairEValue.logValue(
        baseOnly: try row.int("base_only"), candidateOnly: try row.int("candidate_only"))
      #expect(isClose(value, try row.double("log_e"), 1e-12), "\(row)")
    }
  }

  @Test func `Eight wins without a loss decide, seven do not`() {
    let seven = BernoulliPairEValue(baseOnly: 0, candidateOnly: 7)
    #expect(isClose(seven.value, 16, 1e-12))
    #expect(!seven.decides(alpha: 0.05))
    let eight = BernoulliPairEValue(baseOnly: 0, candidateOnly: 8)
    #expect(isClose(eight.value, 256.0 / 9, 1e-12))
    #expect(eight.decides(alpha: 0.05))
    #expect(!eight.decides(alpha: 0.05, family: 2))
  }

  @Test func `40 losses and 72 wins do not decide`() {
    let value = BernoulliPairEValue(baseOnly: 40, candidateOnly: 72)
    #expect(abs(value.value - 11.6) < 0.05)
    #expect(abs(value.anytimePValue - 0.086) < 5e-4)
    #expect(!value.decides(alpha: 0.05))
  }

  @Test func `The best look counts`() {
    var value = BernoulliPairEValue()
    #expect(value.value == 1 && value.anytimePValue == 1)
    value.look(baseOnly: 0, candidateOnly: 8)
    value.look(baseOnly: 8, candidateOnly: 8)
    #expect(value.value < 1)
    #expect(isClose(value.anytimePValue, 9.0 / 256, 1e-12))
    #expect(value.decides(alpha: 0.05))
  }

  @Test func `e of 20 decides exactly at 0.05`() {
    // e = 2^(b+c)/((b+c+1)·C(b+c,b)) of (0,1) is 1: the bound itself decides.
    #expect(BernoulliPairEValue(baseOnly: 0, candidateOnly: 7).decides(alpha: 1.0 / 16))
    #expect(!BernoulliPairEValue(baseOnly: 0, candidateOnly: 7).decides(alpha: 1.0 / 16.001))
  }

  @Test func `Arms may be swapped and large counts stay finite`() {
    #expect(
      BernoulliPairEValue.logValue(baseOnly: 3, candidateOnly: 11)
        == BernoulliPairEValue.logValue(baseOnly: 11, candidateOnly: 3))
    let huge = BernoulliPairEValue(baseOnly: 0, candidateOnly: 100_000)
    #expect(huge.value == .greatestFiniteMagnitude)
    #expect(huge.anytimePValue == 0 && huge.decides(alpha: 1e-300))
  }

  /// Its mean under the null is 1 at every number of discordant pairs: a martingale from 1.
  @Test(arguments: [1, 2, 9, 40])
  func `The mean under the null is 1`(pairs: Int) {
    let fair = Binomial(trials: pairs, probability: 0.5)
    var mean = 0.0
    for wins in 0...pairs {
      mean += fair.probability(wins) * BernoulliPairEValue(baseOnly: pairs - wins, candidateOnly: wins).value
    }
    #expect(isClose(mean, 1, 1e-12))
  }

  @Test func `Looking after every pair keeps the level`() {
    let worlds = 2_000
    var decisions = 0
    for world in 0..<worlds {
      var generator = Xoshiro256StarStar(seed: UInt64(world))
      var value = BernoulliPairEValue()
      for _ in 0..<500 where !value.decides(alpha: 0.05) {
        let win = generator.next() >> 63 == 1
        value.look(baseOnly: value.baseOnly + (win ? 0 : 1), candidateOnly: value.candidateOnly + (win ? 1 : 0))
      }
      decisions += value.decides(alpha: 0.05) ? 1 : 0
    }
    #expect(Binomial(trials: worlds, probability: 0.05).survival(decisions - 1) > 1e-6)
    #expect(decisions > 20)
  }
}

@Suite("Confidence sequence")
struct AsymptoticConfidenceSequenceTests {
  @Test func `Widths and p-values equal the oracle's`() throws {
    for row in try Fixture("confidence_sequence").rows {
      let alpha = try row.double("alpha")
      let sequence = try #require(AsymptoticConfidenceSequence(alpha: alpha, plannedCount: try row.int("planned")))
      let (count, deviation, mean) = (try row.int("count"), try row.double("deviation"), try row.double("mean"))
      let half = sequence.halfWidth(count: count, standardDeviation: deviation)
      #expect(relativeError(half, try row.double("half_width")) < 1e-12, "\(row)")
      let p = try #require(sequence.pValue(mean: mean, standardDeviation: deviation, count: count))
      #expect(relativeError(p, try row.double("p")) < 1e-9, "\(row)")
      let interval = try #require(sequence.interval(mean: mean, standardDeviation: deviation, count: count))
      #expect((p <= alpha) == !interval.contains(0), "\(row)")
    }
  }

  @Test(arguments: [(400, 0.0543), (1_000, 0.0336), (2_500, 0.0216)])
  func `A thousand planned`(count: Int, half: Double) throws {
    let sequence = try #require(AsymptoticConfidenceSequence(alpha: 0.05, plannedCount: 1_000))
    #expect(abs(sequence.halfWidth(count: count, standardDeviation: 0.35) - half) < 5e-5)
    let interval = try #require(sequence.interval(mean: 0.03, standardDeviation: 0.35, count: count))
    #expect(interval.contains(0) == (count < 2_500))
  }

  @Test func `The price of peeking at the planned number`() throws {
    let sequence = try #require(AsymptoticConfidenceSequence(alpha: 0.05, plannedCount: 1_000))
    let fixed = 1.959963984540054 / 1_000.0.squareRoot()
    #expect(abs(sequence.halfWidth(count: 1_000, standardDeviation: 1) / fixed - 1.55) < 0.005)
  }

  @Test func `Looking from a hundred on keeps the level`() throws {
    let sequence = try #require(AsymptoticConfidenceSequence(alpha: 0.05, plannedCount: 500))
    let worlds = 1_000
    var misses = 0
    for world in 0..<worlds {
      var generator = Xoshiro256StarStar(seed: UInt64(world))
      var (sum, squares, missed) = (0.0, 0.0, false)
      for count in 1...2_000 {
        let value = Double(generator.next() % 3) - 1
        sum += value
        squares += value * value
        guard count >= 100, !missed else { continue }
        let mean = sum / Double(count)
        let deviation = ((squares - sum * mean) / Double(count - 1)).squareRoot()
        missed = abs(mean) > sequence.halfWidth(count: count, standardDeviation: deviation)
      }
      misses += missed ? 1 : 0
    }
    #expect(Binomial(trials: worlds, probability: 0.05).survival(misses - 1) > 1e-6)
    #expect(misses > 0)
  }

  @Test func `What has no test is nil`() {
    #expect(AsymptoticConfidenceSequence(alpha: 0, plannedCount: 10) == nil)
    #expect(AsymptoticConfidenceSequence(alpha: 0.05, plannedCount: 0) == nil)
    let sequence = AsymptoticConfidenceSequence(alpha: 0.05, plannedCount: 10)
    #expect(sequence?.pValue(mean: 1, standardDeviation: 0, count: 5) == nil)
    #expect(sequence?.interval(mean: 1, standardDeviation: 1, count: 0) == nil)
    #expect(sequence?.interval(mean: 1, standardDeviation: 0, count: 5)?.width == 0)
  }
}
