internal import Statistics

/// Items by arms: one mean score a cell, in the order of the items' keys.
///
/// The order depends on the identifiers alone, so that resampling with a seed gives the same answer however the rows were
/// sorted. Memory: 9 bytes a cell and 8 an item.
public struct ItemTable {
  public enum CellState: UInt8, Sendable {
    /// The arm has no row for the item.
    case absent
    case scored
    /// Rows, but no score in any of them.
    case missing
    /// Equal row keys with unequal scores.
    case conflicting
  }

  /// Only so many labels are kept, for items on which arms differ or which an arm lacks.
  public static let labelLimit = 200_000

  /// Name of the slice that items of several suites get by themselves.
  public static let taskSlice = "task"

  public internal(set) var armNames: [String]
  /// By arm, then item: the mean over repeats; NaN unless the state is `scored`.
  public internal(set) var scores: [[Double]]
  public internal(set) var states: [[CellState]]
  /// Dependence cluster of each item, −1 for none.
  public internal(set) var clusters: [Int32] = []
  /// Combination of slice values of each item.
  public internal(set) var sliceSets: [UInt32] = []
  public let sliceNames: [String]
  let slices: SliceSets
  /// Largest number of repeats (predictions) of an item, by arm.
  public internal(set) var repeats: [Int]
  /// Largest number of scored rows of an item, by arm: above one, its score is an average.
  public internal(set) var valuesPerItem: [Int]
  /// Whether every scored item of the arm has that many repeats.
  public internal(set) var balanced: [Bool]
  /// Predictions of each arm, and how many of them have no score.
  public internal(set) var predictions: [Int]
  public internal(set) var missingPredictions: [Int]
  /// Items that are scored although some of their predictions are not, by arm.
  var partlyMissing: [[Int: PartlyMissing]]
  /// Some suite was run in more than one version.
  public let mixesVersions: Bool
  /// Every score of every item that counts is 0 or 1.
  public internal(set) var isBinary = true
  /// Items whose rows name more than one cluster (the first in key order is used).
  public internal(set) var clusterConflicts = 0
  /// Items whose rows name different slice values (the first in key order are used).
  public internal(set) var sliceConflicts = 0
  /// Items whose prompt or configuration hash differs between arms.
  public internal(set) var configurationDiffers = 0
  /// Equal rows that were counted once.
  public internal(set) var duplicates = 0
  /// Smallest and largest score of any row.
  public internal(set) var scoreRange: ClosedRange<Double>?
  /// Nested noise of the first two arms' item differences; nil without repeats or when they are not balanced.
  var noise: VarianceAccumulator?
  public internal(set) var labels = ItemLabels()
  public let fingerprint: UInt64

  public var count: Int { clusters.count }

  /// Label of an item, or a stand-in when it was not kept.
  public func label(_ item: Int) -> String { labels[item] ?? "item #\(item + 1)" }

  struct PartlyMissing {
    var missing: Int
    var of: Int
  }

  /// Counts items that an arm lacks as failures: for lists that name only what passed.
  ///
  /// - Parameters:
  ///   - arms: the arms that are such lists.
  ///   - total: how many items the suite has, when more than the lists name; only where every arm is a list.
  public mutating func countAbsentAsFailures(arms: [Int], total: Int? = nil) {
    for arm in arms {
      for item in 0..<count where states[arm][item] == .absent {
        states[arm][item] = .scored
        scores[arm][item] = 0
      }
      repeats[arm] = max(repeats[arm], 1)
      valuesPerItem[arm] = max(valuesPerItem[arm], 1)
    }
    if isBinary { scoreRange = 0...1 }
    for _ in 0..<max(0, (total ?? 0) - count) {
      for arm in scores.indices {
        scores[arm].append(0)
        states[arm].append(.scored)
      }
      clusters.append(-1)
      sliceSets.append(0)
    }
  }

  /// Items by task, tasks in UTF-8 order; empty when the items are of one suite.
  public var tasks: [(name: String, items: [Int])] {
    guard sliceNames.last == ItemTable.taskSlice else { return [] }
    return itemsByValue(column: sliceNames.count - 1)
  }

  /// Items of each value of a slice column, values in UTF-8 order.
  public func itemsByValue(column: Int) -> [(name: String, items: [Int])] {
    let names = slices.values(column: column)
    var items = [[Int]](repeating: [], count: names.count)
    for item in 0..<count {
      let value = slices.members[Int(sliceSets[item])][column]
      if value >= 0 { items[Int(value)].append(item) }
    }
    return zip(names, items).filter { !$0.1.isEmpty }
      .map { (name: $0.0, items: $0.1) }
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Arms of different sources that bear the same name take the names of their sources. O(arms).
  /// - Parameter sourceNames: what to call each arm instead, all different.
  public mutating func nameApart(_ sourceNames: [String]) {
    let counts = Dictionary(armNames.map { ($0, 1) }, uniquingKeysWith: +)
    for arm in armNames.indices where counts[armNames[arm], default: 0] > 1 { armNames[arm] = sourceNames[arm] }
  }
}
