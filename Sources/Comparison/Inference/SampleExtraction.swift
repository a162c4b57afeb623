/// Takes the columns of two arms out of an item table, with what is absent either left out or set to a bound.
struct SampleExtraction {
  let table: ItemTable
  let base: Int
  let candidate: Int

  /// What stands for a score that is not there.
  struct Fill {
    /// For scores that are missing (rows without a score), by arm.
    var missingBase: Double?
    var missingCandidate: Double?
    /// For items only the base has.
    var dropped: Double?
  }

  /// How the items of two arms overlap.
  struct Overlap {
    var common = 0
    var onlyBase = 0
    var onlyCandidate = 0
    var conflicting = 0
    var union = 0
    /// Items that each arm, and that both arms were run on, whatever came of it: a score, none, or several.
    var askedBase = 0
    var askedCandidate = 0
    var askedBoth = 0
  }

  var overlap: Overlap {
    var overlap = Overlap()
    for item in 0..<table.count {
      let (first, second) = (table.states[base][item], table.states[candidate][item])
      if first == .absent, second == .absent { continue }
      overlap.union += 1
      overlap.askedBase += first == .absent ? 0 : 1
      overlap.askedCandidate += second == .absent ? 0 : 1
      overlap.askedBoth += first == .absent || second == .absent ? 0 : 1
      if first == .conflicting || second == .conflicting {
        overlap.conflicting += 1
      } else if second == .absent {
        overlap.onlyBase += 1
      } else if first == .absent {
        overlap.onlyCandidate += 1
      } else if first == .scored, second == .scored {
        overlap.common += 1
      }
    }
    return overlap
  }

  /// Items scored in both arms (or filled), in table order; `items` restricts them to a slice.
  func paired(items: [Int]? = nil, fill: Fill = Fill()) -> PairedSample {
    var sample = PairedSample()
    sample.isBinary = isBinary
    sample.isProportion = isProportion
    if items == nil, isComplete(base), isComplete(candidate) {
      // The usual case, and with millions of items the one that counts: the columns are shared, not copied.
      (sample.base, sample.candidate) = (table.scores[base], table.scores[candidate])
      (sample.clusters, sample.clusterCount, sample.unclustered) = SampleExtraction.effective(table.clusters)
      return sample
    }
    var clusters: [Int32] = []
    func visit(_ item: Int) {
      guard let a = value(base, item, missing: fill.missingBase, absent: nil),
        let b = value(candidate, item, missing: fill.missingCandidate, absent: fill.dropped)
      else { return }
      sample.base.append(a)
      sample.candidate.append(b)
      clusters.append(table.clusters[item])
    }
    if let items { items.forEach(visit) } else { (0..<table.count).forEach(visit) }
    (sample.clusters, sample.clusterCount, sample.unclustered) = SampleExtraction.effective(clusters)
    return sample
  }

  /// The scores of one arm, on the items that `items` names or on all it has.
  func single(_ arm: Int, items: [Int]? = nil, fill: Double? = nil) -> ArmSample {
    var sample = ArmSample()
    var clusters: [Int32] = []
    func visit(_ item: Int) {
      guard let score = value(arm, item, missing: fill, absent: nil) else {
        return
      }
      sample.scores.append(score)
      clusters.append(table.clusters[item])
    }
    if let items { items.forEach(visit) } else { (0..<table.count).forEach(visit) }
    sample.isBinary = table.isBinary && table.valuesPerItem[arm] <= 1
    sample.isProportion = isProportion
    (sample.clusters, sample.clusterCount, _) = SampleExtraction.effective(clusters)
    return sample
  }

  private var isBinary: Bool {
    table.isBinary && table.valuesPerItem[base] <= 1 && table.valuesPerItem[candidate] <= 1
  }

  /// Whether the arm has a score for every prediction of every item of the table.
  private func isComplete(_ arm: Int) -> Bool {
    table.partlyMissing[arm].isEmpty && table.states[arm].allSatisfy { $0 == .scored }
  }

  /// Averages of binary scores: bounded data, whose variance vanishes near 0 and 1. Other scores in 0…1 (a judge's
  /// grade, a similarity) are not treated so.
  private var isProportion: Bool { table.isBinary }

  private func value(_ arm: Int, _ item: Int, missing: Double?, absent: Double?) -> Double? {
    switch table.states[arm][item] {
    case .scored:
      let score = table.scores[arm][item]
      guard let missing, let part = table.partlyMissing[arm][item] else { return score }
      return (score * Double(part.of - part.missing) + missing * Double(part.missing)) / Double(part.of)
    case .missing: return missing
    case .absent: return absent
    case .conflicting: return nil
    }
  }

  /// Clusters count only where there are fewer of them than items; an item without one stands alone.
  private static func effective(_ clusters: [Int32]) -> (clusters: [Int32], count: Int, unclustered: Int) {
    var distinct = Set<Int32>()
    var unclustered = 0
    for cluster in clusters {
      if cluster < 0 { unclustered += 1 } else { distinct.insert(cluster) }
    }
    let count = distinct.count + unclustered
    guard !distinct.isEmpty, count < clusters.count else { return ([], 0, 0) }
    guard unclustered > 0 else { return (clusters, count, 0) }
    var alone: Int32 = -1
    let numbered = clusters.map { cluster in
      guard cluster < 0 else { return cluster }
      alone -= 1
      return alone
    }
    return (numbered, count, unclustered)
  }
}
