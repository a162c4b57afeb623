internal import CXXHash
internal import Statistics

/// Turns the entries of a table into items by arms.
extension TrialTable {
  /// Joins the rows of the chosen arms (all by default), in that order. O(rows), after which the entries are gone from
  /// memory; spilled partitions are read one at a time.
  /// - Throws: `SpillError`.
  public func join(arms chosen: [Int]? = nil) throws -> ItemTable {
    let selection = chosen ?? Array(arms.indices)
    var join = ItemJoin(table: self, selection: selection)
    try finishSpilling()
    if let spill {
      for partition in 0..<spill.partitions {
        try spill.withPartition(partition) { bytes in
          var references: [EntryReference] = []
          EntryReference.collect(from: bytes, into: &references)
          join.add(&references)
        }
      }
    } else {
      var references: [EntryReference] = []
      references.reserveCapacity(chunks.count)
      chunks.forEachChunk { EntryReference.collect(from: $0, into: &references) }
      join.add(&references)
    }
    return join.table
  }
}

/// Where an entry lies, with the part of its key that sorting looks at first.
struct EntryReference {
  var high: UInt64
  var pointer: UnsafeRawPointer

  var entry: TrialEntry { pointer.load(as: TrialEntry.self) }

  var label: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: pointer + MemoryLayout<TrialEntry>.size, count: Int(entry.labelLength))
  }

  /// Entries lie in the order of arrival and are visited in the order of keys: nearly each would be waited for.
  @inline(__always)
  static func prefetch(_ references: UnsafeBufferPointer<EntryReference>, behind index: Int) {
    let ahead = index + 24
    guard ahead + 1 < references.count else { return }
    tally_prefetch(references[ahead].pointer)
    // Most items have a row in each of two arms, and a visit takes them together.
    tally_prefetch(references[ahead + 1].pointer)
  }

  static func collect(from bytes: UnsafeRawBufferPointer, into references: inout [EntryReference]) {
    guard let base = bytes.baseAddress else { return }
    var offset = 0
    while offset < bytes.count {
      let entry = (base + offset).load(as: TrialEntry.self)
      references.append(EntryReference(high: entry.key.high, pointer: base + offset))
      offset += EntryChunks.stride(labelLength: Int(entry.labelLength))
    }
  }

  /// Item first, then arm, prediction and run of the judge. Stable sorting keeps the order of arrival within those.
  static func precedes(_ first: EntryReference, _ second: EntryReference) -> Bool {
    if first.high != second.high { return first.high < second.high }
    let (a, b) = (first.entry, second.entry)
    if a.key.low != b.key.low { return a.key.low < b.key.low }
    if a.arm != b.arm { return a.arm < b.arm }
    if a.prediction != b.prediction { return a.prediction < b.prediction }
    return a.judgeRun < b.judgeRun
  }
}

/// Groups sorted entries into items and writes them into the table.
struct ItemJoin {
  private(set) var table: ItemTable
  /// Position of each arm of the trial table in the item table, −1 for arms that were not chosen.
  private let position: [Int]
  private let repeatsByOrder: Bool
  private var cells: [Cell]
  private var nested: [[Double]]
  private var layout: (predictions: Int, values: Int)?
  private var isUnbalanced = false

  init(table source: TrialTable, selection: [Int]) {
    var position = [Int](repeating: -1, count: source.arms.count)
    for (index, arm) in selection.enumerated() { position[arm] = index }
    self.position = position
    self.repeatsByOrder = source.repeatsByOrder
    self.cells = Array(repeating: Cell(), count: selection.count)
    self.nested = Array(repeating: [], count: selection.count)
    self.table = ItemTable(
      armNames: selection.map { source.arms[$0].name },
      scores: Array(repeating: [], count: selection.count),
      states: Array(repeating: [], count: selection.count),
      // One suite is no slice of itself.
      sliceNames: source.sliceNames + (source.suites.count > 1 ? [ItemTable.taskSlice] : []),
      slices: source.slices,
      repeats: Array(repeating: 0, count: selection.count),
      balanced: Array(repeating: true, count: selection.count),
      fingerprint: source.fingerprint)
  }

  /// Adds the items of these entries; no item may be split over two calls.
  mutating func add(_ references: inout [EntryReference]) {
    EntrySort.sort(&references)
    var start = 0
    while start < references.count {
      references.withUnsafeBufferPointer { EntryReference.prefetch($0, behind: start) }
      let key = references[start].entry.key
      var end = start + 1
      while end < references.count, references[end].high == key.high, references[end].entry.key == key { end += 1 }
      addItem(references[start..<end])
      start = end
    }
  }

