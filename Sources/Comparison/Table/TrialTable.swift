public import Records

/// Collects trials of any number of arms and joins them by item.
///
/// Memory is bounded: beyond `spillLimit` rows the entries move to temporary files by key, and the join reads one
/// partition at a time. The result does not depend on the order of the rows or on whether they were spilled.
public final class TrialTable {
  /// An arm as it was read.
  public struct Arm: Sendable {
    /// The variant the rows name, or the source's name.
    public var name: String
    /// Which source (file argument) the arm came from.
    public var source: Int
    public var rows = 0
    /// Totals over the rows that carry them.
    public var cost = 0.0
    public var costRows = 0
    public var tokens = 0.0
    public var tokenRows = 0
  }

  public static let defaultSpillLimit = 2_000_000

  public private(set) var arms: [Arm] = []
  /// Names of the slice columns, in the order of `TrialRow.slices`; the suite is one more slice behind them.
  public let sliceNames: [String]
  /// Rows of one item and arm are numbered by order instead of being told apart by their repeat column.
  public let repeatsByOrder: Bool
  public private(set) var rows = 0

  /// Bytes of entries and labels held in memory before they are moved to temporary files, however few the rows.
  static let spillBytes = 96 << 20

  private let spillLimit: Int
  private var armKeys: [UInt64] = []
  private var versions: [SuiteOfArm: Set<UInt64>] = [:]
  private var armIndices: [ItemKey: Int] = [:]
  private var lastArm: (key: ItemKey, index: Int)?
  var chunks = EntryChunks()
  var spill: SpillFiles?
  private(set) var clusters = Interner(keepsNames: false)
  private(set) var suites = Interner(keepsNames: false)
  private(set) var slices: SliceSets
  /// Sum of row hashes: the same for the same rows in any order.
  private(set) var fingerprint: UInt64 = 0

  /// - Parameter spillLimit: rows held in memory before they are moved to temporary files.
  public init(sliceNames: [String] = [], repeatsByOrder: Bool = false, spillLimit: Int = defaultSpillLimit) {
    self.sliceNames = sliceNames
    self.repeatsByOrder = repeatsByOrder
    self.spillLimit = spillLimit
    self.slices = SliceSets(columns: sliceNames.count + 1)
  }

  /// Adds a row of source number `source`; amortised O(1).
  /// - Throws: `SpillError` when temporary files cannot be written; `UnusableTrials` for a score beyond ±1e150 and for more
  ///   variants than anybody compares.
  public func add(_ row: borrowing TrialRow, source: Int, sourceName: String) throws {
    let arm = try armIndex(of: row, source: source, sourceName: sourceName)
    let suite = suiteHash(of: row, arm: arm)
    let key = ItemKey(row.item, parent: suite)
    let prediction = TrialTable.combinedHash(row.repetition, row.prediction)
    let judgeRun = TrialTable.combinedHash(row.judgeRepeat, nil)
    let score = row.score ?? .nan
    // Sums of squares of anything larger overflow.
    if score.magnitude > 1e150 {
      throw UnusableTrials(description: "item '\(row.item.string)' has the score \(score), which is no score.")
    }
    let entry = TrialEntry(
      key: key,
      score: score,
      prediction: prediction,
      judgeRun: judgeRun,
      configuration: UInt32(truncatingIfNeeded: TrialTable.combinedHash(row.configuration, nil)),
      cluster: row.cluster.map { clusters.index(of: $0) } ?? -1,
      sliceSet: slices.index(of: row.slices, suite: row.suite),
      arm: UInt16(arm),
      labelLength: 0)
    try chunks.append(entry, label: row.item.bytes)
    note(row, arm: arm)
    fingerprint &+= TrialTable.mixed(
      key.high ^ score.bitPattern &* 0x9E37_79B9_7F4A_7C15 ^ prediction ^ judgeRun &* 3 ^ armKeys[arm])
    if chunks.count >= spillLimit || chunks.bytes >= TrialTable.spillBytes { try spillChunks() }
  }

  private func note(_ row: borrowing TrialRow, arm: Int) {
    rows += 1
    arms[arm].rows += 1
    if let cost = row.cost {
      arms[arm].cost += cost
      arms[arm].costRows += 1
    }
    if let tokens = row.tokens {
      arms[arm].tokens += tokens
      arms[arm].tokenRows += 1
    }
  }

  private func armIndex(of row: borrowing TrialRow, source: Int, sourceName: String) throws -> Int {
    let key = row.variant.map { ItemKey($0, parent: UInt64(source)) } ?? ItemKey(unnamedArm: sourceName, of: source)
    if let lastArm, lastArm.key == key { return lastArm.index }
    let index: Int
    if let known = armIndices[key] {
      index = known
    } else {
      index = arms.count
      guard index < Int(UInt16.max) else {
        throw UnusableTrials(
          description: "there are more than 65,534 variants: the column that names them looks like an identifier.")
      }
      armIndices[key] = index
      armKeys.append(key.high ^ key.low)
      arms.append(Arm(name: row.variant?.string ?? sourceName, source: source))
    }
    lastArm = (key, index)
    return index
  }

  private func spillChunks() throws {
    if spill == nil { spill = try SpillFiles() }
    try spill?.write(chunks)
    chunks.removeAll()
  }

  /// Moves what is still in memory to the files when there are files.
  func finishSpilling() throws {
    if spill != nil, chunks.count > 0 { try spillChunks() }
  }

  /// Hash of the suite, and a note of the version of it that the arm was run on.
  private func suiteHash(of row: borrowing TrialRow, arm: Int) -> UInt64 {
    var hash: UInt64 = 0
    if let suite = row.suite {
      hash = ItemKey(suite).high | 1
      // The number is only for counting suites; hashes keep the order of items free of the order of rows.
      _ = suites.index(of: suite)
    }
    if let version = row.suiteVersion {
      versions[SuiteOfArm(arm: arm, suite: hash), default: []].insert(ItemKey(version).high)
    }
    return hash
  }

  /// Whether some suite was run in more than one version by these arms, which are then not comparable.
  func mixesVersions(arms: [Int]) -> Bool {
    var bySuite: [UInt64: Set<UInt64>] = [:]
    for (key, versions) in versions where arms.contains(key.arm) {
      bySuite[key.suite, default: []].formUnion(versions)
    }
    return bySuite.values.contains { $0.count > 1 }
  }

  private static func combinedHash(_ first: BorrowedText?, _ second: BorrowedText?) -> UInt64 {
    guard first != nil || second != nil else { return 0 }
    var hash: UInt64 = 0
    if let first { hash = ItemKey(first, parent: 1).high }
    if let second { hash = ItemKey(second, parent: hash).high }
    return hash | 1
  }

  // SplitMix64's finaliser (Steele, Lea and Flood 2014).
  private static func mixed(_ value: UInt64) -> UInt64 {
    var value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}

extension ItemKey {
  /// The key of the arm of a source whose rows name no variant.
  init(unnamedArm name: String, of source: Int) {
    var name = name
    self = name.withUTF8 { ItemKey(BorrowedText(UnsafeRawBufferPointer($0)), parent: ~UInt64(source)) }
  }
}

/// A suite as one arm ran it.
private struct SuiteOfArm: Hashable {
  var arm: Int
  var suite: UInt64
}

/// The trials themselves cannot be compared.
public struct UnusableTrials: Error, CustomStringConvertible {
  public let description: String

  public init(description: String) {
    self.description = description
  }
}
