internal import Simulation
public import Statistics

/// Every cell, simulated so many times.
public struct ProofRun: Sendable {
  public struct Result: Sendable {
    public let cell: ProofCell
    public let worlds: Int
    /// Worlds in which a check found what was planted, failed, or passed.
    public internal(set) var found: [String: Int] = [:]
    public internal(set) var failed: [String: Int] = [:]
    public internal(set) var passed: [String: Int] = [:]
    /// Worlds in which a check failed with a code, and in which a code left it unknown.
    public internal(set) var codes: [String: [String: Int]] = [:]
    public internal(set) var undecided: [String: [String: Int]] = [:]

    mutating func add(_ outcome: ProofOutcome) {
      for check in outcome.found { found[check, default: 0] += 1 }
      for check in outcome.passed { passed[check, default: 0] += 1 }
      for (check, seen) in outcome.failed {
        failed[check, default: 0] += 1
        for code in seen { codes[check, default: [:]][code, default: 0] += 1 }
      }
      for (check, seen) in outcome.undecided {
        for code in seen { undecided[check, default: [:]][code, default: 0] += 1 }
      }
    }

    /// The Monte Carlo interval of a count of these worlds: Clopper and Pearson's, 95 %.
    public func interval(_ count: Int) -> Interval {
      ProportionInterval.clopperPearson(successes: count, trials: worlds)
    }
  }

  public let seed: UInt64
  public let checks: [String]
  public let results: [Result]

  /// - Parameters:
  ///   - checks: ids of those that exist.
  ///   - worlds: of each cell.
  ///   - width: how many worlds are simulated at a time; the result does not depend on it.
  ///   - progress: told after each cell.
  public init(
    _ cells: [ProofCell], checks: [String], worlds: Int, seed: UInt64, concurrently width: Int,
    progress: (_ cell: ProofCell, _ done: Int, _ all: Int) -> Void = { _, _, _ in }
  ) async throws {
    self.seed = seed
    self.checks = checks
    var results: [Result] = []
    for (place, cell) in cells.enumerated() {
      var result = Result(cell: cell, worlds: worlds)
      try await withThrowingTaskGroup(of: ProofOutcome.self) { group in
        func start(_ index: Int) {
          let worldSeed = seed &+ UInt64(place * worlds + index) &* 0xd1b5_4a32_d192_ed03
          group.addTask { try await ProofWorld.outcome(cell, seed: worldSeed) }
        }
        for index in 0..<min(width, worlds) { start(index) }
        var next = width
        while let outcome = try await group.next() {
          result.add(outcome)
          if next < worlds { start(next) }
          next += 1
        }
      }
      results.append(result)
      progress(cell, place + 1, cells.count)
    }
    self.results = results
  }

  /// What a check may err at most: its two-sided tests and intervals, its one-sided promise and its Holm family all stand at
  /// 5 %.
  public static let statedError = 0.05

  /// P(at least so many | the stated error).
  public static func surprise(_ count: Int, of worlds: Int) -> Double {
    count <= 0 ? 1 : Binomial(trials: worlds, probability: statedError).survival(count - 1)
  }
}