  private mutating func addItem(_ rows: ArraySlice<EntryReference>) {
    var item = ItemFacts()
    for index in cells.indices { cells[index] = Cell() }
    for index in nested.indices { nested[index].removeAll(keepingCapacity: true) }
    var previous: TrialEntry?
    for reference in rows {
      let entry = reference.entry
      let arm = position[Int(entry.arm)]
      guard arm >= 0 else { continue }
      item.note(entry)
      if !repeatsByOrder, let previous, previous.arm == entry.arm, previous.prediction == entry.prediction,
        previous.judgeRun == entry.judgeRun
      {
        // The same row key again: once if the score is the same, else nobody knows which of them is true.
        let equal = previous.score == entry.score || (previous.score.isNaN && entry.score.isNaN)
        if equal { table.duplicates += 1 } else { cells[arm].isConflicting = true }
        continue
      }
      let isNewPrediction = previous?.arm != entry.arm || previous?.prediction != entry.prediction || repeatsByOrder
      cells[arm].add(entry.score, isNewPrediction: isNewPrediction)
      nested[arm].append(entry.score)
      noteScore(entry.score)
      previous = entry
    }
    guard item.rows > 0, let first = rows.first else { return }
    append(item, label: first)
  }

  private mutating func noteScore(_ score: Double) {
    guard !score.isNaN else { return }
    if score != 0, score != 1 { table.isBinary = false }
    if let range = table.scoreRange {
      if score < range.lowerBound { table.scoreRange = score...range.upperBound }
      if score > range.upperBound { table.scoreRange = range.lowerBound...score }
    } else {
      table.scoreRange = score...score
    }
  }

  private mutating func append(_ item: ItemFacts, label: EntryReference) {
    let index = table.clusters.count
    table.clusters.append(item.cluster)
    table.sliceSets.append(item.sliceSet)
    if item.clustersDiffer { table.clusterConflicts += 1 }
    if item.configurationsDiffer { table.configurationDiffers += 1 }
    var keepsLabel = false
    var seen: Double?
    for arm in cells.indices {
      let (state, mean) = cells[arm].result
      table.scores[arm].append(mean)
      table.states[arm].append(state)
      if state == .scored {
        if let seen, seen != mean { keepsLabel = true }
        seen = mean
        noteRepeats(cells[arm], arm: arm)
      } else {
        keepsLabel = true
      }
    }
    if keepsLabel, table.labels.count < ItemTable.labelLimit {
      table.labels.append(label.label, item: index)
    }
    noteNoise()
  }

  private mutating func noteRepeats(_ cell: Cell, arm: Int) {
    if table.repeats[arm] != 0, table.repeats[arm] != cell.predictions { table.balanced[arm] = false }
    table.repeats[arm] = max(table.repeats[arm], cell.predictions)
  }

  /// Item differences by prediction and run of the judge, as long as every item has the same number of each.
  private mutating func noteNoise() {
    guard cells.count == 2, !isUnbalanced, cells[0].result.state == .scored, cells[1].result.state == .scored
    else { return }
    let predictions = cells[0].predictions
    let values = nested[0].count
    let fits =
      cells[1].predictions == predictions && nested[1].count == values && values % predictions == 0
      && cells[0].missing == 0 && cells[1].missing == 0
      && (layout.map { $0.predictions == predictions && $0.values == values } ?? true)
    guard fits else {
      isUnbalanced = true
      table.noise = nil
      return
    }
    layout = (predictions, values)
    // One value an item says nothing of noise within items.
    guard values > 1 else { return }
    for index in 0..<values { nested[1][index] -= nested[0][index] }
    if table.noise == nil {
      table.noise = VarianceAccumulator(predictions: predictions, judgeRuns: values / predictions)
    }
    table.noise?.add(item: nested[1])
  }
}

/// What the rows of one item say besides their scores.
private struct ItemFacts {
  var rows = 0
  var cluster: Int32 = -1
  var clustersDiffer = false
  var sliceSet: UInt32 = 0
  var configuration: UInt32 = 0
  var configurationsDiffer = false

  mutating func note(_ entry: TrialEntry) {
    rows += 1
    if entry.cluster >= 0 {
      if cluster < 0 { cluster = entry.cluster } else if cluster != entry.cluster { clustersDiffer = true }
    }
    if sliceSet == 0 { sliceSet = entry.sliceSet }
    if entry.configuration != 0 {
      if configuration == 0 {
        configuration = entry.configuration
      } else if configuration != entry.configuration {
        configurationsDiffer = true
      }
    }
  }
}

/// One item in one arm while its rows are read: runs of the judge are averaged to a prediction, predictions to the item.
private struct Cell {
  private var sumOfPredictions = 0.0
  private var scoredPredictions = 0
  private var judgeSum = 0.0
  private var judgeCount = 0
  private(set) var predictions = 0
  private(set) var missing = 0
  var isConflicting = false

  mutating func add(_ score: Double, isNewPrediction: Bool) {
    if isNewPrediction {
      closePrediction()
      predictions += 1
    }
    if score.isNaN {
      missing += 1
    } else {
      judgeSum += score
      judgeCount += 1
    }
  }

  private mutating func closePrediction() {
    if judgeCount > 0 {
      sumOfPredictions += judgeSum / Double(judgeCount)
      scoredPredictions += 1
    }
    judgeSum = 0
    judgeCount = 0
  }

  var result: (state: ItemTable.CellState, mean: Double) {
    var closed = self
    closed.closePrediction()
    if isConflicting { return (.conflicting, .nan) }
    if predictions == 0 { return (.absent, .nan) }
    if closed.scoredPredictions == 0 { return (.missing, .nan) }
    return (.scored, closed.sumOfPredictions / Double(closed.scoredPredictions))
  }
}
