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
  ///   - half: only these items; nil for all.
  func items(
    _ arms: [SuiteRuns.Arm], slices: [String] = [], clusterTag: String? = nil, half: ItemHalf? = nil
  ) throws -> ItemTable {
    let table = TrialTable(sliceNames: slices)
    let tags = slices + (clusterTag.map { [$0] } ?? [])
    for (source, arm) in arms.enumerated() {
      try ledger.forEachTrial(of: arm.series, slices: tags) { row, _ in
        if let half, ItemHalf(row.item.bytes) != half { return }
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

/// One of two halves of all items, told by their identifiers alone: one to choose on, one to judge the choice.
enum ItemHalf: Sendable, Equatable {
  /// The first byte of the SHA-256 of the identifier is even.
  case even
  case odd

  init(_ identifier: UnsafeRawBufferPointer) {
    self = SHA256Digest(of: identifier).words.0 >> 56 & 1 == 0 ? .even : .odd
  }
}
