import Comparison
import Records
import Store

extension CheckContext {
  /// Reads the trials of some arms and joins them by item: what the comparison engine compares.
  ///
  /// Memory: the engine's own, which moves to temporary files beyond two million rows.
  /// - Parameters:
  ///   - arms: in the order in which the table shall have them.
  ///   - slices: tags by whose values the items are sliced.
  ///   - clusterTag: the tag whose equal values make items depend on each other; nil for the trials' own clusters.
  func items(_ arms: [SuiteRuns.Arm], slices: [String] = [], clusterTag: String? = nil) throws -> ItemTable {
    let table = TrialTable(sliceNames: slices)
    let tags = slices + (clusterTag.map { [$0] } ?? [])
    for (source, arm) in arms.enumerated() {
      try ledger.forEachTrial(of: arm.series, slices: tags) { row, _ in
        if clusterTag == nil { return try table.add(row, source: source, sourceName: arm.variant) }
        var clustered = copy row
        clustered.cluster = row.slices.last ?? nil
        try table.add(clustered, source: source, sourceName: arm.variant)
      }
    }
    // An arm without a single current trial is missing from the table.
    let order = arms.indices.compactMap { source in table.arms.firstIndex { $0.source == source } }
    return try table.join(arms: order)
  }
}
