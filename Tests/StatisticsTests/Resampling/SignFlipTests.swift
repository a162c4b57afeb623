import Statistics
import Testing

@Suite("Sign-flip test")
struct SignFlipTests {
  static let worked = [0.2, 0.1, 0, 0.3, -0.1, 0.2, 0.1, 0.2]
  /// Six clusters of four items.
  static let clusterSums: [Double] = [3, 0, 1, -1, 4, 1]

  @Test func `Enumeration equals full enumeration and SciPy`() throws {
    for row in try Fixture("sign_flip").rows {
      let result = SignFlip.test(row.doubles("differences"), seed: 1)
      #expect(result.isExact)
      #expect(isClose(result.pValue, try row.double("p"), 1e-12), "\(row)")
      #expect(
        relativeError(result.statistic, try row.double("statistic")) < 1e-9 || abs(result.statistic) < 1e-9, "\(row)")
    }
  }

  @Test func `The worked example counts 16 of 256 sign vectors`() {
    let result = SignFlip.test(Self.worked, seed: 0)
    #expect(result.pValue == 0.0625)
    #expect(result.method == .enumerated)
    #expect(isClose(result.statistic, 1.0, 1e-12))
  }

  @Test func `Whole clusters flip together`() {
    #expect(SignFlip.test(Self.clusterSums, seed: 0).pValue == 0.25)
  }

  @Test func `One magnitude is the exact binomial test, however many items`() {
    func outcome(_ base: Int, _ candidate: Int, _ equal: Int) -> SignFlipResult {
      let differences =
        [Double](repeating: -1, count: base) + [Double](repeating: 1, count: candidate)
        + [Double](repeating: 0, count: equal)
      return SignFlip.test(differences, seed: 3)
    }
    for (base, candidate, equal, p) in [(0, 3, 97, 0.25), (0, 5, 95, 0.0625), (0, 6, 94, 0.03125)] {
      #expect(isClose(outcome(base, candidate, equal).pValue, p, 1e-14))
    }
    #expect(abs(outcome(5, 8, 87).pValue - 0.581) < 5e-4)
    let large = outcome(40, 72, 688)
    #expect(abs(large.pValue - 0.0032) < 5e-5)
    #expect(large.method == .binomial)
  }

  @Test func `Steps that differ only by rounding are one magnitude`() {
    let differences = (0..<30).map { $0 % 3 == 0 ? 0.3 - 0.2 : 0.7 - 0.8 }
    let result = SignFlip.test(differences, seed: 0)
    #expect(result.method == .binomial)
    let expected = SignFlip.test((0..<30).map { $0 % 3 == 0 ? 1 : -1 }, seed: 0)
    #expect(result.pValue == expected.pValue)
  }

  @Test func `Nothing to flip gives p 1`() {
    #expect(SignFlip.test([], seed: 0).pValue == 1)
    #expect(SignFlip.test([0, 0, 0], seed: 0).pValue == 1)
    #expect(SignFlip.test([0, 2.5], seed: 0).pValue == 1)
  }

  @Test func `A balanced sum gives p 1 whichever way it is computed`() {
    let balanced = (1...15).flatMap { [Double($0), -Double($0)] }
    #expect(SignFlip.test(balanced, seed: 0).pValue == 1)
    #expect(SignFlip.test(balanced, exactLimit: 30, seed: 0).pValue == 1)
  }

  @Test func `The smallest p of a few clusters`() {
    #expect(SignFlip.smallestPValue(units: 5) == 0.0625)
    #expect(SignFlip.smallestPValue(units: 6) == 0.03125)
    #expect(SignFlip.smallestPValue(units: 0) == 1)
    #expect(SignFlip.test([1, 2, 3, 4, 5, 6.5], seed: 0).pValue == SignFlip.smallestPValue(units: 6))
  }

  @Test func `Enumeration reaches 40 differences and agrees with the closed form`() {
    // Magnitudes 1 and 1 + 1e-9: sums keep the order of the binomial test of equal steps, but not its closed form.
    let nearly = (0..<40).map { index in (index < 13 ? -1.0 : 1.0) * (index == 20 ? 1 + 1e-9 : 1) }
    let result = SignFlip.test(nearly, exactLimit: 40, seed: 0)
    #expect(result.method == .enumerated)
    let equal = SignFlip.test(nearly.map { $0.rounded() }, seed: 0)
    #expect(result.pValue <= equal.pValue)
    // The flipped odd step loses a tie with the observed sum: of the C(40,13) tied vectors, those that flip it.
    let lost = 2 * 12_033_222_880.0 * 13 / 40 / 1_099_511_627_776
    #expect(isClose(result.pValue, equal.pValue - lost, 1e-12))
  }
}

@Suite("Sign-flip resampling")
struct SignFlipResamplingTests {
  @Test(arguments: [1, 7, 8, 63, 64, 65, 130, 200])
  func `Eight signs a look-up is the same as one sign a bit`(count: Int) {
    var generator = Xoshiro256StarStar(seed: UInt64(count))
    let differences = (0..<count).map { _ in generator.nextUnit() - 0.4 }
    let resamples = 400
    var sums = [Double](repeating: 0, count: resamples)
    var signs = Xoshiro256StarStar(seed: 11)
    for start in stride(from: 0, to: count, by: 64) {
      for index in sums.indices {
        let word = signs.next()
        for item in start..<min(start + 64, count) {
          sums[index] += (word >> UInt64(item - start)) & 1 == 1 ? differences[item] : -differences[item]
        }
      }
    }
    let observed = abs(differences.reduce(0, +))
    let hits = sums.count { abs($0) >= observed - 1e-9 }
    let result = SignFlip.test(differences, exactLimit: 0, resamples: resamples, seed: 11)
    if count > 1 {
      #expect(result.pValue == Double(1 + hits) / Double(1 + resamples))
      #expect(result.method == .resampled(resamples: resamples))
    } else {
      #expect(result.method == .binomial)
    }
  }

