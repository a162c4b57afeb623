public import Statistics

/// How often what happened in the draws of one cell.
public struct CellResult: Sendable {
  public let truth: Double
  /// Draws of which the judge said something.
  public internal(set) var draws = 0
  public internal(set) var covered = 0
  public internal(set) var rejectedByP = 0
  public internal(set) var rejectedByInterval = 0
  public internal(set) var decided = 0
  public internal(set) var decidedRightly = 0
  public internal(set) var replaced = 0

  /// Draws the cell. Equal seeds give equal results.
  public init(_ cell: Cell, seed: UInt64, judge: Judge = EngineJudge.judge) {
    truth = cell.truth
    var generator = Xoshiro256StarStar(seed: seed)
    for _ in 0..<cell.draws {
      let drawn = cell.draw(&generator)
      guard let seen = judge(drawn, cell, &generator) else { continue }
      draws += 1
      if seen.covers { covered += 1 }
      if seen.rejectsByP { rejectedByP += 1 }
      if seen.rejectsByInterval { rejectedByInterval += 1 }
      if seen.decides { decided += 1 }
      if seen.decidesRightly { decidedRightly += 1 }
      if seen.isReplaced { replaced += 1 }
    }
  }

  public var coverage: Double { Double(covered) / Double(max(1, draws)) }

  /// The Monte Carlo interval of a count: Wilson's, 95 %.
  public func interval(_ count: Int) -> Interval {
    ProportionInterval.wilson(successes: Double(count), trials: Double(draws))
  }

  /// P(at least so many | a true error of `level`): how surprising the count is for a method that holds its level.
  public func surprise(_ count: Int, level: Double = 0.05) -> Double {
    count <= 0 ? 1 : Binomial(trials: draws, probability: level).survival(count - 1)
  }
}
