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
    public var missingScores = 0
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

  private let spillLimit: Int
  private var armIndices: [ItemKey: Int] = [:]
  private var lastArm: (key: ItemKey, index: Int)?
  var chunks = EntryChunks()
  var spill: SpillFiles?
  private(set) var clusters = Interner()
  private(set) var suites = Interner()
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
  /// - Throws: `SpillError` when temporary files cannot be written.
  public func add(_ row: borrowing TrialRow, source: Int, sourceName: String) throws {
    let arm = armIndex(of: row, source: source, sourceName: sourceName)
    let suite = row.suite.map { UInt64(suites.index(of: $0)) + 1 } ?? 0
    let key = ItemKey(row.item, parent: suite)
    let prediction = TrialTable.foldedHash(row.repetition, row.prediction)
    let judgeRun = TrialTable.foldedHash(row.judgeRepeat, nil)
    let score = row.score ?? .nan
    let entry = TrialEntry(
      key: key,
      score: score,
      prediction: prediction,
      judgeRun: judgeRun,
      configuration: TrialTable.foldedHash(row.configuration, nil),
      cluster: row.cluster.map { clusters.index(of: $0) } ?? -1,
      sliceSet: slices.index(of: row.slices, suite: row.suite),
      arm: UInt16(arm),
      labelLength: 0)
    try chunks.append(entry, label: row.item.bytes)
    note(row, arm: arm)
    fingerprint &+= TrialTable.mixed(
      key.high ^ score.bitPattern &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(prediction) << 32 ^ UInt64(judgeRun) ^ UInt64(arm))
    if chunks.count >= spillLimit { try spillChunks() }
  }

  private func note(_ row: borrowing TrialRow, arm: Int) {
    rows += 1
    arms[arm].rows += 1
    if row.score == nil { arms[arm].missingScores += 1 }
    if let cost = row.cost {
      arms[arm].cost += cost
      arms[arm].costRows += 1
    }
    if let tokens = row.tokens {
      arms[arm].tokens += tokens
      arms[arm].tokenRows += 1
    }
  }

  private func armIndex(of row: borrowing TrialRow, source: Int, sourceName: String) -> Int {
    let key = row.variant.map { ItemKey($0, parent: UInt64(source)) } ?? ItemKey(unnamedArm: sourceName, of: source)
    if let lastArm, lastArm.key == key { return lastArm.index }
    let index: Int
    if let known = armIndices[key] {
      index = known
    } else {
      index = arms.count
      precondition(index <= Int(UInt16.max), "more than 65,535 variants")
      armIndices[key] = index
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

  private static func foldedHash(_ first: BorrowedText?, _ second: BorrowedText?) -> UInt32 {
    guard first != nil || second != nil else { return 0 }
    var hash: UInt64 = 0
    if let first { hash = ItemKey(first, parent: 1).high }
    if let second { hash = ItemKey(second, parent: hash).high }
    return UInt32(truncatingIfNeeded: hash ^ hash >> 32) | 1
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
