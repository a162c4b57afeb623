import Statistics

/// How far a mix has moved from the one at the start, beside what sampling alone explains.
struct MixDrift: Equatable {
  /// What a drift means.
  enum Reading: Equatable {
    /// Too far, and not by chance.
    case tooFar
    /// Sampling alone explains as much as would warn.
    case tooFew
    case far
    case near
  }

  /// The population stability index.
  let index: Double
  /// What sampling alone explains.
  let floor: Double

  init(index: Double, floor: Double) {
    self.index = index
    self.floor = floor
  }

  /// Nil where either side has no counts.
  init?(expected: [Int], observed: [Int]) {
    guard let index = PopulationStabilityIndex.index(expected: expected, observed: observed),
      let floor = PopulationStabilityIndex.floor(expected: expected, observed: observed)
    else { return nil }
    self.init(index: index, floor: floor)
  }

  func reading(warn: Double, fail: Double) -> Reading {
    let isReal = index.isAbove(floor)
    if isReal, index.isAbove(fail) { return .tooFar }
    if floor.isAbove(warn) { return .tooFew }
    return isReal && index.isAbove(warn) ? .far : .near
  }
}
