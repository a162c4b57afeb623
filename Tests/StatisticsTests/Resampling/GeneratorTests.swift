@testable import Statistics
import Testing

@Suite("Random numbers")
struct GeneratorTests {
  @Test func `xoshiro256** equals its definition, jumps included`() throws {
    for row in try Fixture("xoshiro").rows {
      let seed = try #require(UInt64(row["seed"]))
      var generator = Xoshiro256StarStar(seed: seed)
      for _ in 0..<(try row.int("jumps")) {
        generator.jump()
      }
      for output in row["outputs"].split(separator: " ") {
        #expect(String(generator.next()) == output, "\(row.origin)")
      }
    }
  }

  /// The numbers that the authors' C code gives from the state 1, 2, 3, 4.
  @Test func `Known outputs`() throws {
    var generator = try #require(Xoshiro256StarStar(state: (1, 2, 3, 4)))
    let expected: [UInt64] = [
      11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360, 607_988_272_756_665_600,
    ]
    for value in expected {
      #expect(generator.next() == value)
    }
    #expect(Xoshiro256StarStar(state: (0, 0, 0, 0)) == nil)
  }

  @Test func `Unit numbers are inside and uniform`() {
    var generator = Xoshiro256StarStar(seed: 3)
    var cells = [Double](repeating: 0, count: 64)
    for _ in 0..<64_000 {
      let unit = generator.nextUnit()
      #expect(unit > 0 && unit < 1)
      cells[Int(unit * 64)] += 1
    }
    #expect(chiSquared(cells, [Double](repeating: 1000, count: 64)) > 1e-4)
  }

  @Test(arguments: [1, 2, 3, 7, 100, 1000])
  func `Positions are uniform`(count: Int) {
    var generator = Xoshiro256StarStar(seed: UInt64(count))
    let index = UniformIndex(count: count)
    var cells = [Double](repeating: 0, count: count)
    for _ in 0..<(count * 50) {
      let (first, second) = index.pair(&generator)
      cells[first] += 1
      cells[second] += 1
    }
    #expect(count == 1 || chiSquared(cells, [Double](repeating: 100, count: count)) > 1e-4)
  }

  /// 3·2³⁰ positions: a quarter of all products is rejected, and without that a third of positions is twice as likely.
  @Test func `Positions are uniform where most products are biased`() {
    var generator = Xoshiro256StarStar(seed: 8)
    let index = UniformIndex(count: 3 << 30)
    var cells = [Double](repeating: 0, count: 3)
    for _ in 0..<15_000 {
      let (first, second) = index.pair(&generator)
      cells[first % 3] += 1
      cells[second % 3] += 1
    }
    #expect(chiSquared(cells, [10_000, 10_000, 10_000]) > 1e-4)
  }

  @Test(arguments: [
    (1, 0.5), (5, 0.3), (20, 0.5), (40, 0.9), (100, 0.02), (100, 0.1), (1000, 0.003), (1000, 0.4), (100_000, 0.5),
    (1_000_000, 0.0001), (25, 0.4),
  ])
  func `Binomial counts follow their probabilities`(trials: Int, probability: Double) {
    var generator = Xoshiro256StarStar(seed: UInt64(trials))
    let draws = 40_000
    let binomial = Binomial(trials: trials, probability: probability)
    let low = binomial.quantile(0.001)
    let high = max(low + 1, binomial.quantile(0.999))
    // A cell a count between, and one for each tail.
    var cells = [Double](repeating: 0, count: high - low + 1)
    for _ in 0..<draws {
      let count = BinomialSampler.draw(trials: trials, probability: probability, &generator)
      #expect(count >= 0 && count <= trials)
      cells[min(max(count, low), high) - low] += 1
    }
    let expected = (low...high).map { count in
      let share =
        count == low
        ? binomial.cumulative(low) : count == high ? binomial.survival(high - 1) : binomial.probability(count)
      return share * Double(draws)
    }
    #expect(chiSquared(cells, expected) > 1e-4)
  }

  @Test func `Binomial counts without chance`() {
    var generator = Xoshiro256StarStar(seed: 1)
    #expect(BinomialSampler.draw(trials: 10, probability: 0, &generator) == 0)
    #expect(BinomialSampler.draw(trials: 10, probability: 1, &generator) == 10)
    #expect(BinomialSampler.draw(trials: 0, probability: 0.5, &generator) == 0)
  }

  /// The p-value of Pearson's test; cells that expect fewer than five are joined with their successors.
  private func chiSquared(_ observed: [Double], _ expected: [Double]) -> Double {
    var statistic = 0.0
    var cells = 0
    var seen = 0.0
    var due = 0.0
    for index in observed.indices {
      seen += observed[index]
      due += expected[index]
      if due >= 5 || index == observed.count - 1 {
        statistic += (seen - due) * (seen - due) / max(due, 1e-9)
        cells += 1
        seen = 0
        due = 0
      }
    }
    return ChiSquared(degreesOfFreedom: Double(max(1, cells - 1))).survival(statistic)
  }
}
