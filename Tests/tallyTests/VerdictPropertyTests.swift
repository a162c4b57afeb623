import SeededRandom
import Foundation
import Testing

/// Two hundred small data sets of every kind: the report never contradicts itself.
struct VerdictPropertyTests {
  struct World {
    let base: [Double]
    let candidate: [Double]
    let flags: [String]
    let margin: Double
    let minEffect: Double
    let claim: String?
    let lowerIsBetter: Bool

    init(seed: UInt64) {
      var random = SplitMix(seed: seed)
      let count = Int.random(in: 1...60, using: &random)
      let kind = Int.random(in: 0..<4, using: &random)
      let lift = Double.random(in: -0.5...0.5, using: &random)
      func score(_ lift: Double) -> Double {
        let draw = Double.random(in: 0..<1, using: &random)
        return switch kind {
        case 0: draw < 0.5 + lift ? 1 : 0
        case 1: min(1, max(0, draw * 0.5 + 0.25 + lift))
        case 2: (draw * 5 + lift * 5).rounded()
        default: (draw + lift) * 1000
        }
      }
      base = (0..<count).map { _ in score(0) }
      candidate = (0..<count).map { _ in score(lift) }
      let unit = kind == 3 ? 1000.0 : kind == 2 ? 5 : 1
      claim = [nil, "improvement", "no-regression", "equivalence"][Int.random(in: 0..<4, using: &random)]
      margin = claim == nil ? 0 : [0, 0.1, 0.4][Int.random(in: 0..<3, using: &random)] * unit
      minEffect = claim == "improvement" ? [0, 0.05, 0.3][Int.random(in: 0..<3, using: &random)] * unit : 0
      lowerIsBetter = Bool.random(using: &random)
      var flags = lowerIsBetter ? ["--lower-is-better"] : []
      if let claim { flags += ["--claim", claim, "--margin", "\(margin)", "--min-effect", "\(minEffect)"] }
      if Int.random(in: 0..<5, using: &random) == 0 { flags.append("--unpaired") }
      self.flags = flags
    }
  }

  /// Exit codes and verdicts of each outcome under each claim, as `--help` has them.
  private static func map(_ outcome: String, claim: String?) -> (verdict: String, code: Int32) {
    switch outcome {
    case "IMPROVED", "IMPROVED_SMALL": ("improved", 0)
    case "REGRESSED", "WORSE_WITHIN_MARGIN": ("regressed", 1)
    case "EQUIVALENT" where claim == "equivalence" || claim == "no-regression": ("equivalent", 0)
    case "NON_INFERIOR" where claim == "no-regression": ("non-inferior", 0)
    default: ("inconclusive", 2)
    }
  }

  private static let doubts: Set<String> = [
    "DROPPED_ITEMS_DECIDE", "MISSING_SCORES", "CONFLICTING_TRIALS", "FEW_CLUSTERS", "NOT_YET", "TOO_EARLY",
    "TOO_FEW_ITEMS", "NO_TRIALS",
  ]

  @Test func verdictsFollowFromTheirEvidence() throws {
    let schema = try SchemaCheck("tally.compare-1")
    let shop = try Workshop()
    var verdicts: [String: Int] = [:]
    for seed in 0..<200 {
      let world = World(seed: UInt64(seed))
      try shop.scores("a.csv", world.base)
      try shop.scores("b.csv", world.candidate)
      let run = try shop.tally(["compare", "a.csv", "b.csv", "--format", "json", "--resamples", "999"] + world.flags)
      let context: Comment = "seed \(seed): \(world.flags) \(run.errors)"
      let json = try run.json()
      #expect(schema.faults(json) == [], context)
      let outcome = try #require(json["outcome"].string, context)
      let isDoubted = json["reasons"].list.contains { VerdictPropertyTests.doubts.contains($0.string ?? "") }
      let mapped = VerdictPropertyTests.map(outcome, claim: world.claim)
      let wanted = isDoubted ? ("inconclusive", 2) : mapped
      #expect(json["verdict"].string == wanted.0, context)
      #expect(run.code == wanted.1, context)
      verdicts[wanted.0, default: 0] += 1
      try checkNumbers(json, world: world, outcome: outcome, context: context)
    }
    // The worlds reach every verdict, or the test shows less than it says.
    for verdict in ["improved", "regressed", "inconclusive", "equivalent", "non-inferior"] {
      #expect((verdicts[verdict] ?? 0) >= 3, "\(verdict): \(verdicts)")
    }
  }

  private func checkNumbers(_ json: JSON, world: World, outcome: String, context: Comment) throws {
    guard let estimate = json["difference", "estimate"].number else {
      #expect(outcome == "INCONCLUSIVE", context)
      return
    }
    let low = try #require(json["difference", "low"].number, context)
    let high = try #require(json["difference", "high"].number, context)
    let slack = 1e-9 * max(1, abs(estimate))
    #expect(low <= estimate + slack && estimate <= high + slack, context)
    let mean = { (values: [Double]) in values.reduce(0, +) / Double(values.count) }
    let sign: Double = world.lowerIsBetter ? -1 : 1
    #expect(abs(estimate - sign * (mean(world.candidate) - mean(world.base))) < 1e-6, context)
    #expect(try abs(#require(json["base", "mean"].number) - mean(world.base)) < 1e-6, context)
    let alpha = 0.05
    switch outcome {
    case "IMPROVED", "IMPROVED_SMALL":
      #expect(estimate > 0 && low > -slack, context)
      #expect(try #require(json["test", "p"].number, context) <= alpha, context)
      #expect((outcome == "IMPROVED_SMALL") == (estimate < world.minEffect - slack), context)
    case "REGRESSED", "WORSE_WITHIN_MARGIN":
      #expect(estimate < 0 && high < slack, context)
      #expect(try #require(json["test", "p"].number, context) <= alpha, context)
      if outcome == "WORSE_WITHIN_MARGIN" { #expect(low >= -world.margin - slack, context) }
    case "EQUIVALENT":
      #expect(world.margin > 0 && low >= -world.margin - slack && high <= world.margin + slack, context)
    case "NON_INFERIOR":
      #expect(world.margin > 0 && low >= -world.margin - slack, context)
    default: break
    }
    if let p = json["test", "p"].number { #expect((0...1).contains(p), context) }
  }
}
