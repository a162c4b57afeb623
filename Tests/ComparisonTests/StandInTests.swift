@testable import Comparison
import Statistics
import Testing

/// The methods that stand in where the usual ones fail: when they do, what they give, and that they say so.
@Suite struct StandInTests {
  /// Differences of binary items with repeats (or clusters), as a sample that has them.
  static func sample(_ differences: [Double], clusters: [Int32] = []) -> PairedSample {
    var sample = PairedSample()
    sample.base = differences.map { max(-$0, 0) }
    sample.candidate = differences.map { max($0, 0) }
    sample.clusters = clusters
    sample.clusterCount = Set(clusters).count
    sample.isProportion = true
    return sample
  }

  static func arm(_ scores: [Double], clusters: [Int32] = [], isProportion: Bool = true) -> ArmSample {
    ArmSample(
      scores: scores, clusters: clusters, clusterCount: Set(clusters).count, isBinary: false,
      isProportion: isProportion)
  }

  static let inference = Inference(policy: ComparisonPolicy(), seed: 1)

  struct Sparse: Sendable {
    var differences: [Double]
    var clusters: [Int32] = []
    var standardError: Double
    var degreesOfFreedom: Double
    var low: Double
    var high: Double
  }

  /// From an independent implementation in Python, with numpy and SciPy.
  static let sparse = [
    Sparse(
      differences: [Double](repeating: 0, count: 20), standardError: 0, degreesOfFreedom: 19, low: -0.179680680,
      high: 0.179680680),
    Sparse(
      differences: [0.2] + [Double](repeating: 0, count: 19), standardError: 0.01, degreesOfFreedom: 19,
      low: -0.0327986564, high: 0.0599294896),
    Sparse(
      differences: [0.2, 0.4, -0.2] + [Double](repeating: 0, count: 17), standardError: 0.0247088307,
      degreesOfFreedom: 19, low: -0.0545239833, high: 0.1035757508),
    Sparse(
      differences: [1, 1] + [Double](repeating: 0, count: 18) + [-1, 0, 0, 0],
      clusters: (0..<24).map { Int32($0 / 4) }, standardError: 0.1003466215, degreesOfFreedom: 5,
      low: -0.3514524158, high: 0.4248955068),
    Sparse(
      differences: [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], clusters: [0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 5],
      standardError: 0.1108311769, degreesOfFreedom: 3.2382627313, low: -0.2240965055, high: 0.6278478786),
  ]

  @Test(arguments: sparse) func fewDifferingUnitsGetTangosInterval(_ example: Sparse) throws {
    let sample = StandInTests.sample(example.differences, clusters: example.clusters)
    let method = StandInTests.inference.defaultMethod(sample)
    let evidence = try #require(try StandInTests.inference.evidence(sample, method: method))
    #expect(WorkedExampleTests.close(evidence.standardError, example.standardError, 1e-9))
    #expect(WorkedExampleTests.close(evidence.degreesOfFreedom, example.degreesOfFreedom, 1e-9))
    #expect(WorkedExampleTests.close(evidence.low, example.low, 1e-9))
    #expect(WorkedExampleTests.close(evidence.high, example.high, 1e-9))
    #expect(evidence.intervalMethod == "Tango score interval on the effective sample")
    #expect(evidence.replacement?.contains("differ between the arms") == true)
  }

