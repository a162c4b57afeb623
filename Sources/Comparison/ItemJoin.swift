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
  private var cells: [ItemCell]
  private var nested: [[Double]]
  private var layout: (predictions: Int, values: Int)?
  private var isUnbalanced = false

  init(table source: TrialTable, selection: [Int]) {
    var position = [Int](repeating: -1, count: source.arms.count)
    for (index, arm) in selection.enumerated() { position[arm] = index }
    self.position = position
    self.repeatsByOrder = source.repeatsByOrder
    self.cells = Array(repeating: ItemCell(), count: selection.count)
    self.nested = Array(repeating: [], count: selection.count)
    self.table = ItemTable(
      armNames: selection.map { source.arms[$0].name },
      scores: Array(repeating: [], count: selection.count),
      states: Array(repeating: [], count: selection.count),
      // One suite is no slice of itself.
      sliceNames: source.sliceNames + (source.suites.count > 1 ? [ItemTable.taskSlice] : []),
      slices: source.slices,
      repeats: Array(repeating: 0, count: selection.count),
      valuesPerItem: Array(repeating: 0, count: selection.count),
      balanced: Array(repeating: true, count: selection.count),
      predictions: Array(repeating: 0, count: selection.count),
      missingPredictions: Array(repeating: 0, count: selection.count),
      partlyMissing: Array(repeating: [:], count: selection.count),
      mixesVersions: source.mixesVersions(arms: selection),
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
    for index in cells.indices { cells[index] = ItemCell() }
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
      previous = entry
    }
    guard item.rows > 0, let first = rows.first else { return }
    append(item, label: first)
  }

  private mutating func append(_ item: ItemFacts, label: EntryReference) {
    let index = table.clusters.count
    table.clusters.append(item.cluster)
    table.sliceSets.append(item.sliceSet)
    if item.clustersDiffer { table.clusterConflicts += 1 }
    if item.slicesDiffer { table.sliceConflicts += 1 }
    if item.configurationsDiffer { table.configurationDiffers += 1 }
    var keepsLabel = false
    var seen: Double?
    for arm in cells.indices {
      cells[arm].finish()
      let (state, mean) = (cells[arm].state, cells[arm].mean)
      table.scores[arm].append(mean)
      table.states[arm].append(state)
      if state == .scored {
        if let seen, seen != mean { keepsLabel = true }
        seen = mean
        noteScores(cells[arm], arm: arm)
      } else {
        keepsLabel = true
      }
      noteMissing(cells[arm], state: state, arm: arm, item: index)
    }
    if keepsLabel, table.labels.count < ItemTable.labelLimit {
      table.labels.append(label.label, item: index)
    }
    noteNoise()
  }

  /// Only cells that count say what kind of scores these are.
  private mutating func noteScores(_ cell: ItemCell, arm: Int) {
    if table.repeats[arm] != 0, table.repeats[arm] != cell.predictions { table.balanced[arm] = false }
    table.repeats[arm] = max(table.repeats[arm], cell.predictions)
    table.valuesPerItem[arm] = max(table.valuesPerItem[arm], cell.values)
    if !cell.isBinary { table.isBinary = false }
    let range = table.scoreRange ?? cell.lowest...cell.highest
    table.scoreRange = min(range.lowerBound, cell.lowest)...max(range.upperBound, cell.highest)
  }

  private mutating func noteMissing(_ cell: ItemCell, state: ItemTable.CellState, arm: Int, item: Int) {
    guard state == .scored || state == .missing else { return }
    table.predictions[arm] += cell.predictions
    table.missingPredictions[arm] += cell.missingPredictions
    if state == .scored, cell.missingPredictions > 0 {
      table.partlyMissing[arm][item] = ItemTable.PartlyMissing(missing: cell.missingPredictions, of: cell.predictions)
    }
  }

  /// Item differences by prediction and run of the judge, as long as every item has the same number of each.
  private mutating func noteNoise() {
    guard cells.count == 2, !isUnbalanced, cells[0].state == .scored, cells[1].state == .scored
    else { return }
    let predictions = cells[0].predictions
    let values = nested[0].count
    let fits =
      cells[1].predictions == predictions && nested[1].count == values && cells[0].judgesEvenly && cells[1].judgesEvenly
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
