/// The worst and best score an unseen item could have had.
struct ScoreBounds {
  /// Nil when the scale is unknown, so that nothing bounds it.
  let range: ClosedRange<Double>?

  /// Scores that all lie in 0…1 are taken to be on that scale; any other scale is unknown.
  init(_ table: ItemTable) {
    guard let seen = table.scoreRange, seen.lowerBound >= 0, seen.upperBound <= 1 else {
      range = nil
      return
    }
    range = 0...1
  }
}
