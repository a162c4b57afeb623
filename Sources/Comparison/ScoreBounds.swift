/// The worst and best score an unseen trial could have had.
struct ScoreBounds {
  /// Nil when the scale is unknown, so that nothing bounds it.
  let range: ClosedRange<Double>?

  /// Passes and failures lie in 0…1, and so do grades that are better the higher they are. A cost or a latency below 1 has
  /// no such end: any other scale is unknown.
  init(_ table: ItemTable, lowerIsBetter: Bool) {
    let seen = table.scoreRange ?? 0...0
    let isGrade = seen.lowerBound >= 0 && seen.upperBound <= 1 && !lowerIsBetter
    range = table.isBinary || isGrade ? 0...1 : nil
  }
}
