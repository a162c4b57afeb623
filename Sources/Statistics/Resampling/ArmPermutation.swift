/// The permutation of units between two independent arms: whole items or whole clusters change arms, their numbers in
/// each arm stay.
///
/// A unit is a pair of numbers that add up (sum and size of a cluster, value and square of an item), and a statistic says
/// which divisions of the units are as extreme as the one seen. All divisions are visited where there are at most
/// ``enumerationLimit``; otherwise seeded random ones, with p = (1 + #)/(1 + R).
/// Source of the resampled p-value: B. Phipson, G. Smyth, "Permutation p-values should never be zero", 2010.
enum ArmPermutation {
  /// Up to so many divisions all are visited.
  static let enumerationLimit = 20_000

  /// - Parameters:
  ///   - units: both arms' units, those of one arm first.
  ///   - chosen: how many units that arm has; choose the smaller arm, a resample costs as many steps.
  static func test(
    _ units: [SIMD2<Double>], chosen: Int, statistic: some DivisionStatistic, resamples: Int, seed: UInt64
  ) -> ArmPermutationResult {
    precondition(chosen >= 0 && chosen <= units.count, "an arm is part of all units")
    precondition(resamples >= 1, "a resampled test needs at least one resample")
    if let divisions = divisions(of: units.count, chosen: chosen) {
      var search = DivisionSearch(units: units, statistic: statistic)
      search.visit(from: 0, remaining: chosen, sum: SIMD2())
      return ArmPermutationResult(pValue: Double(search.extreme) / Double(divisions), isExact: true)
    }
    let hits = hits(units, chosen: chosen, statistic: statistic, resamples: resamples, seed: seed)
    return ArmPermutationResult(pValue: Double(1 + hits) / Double(1 + resamples), isExact: false)
  }

  /// C(n, k) where it is at most the limit, else nil.
  static func divisions(of count: Int, chosen: Int) -> Int? {
    var divisions = 1
    let fewer = min(chosen, count - chosen)
    for step in stride(from: 1, through: fewer, by: 1) {
      divisions = divisions * (count - fewer + step) / step
      if divisions > enumerationLimit { return nil }
    }
    return divisions
  }

  /// Each resample is a partial Fisher–Yates shuffle that goes on from the last arrangement: a uniform choice from any
  /// arrangement is a uniform choice.
  private static func hits(
    _ units: [SIMD2<Double>], chosen: Int, statistic: some DivisionStatistic, resamples: Int, seed: UInt64
  ) -> Int {
    var generator = Xoshiro256StarStar(seed: seed)
    var arrangement = units
    var hits = 0
    arrangement.withUnsafeMutableBufferPointer { units in
      for _ in 0..<resamples {
        var sum = SIMD2<Double>()
        for place in 0..<chosen {
          let span = UInt64(truncatingIfNeeded: units.count &- place)
          // The high half of the product: biased by less than span/2⁶⁴.
          let other = place &+ Int(truncatingIfNeeded: generator.next().multipliedFullWidth(by: span).high)
          let unit = units[other]
          units[other] = units[place]
          units[place] = unit
          sum += unit
        }
        if statistic.isExtreme(sum) { hits &+= 1 }
      }
    }
    return hits
  }
}

/// Which divisions of the units between the arms are at least as extreme as the one seen, from the sum of one arm's units.
protocol DivisionStatistic {
  func isExtreme(_ chosen: SIMD2<Double>) -> Bool
}

/// What a permutation of units between arms found.
public struct ArmPermutationResult: Sendable, Equatable {
  /// Two-sided, in (0, 1].
  public let pValue: Double
  /// Whether every division was visited.
  public let isExact: Bool
}

/// Visits every choice of so many units.
private struct DivisionSearch<Statistic: DivisionStatistic> {
  let units: [SIMD2<Double>]
  let statistic: Statistic
  var extreme = 0

  mutating func visit(from start: Int, remaining: Int, sum: SIMD2<Double>) {
    guard remaining > 0 else {
      if statistic.isExtreme(sum) { extreme += 1 }
      return
    }
    for unit in start...(units.count - remaining) {
      visit(from: unit + 1, remaining: remaining - 1, sum: sum + units[unit])
    }
  }
}