  @Test func `Many resamples approach enumeration`() {
    for seed in 0..<20 as Range<UInt64> {
      var generator = Xoshiro256StarStar(seed: seed)
      let differences = (0..<24).map { _ in generator.nextUnit() - 0.38 }
      let exact = SignFlip.test(differences, exactLimit: 24, seed: 0).pValue
      let resamples = 100_000
      let estimate = SignFlip.test(differences, resamples: resamples, seed: seed).pValue
      let error = (exact * (1 - exact) / Double(resamples)).squareRoot()
      #expect(abs(estimate - exact) < 5 * error + 2 / Double(resamples))
    }
  }

  @Test func `A large sample is nearly normal`() {
    var generator = Xoshiro256StarStar(seed: 5)
    let differences = (0..<5_000).map { _ in generator.nextUnit() - 0.493 }
    let squares = differences.reduce(0) { $0 + $1 * $1 }
    let expected = 2 * Normal.standard.survival(abs(differences.reduce(0, +)) / squares.squareRoot())
    let result = SignFlip.test(differences, resamples: 50_000, seed: 9)
    #expect(abs(result.pValue - expected) < 5 * (expected * (1 - expected) / 50_000).squareRoot() + 1e-4)
  }

  @Test func `A seed decides the resamples and batches do not repeat`() {
    var generator = Xoshiro256StarStar(seed: 1)
    let differences = (0..<100).map { _ in generator.nextUnit() - 0.46 }
    let first = SignFlip.test(differences, resamples: 20_000, seed: 4)
    #expect(first == SignFlip.test(differences, resamples: 20_000, seed: 4))
    #expect(first != SignFlip.test(differences, resamples: 20_000, seed: 5))
    let small = SignFlip.test(differences, resamples: 16_384, seed: 4).pValue
    let twice = SignFlip.test(differences, resamples: 32_768, seed: 4).pValue
    #expect(small != twice)
    #expect(abs(small - twice) < 0.02)
  }

  @Test func `The p-value is never 0`() {
    let differences = (0..<50).map { Double(1 + $0) }
    #expect(SignFlip.test(differences, resamples: 999, seed: 0).pValue == 0.001)
  }
}

@Suite("Sign-flip properties")
struct SignFlipPropertyTests {
  static func sample(_ count: Int, _ seed: UInt64) -> [Double] {
    var generator = Xoshiro256StarStar(seed: seed)
    return (0..<count).map { _ in Normal.standard.quantile(generator.nextUnit()) }
  }

  /// 2,000 null samples: the share of p ≤ α lies where a binomial count does in all but one of a million tries.
  @Test(arguments: [12, 40])
  func `p is uniform where there is no difference`(count: Int) {
    let worlds = 2_000
    let pValues = (0..<worlds).map { world in
      SignFlip.test(Self.sample(count, UInt64(1000 + world)), resamples: 999, seed: UInt64(world)).pValue
    }
    for alpha in [0.01, 0.05, 0.1, 0.25, 0.5] {
      // With 12 items p moves in steps of 2/4096: the level that is really reached.
      let reached = count == 12 ? (alpha * 2048).rounded(.down) / 2048 : alpha
      let rejections = pValues.count { $0 <= alpha }
      let null = Binomial(trials: worlds, probability: reached)
      #expect(null.cumulative(rejections) > 5e-7, "\(rejections) at \(alpha)")
      #expect(null.survival(rejections - 1) > 5e-7, "\(rejections) at \(alpha)")
    }
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `Order, unit and direction do not matter`(seed: UInt64) {
    let differences = Self.sample(6 + Int(seed % 14), seed)
    let p = SignFlip.test(differences, seed: 0).pValue
    var generator = Xoshiro256StarStar(seed: seed)
    #expect(SignFlip.test(differences.shuffled(using: &generator), seed: 1).pValue == p)
    #expect(SignFlip.test(differences.map { -$0 }, seed: 2).pValue == p)
    for scale in [1e-15, 0.3, 1e9] {
      #expect(SignFlip.test(differences.map { $0 * scale }, seed: 3).pValue == p)
    }
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `Unit and direction do not matter to resamples either`(seed: UInt64) {
    let differences = Self.sample(150, seed)
    let p = SignFlip.test(differences, resamples: 2_000, seed: 8).pValue
    #expect(SignFlip.test(differences.map { -$0 }, resamples: 2_000, seed: 8).pValue == p)
    for scale in [0x1p-60, 8, 1e6] {
      #expect(SignFlip.test(differences.map { $0 * scale }, resamples: 2_000, seed: 8).pValue == p)
    }
  }

  @Test func `Zero differences change nothing`() {
    let differences = Self.sample(15, 77)
    let padded = differences.flatMap { [$0, 0.0, 0.0] }
    let result = SignFlip.test(padded, seed: 0)
    #expect(result.pValue == SignFlip.test(differences, seed: 0).pValue)
    #expect(result.method == .enumerated)
  }
}