  @Test func lowerIsBetterMirrorsTheStandIn() throws {
    var policy = ComparisonPolicy()
    policy.lowerIsBetter = true
    let example = StandInTests.sparse[2]
    let mirrored = try #require(
      try Inference(policy: policy, seed: 1).evidence(StandInTests.sample(example.differences), method: .signFlip))
    #expect(WorkedExampleTests.close(mirrored.low, -example.high, 1e-9))
    #expect(WorkedExampleTests.close(mirrored.high, -example.low, 1e-9))
  }

  @Test func realScoresNeverSwitch() throws {
    var sample = StandInTests.sample(StandInTests.sparse[2].differences)
    sample.isProportion = false
    let evidence = try #require(try StandInTests.inference.evidence(sample, method: .signFlip))
    #expect(evidence.intervalMethod == "paired t interval")
    #expect(evidence.replacement == nil)
    #expect(WorkedExampleTests.close(evidence.low, 0.02 - 2.093024054 * 0.0247088307, 1e-9))
  }

  @Test func manyDifferingUnitsKeepTheTInterval() throws {
    let half = [0.5, -0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0.5, 0.5, 0.5] + [Double](repeating: 0, count: 12)
    let kept = try #require(try StandInTests.inference.evidence(StandInTests.sample(half), method: .signFlip))
    #expect(kept.intervalMethod == "paired t interval")
    #expect(kept.replacement == nil)
    let clusters = (0..<24).map { Int32($0 / 4) }
    let worked = StandInTests.sample(WorkedExampleTests.example5, clusters: clusters)
    let five = try #require(try StandInTests.inference.evidence(worked, method: .clusterRobust))
    #expect(WorkedExampleTests.close(five.low, -0.155152, 1e-6))
    #expect(WorkedExampleTests.close(five.high, 0.821819, 1e-6))
    #expect(five.replacement == nil)
  }

  @Test func anIntervalOfRatesIsNeverAPoint() throws {
    let sample = StandInTests.sample([Double](repeating: 0.5, count: 12))
    let evidence = try #require(try StandInTests.inference.evidence(sample, method: .signFlip))
    #expect(evidence.low < 0.5 - 0.1)
    #expect(evidence.high > 0.5 + 0.1)
    #expect(evidence.replacement?.contains("same amount") == true)
  }

  @Test func oneArmGetsWilsonOnItsEffectiveSample() {
    // p 3/8, SE² from four clusters of two: r = .25, −.75, 1.25, −.75.
    let summary = StandInTests.inference.summary(
      StandInTests.arm([1, 0, 0, 0, 1, 1, 0, 0], clusters: [0, 0, 1, 1, 2, 2, 3, 3]), name: "arm")
    let variance = 4.0 / 3 * (0.0625 + 0.5625 + 1.5625 + 0.5625) / 64
    let trials = 0.375 * 0.625 / variance
    let t = 3.182446305284263
    let centre = (0.375 + t * t / (2 * trials)) / (1 + t * t / trials)
    let reach = t / (1 + t * t / trials) * (0.375 * 0.625 / trials + t * t / (4 * trials * trials)).squareRoot()
    #expect(summary.mean == 0.375)
    #expect(WorkedExampleTests.close(summary.low, centre - reach, 1e-9))
    #expect(WorkedExampleTests.close(summary.high, centre + reach, 1e-9))
    #expect(summary.method == "Wilson on the effective sample")
    let all = StandInTests.inference.summary(StandInTests.arm([1, 1, 1, 1], clusters: [0, 0, 1, 2]), name: "arm")
    #expect(all.high == 1)
    #expect((all.low ?? 1) < 0.5)
  }

  @Test func unpairedClustersArePermutedWhole() throws {
    let clusters = (0..<12).map { Int32($0 / 2) }
    let base = StandInTests.arm([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], clusters: clusters)
    let candidate = StandInTests.arm([1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1], clusters: clusters)
    let method = StandInTests.inference.defaultMethod(base, candidate)
    let evidence = try #require(
      try StandInTests.inference.evidence(base: base, candidate: candidate, method: method))
    // Five clusters of 2 and one of the two clusters of 1, in either arm: 4 of the C(12, 6) = 924 divisions.
    #expect(evidence.testName == "exact permutation of clusters between arms")
    #expect(WorkedExampleTests.close(evidence.pValue, 4.0 / 924, 1e-12))
    #expect(evidence.intervalMethod == "Newcombe from cluster-robust Wilson limits")
    #expect(evidence.low > 0)
    #expect(evidence.high <= 1)
    #expect(evidence.replacement?.contains("permutation of whole clusters") == true)
    let repeated = try #require(
      try StandInTests.inference.evidence(
        base: StandInTests.arm([0.5, 0, 0, 0.5, 0, 1]), candidate: StandInTests.arm([1, 1, 0.5, 1, 1, 1]),
        method: .welch))
    #expect(repeated.intervalMethod == "Newcombe from Wilson limits on the effective sample")
    #expect(repeated.testName == "exact permutation of items between arms")
  }

  @Test func realClustersKeepTheTInterval() throws {
    let clusters: [Int32] = [0, 0, 1, 1, 2, 2, 2]
    let base = StandInTests.arm([1.5, 2, 3, 2.5, 1, 1.25, 2], clusters: clusters, isProportion: false)
    let candidate = StandInTests.arm([4, 5, 5.5, 6, 3.5, 4.5, 4], clusters: clusters, isProportion: false)
    let evidence = try #require(
      try StandInTests.inference.evidence(base: base, candidate: candidate, method: .clusterRobust))
    #expect(evidence.intervalMethod == "cluster-robust t interval")
    #expect(evidence.pValue == 0.1)
    #expect((evidence.degreesOfFreedom ?? 9) < 2)
  }

  @Test(arguments: [(20, 30, 50, 0.0569, true), (43, 57, 100, 0.0560, true), (25, 35, 50, 0.0430, true)])
  func smallUnpairedRatesGetTheLargerP(base: Int, candidate: Int, items: Int, p: Double, replaced: Bool) throws {
    let result = try Comparer(
      table: WorkedExampleTests.unpaired(base: (base, items), candidate: (candidate, items)),
      policy: ComparisonPolicy()
    ).compare()
    #expect(WorkedExampleTests.close(result.evidence?.pValue, p, 5e-5))
    #expect(result.evidence?.testName == "Storer–Kim unconditional test")
    #expect(result.reasons.contains { $0.code == .methodReplaced } == replaced)
  }

  @Test func unequalSmallArmsArePermutedStudentised() throws {
    let small = (0..<8).map { 0.3 * Double($0 * $0 % 7) }
    let large = (0..<20).map { 1 + 0.45 * Double($0 * $0 % 11) }
    let base = StandInTests.arm(small, isProportion: false)
    let evidence = try #require(
      try StandInTests.inference.evidence(
        base: base, candidate: StandInTests.arm(large, isProportion: false), method: .welch))
    #expect(evidence.testName == "studentised permutation of items between arms, 10000 resamples")
    #expect(evidence.intervalMethod == "Welch t interval")
    #expect(evidence.replacement != nil)
    let equal = try #require(
      try StandInTests.inference.evidence(
        base: base, candidate: StandInTests.arm(Array(large.prefix(12)), isProportion: false), method: .welch))
    #expect(equal.testName == "Welch t test")
    #expect(equal.replacement == nil)
  }

  @Test func fewDiscordantPairsAtAnyLookGetTangosInterval() throws {
    func look(_ base: Int, _ candidate: Int) throws -> Evidence {
      var policy = ComparisonPolicy()
      policy.sequential = true
      policy.plannedItems = 1_000
      let table = try TrialTable(
        both: 150, baseOnly: base, candidateOnly: candidate, neither: 50 - base - candidate
      ).join()
      return try #require(try Comparer(table: table, policy: policy).compare().evidence)
    }
    let none = try look(0, 0)
    // ±z²/(t + z²) with z² = 2(tρ² + 1)/(tρ²)·ln(√(tρ² + 1)/α).
    let squared = 10.993951468348484
    #expect(WorkedExampleTests.close(none.high, squared / (200 + squared), 1e-9))
    #expect(none.low == -none.high)
    #expect(none.intervalMethod == "Tango score interval at the sequence's limit")
    #expect(try look(2, 7).replacement != nil)
    #expect(try look(2, 8).replacement == nil)
  }

  @Test func anUnpairedArmThatAlwaysPassesKeepsAWidthAtAnyLook() throws {
    var policy = ComparisonPolicy()
    policy.sequential = true
    policy.plannedItems = 500
    let inference = Inference(policy: policy, seed: 1)
    func arm(_ fails: Int, clusters: [Int32] = []) -> ArmSample {
      var arm = StandInTests.arm((0..<200).map { $0 < fails ? 0 : 1 }, clusters: clusters)
      arm.isBinary = true
      return arm
    }
    let same = try #require(inference.anytime(base: arm(0), candidate: arm(0)))
    // Wilson's upper limit of 0 of n at z is z²/(n + z²); both arms are alike, so Newcombe's distance is that.
    let reach = try #require(inference.sequence(count: 200)?.criticalValue(count: 200))
    #expect(WorkedExampleTests.close(same.high, reach * reach / (200 + reach * reach), 1e-12))
    #expect(same.low == -same.high)
    #expect(same.replacement?.contains("fewer than 10") == true)
    #expect(inference.anytime(base: arm(9), candidate: arm(100))?.replacement != nil)
    #expect(inference.anytime(base: arm(10), candidate: arm(190))?.replacement == nil)

    // Forty clusters of five: t counts clusters, and the interval is wider than that of 200 items.
    let clusters = (0..<200).map { Int32($0 / 5) }
    let clustered = try #require(
      inference.anytime(base: arm(100, clusters: clusters), candidate: arm(120, clusters: clusters)))
    #expect(clustered.intervalMethod == "asymptotic confidence sequence over clusters per arm")
    #expect(inference.anytimeCount(arm(1, clusters: clusters), arm(1)) == 40)
    let plain = try #require(inference.anytime(base: arm(100), candidate: arm(120)))
    #expect(clustered.high - clustered.low > 2 * (plain.high - plain.low))
  }
}
