import Records

/// Reads one sample, or the summary of one, into a row that it reuses.
///
/// A summary has the members of its sample that matter here, with long metadata cut off; one reader serves both.
struct InspectSampleReader {
  /// What the sample last read gave; its texts lie in the reader's input until the reader recycles them.
  private(set) var row: TrialRow
  /// Whether the sample last read has an id and an epoch.
  private(set) var isIdentified = false
  /// Whether the sample last read has a score entry of the chosen scorer, an error, or no score entry at all.
  private(set) var isSettled = false
  /// Whether a metadata value that was asked for was cut off or left out of the sample last read.
  private(set) var isThinned = false
  /// Whether the sample last read came with metadata.
  private(set) var isMetadataMet = false
  /// Metadata keys that were met in any sample.
  private(set) var metadataKeys: [String] = []
  /// Whether the cluster key, and each slice key, was met in any sample.
  private(set) var isClusterMet = false
  private(set) var areSlicesMet: [Bool]
  var scores: InspectScores
  private let cluster: String?
  private let slices: [String]
  private let collectsKeys: Bool
  private let keepsDetails: Bool

  init(_ header: InspectHeader, _ options: IntakeOptions) {
    row = TrialRow(item: BorrowedText(UnsafeRawBufferPointer(start: nil, count: 0)))
    row.slices = Array(repeating: nil, count: options.slices.count)
    areSlicesMet = Array(repeating: false, count: options.slices.count)
    cluster = options.cluster
    slices = options.slices
    collectsKeys = options.cluster != nil || !options.slices.isEmpty
    keepsDetails = options.keepsDetails
    scores = InspectScores(header, options)
  }

  /// Reads the next value of `reader` as a sample.
  /// - Complexity: O(length of the sample); no allocation once the scorer is chosen.
  mutating func read(_ reader: inout JSONReader) throws {
    begin()
    var hasItem = false
    var hasError = false
    try reader.enterObject()
    while let key = try reader.nextKey() {
      if key.equals("id") {
        if let item = try reader.readLabel("the sample's id") {
          row.item = item
          hasItem = true
        }
      } else if key.equals("epoch") {
        row.repetition = try reader.readLabel("the sample's epoch")
      } else if key.equals("scores") {
        row.score = try scores.read(&reader)
      } else if key.equals("score") {
        // Logs of 2024 and before: one score without the name of its scorer.
        row.score = try scores.readUnnamed(&reader)
      } else if key.equals("metadata") {
        try readMetadata(&reader)
      } else if key.equals("model_usage") {
        try readUsage(&reader)
      } else if key.equals("error") {
        hasError = try reader.peek() != .null
        try reader.skipValue()
      } else if try !keepsDetails || !readDetail(key, &reader) {
        try reader.skipValue()
      }
    }
    if keepsDetails {
      row.details.predicted = scores.answer
      row.details.passed = scores.isOutcome ? row.score.flatMap { $0 == 1 ? true : $0 == 0 ? false : nil } : nil
    }
    isIdentified = hasItem && row.repetition != nil
    isSettled = hasError || scores.isSettled
  }

  /// Copies the texts of the row, so that they outlive the reader's input; they live as long as what is returned.
  mutating func detach() -> [PinnedText] {
    let item = PinnedText(row.item.string)
    row.item = item.text
    let labels = [PinnedText(row.details.expected?.string), PinnedText(row.details.predicted?.string)].map { $0 }
    row.details.expected = labels[0]?.text
    row.details.predicted = labels[1]?.text
    guard let repetition = PinnedText(row.repetition.map(\.string)) else { return [item] + labels.compactMap { $0 } }
    row.repetition = repetition.text
    return [item, repetition] + labels.compactMap { $0 }
  }

  /// Reads the metadata that a chunked sample keeps in a document of its own.
  mutating func readSeparateMetadata(_ reader: inout JSONReader) throws {
    try readMetadata(&reader)
  }

  private mutating func begin() {
    row.repetition = nil
    row.score = nil
    row.cluster = nil
    row.tokens = nil
    row.cost = nil
    row.details = TrialDetails()
    for index in row.slices.indices { row.slices[index] = nil }
    isThinned = false
    isMetadataMet = false
    scores.begin()
  }

  private mutating func readMetadata(_ reader: inout JSONReader) throws {
    guard collectsKeys else { return try reader.skipValue() }
    guard try reader.enterObjectIfAny() else { return }
    while let key = try reader.nextKey() {
      isMetadataMet = true
      var isWanted = false
      var value: BorrowedText?
      func take(_ name: String) throws {
        if !isWanted { value = try reader.readLabel("the metadata \"\(name)\"") }
        isWanted = true
      }
      if let cluster, key.hasText(cluster) {
        try take(cluster)
        row.cluster = value
        isClusterMet = true
      }
      for index in slices.indices where key.hasText(slices[index]) {
        try take(slices[index])
        row.slices[index] = value
        areSlicesMet[index] = true
      }
      if isWanted {
        if let value, Self.isCutOff(value) { isThinned = true }
      } else {
        try reader.skipValue()
      }
      if metadataKeys.count < 64, !metadataKeys.contains(where: { key.hasText($0) }) { metadataKeys.append(key.string) }
    }
  }

  /// Whether a value may be what Inspect puts into a summary in place of a longer one: two different values can share it.
  private static func isCutOff(_ value: BorrowedText) -> Bool {
    value.bytes.suffix(3).elementsEqual("...".utf8) || value.equals("Key removed from summary (> 1k)")
  }

  /// A sum beyond all numbers is no amount of anything.
  private func finite(_ sum: Double) -> Double? { sum.isFinite ? sum : nil }

  /// Adds up tokens and cost over the models that the sample used.
  private mutating func readUsage(_ reader: inout JSONReader) throws {
    guard try reader.enterObjectIfAny() else { return }
    while try reader.nextKey() != nil {
      guard try reader.enterObjectIfAny() else { continue }
      while let key = try reader.nextKey() {
        if keepsDetails, try readAmount(key, &reader) { continue }
        if key.equals("total_tokens") {
          if let tokens = try reader.readNumberIfAny() { row.tokens = finite((row.tokens ?? 0) + tokens) }
        } else if key.equals("total_cost") {
          if let cost = try reader.readNumberIfAny() { row.cost = finite((row.cost ?? 0) + cost) }
        } else {
          try reader.skipValue()
        }
      }
    }
  }

  // MARK: For a ledger

  /// Texts beyond this are no labels.
  private static let longestLabel = 256

  /// Reads a member that only a ledger keeps; false leaves it unread.
  private mutating func readDetail(_ key: BorrowedText, _ reader: inout JSONReader) throws -> Bool {
    let kind = try reader.peek()
    if key.equals("target"), kind == .string {
      let target = try reader.readString()
      if target.bytes.count <= Self.longestLabel { row.details.expected = target }
    } else if key.equals("completed_at"), kind == .string {
      row.details.time = TimeText.instant(try reader.readString())
    } else if key.equals("started_at"), kind == .string, row.details.time == nil {
      row.details.time = TimeText.instant(try reader.readString())
    } else if key.equals("total_time"), kind == .number {
      if let seconds = try reader.readNumber(), seconds >= 0 { row.details.latencyMilliseconds = seconds * 1000 }
    } else {
      return false
    }
    return true
  }

  /// Adds tokens and exact cost of one model; false leaves the value unread.
  private mutating func readAmount(_ key: BorrowedText, _ reader: inout JSONReader) throws -> Bool {
    guard try reader.peek() == .number else { return false }
    if key.equals("input_tokens") {
      let value = NumberText.whole(try reader.readNumberText().bytes)
      row.details.inputTokens = InspectSampleReader.sum(row.details.inputTokens, value)
    } else if key.equals("output_tokens") {
      let value = NumberText.whole(try reader.readNumberText().bytes)
      row.details.outputTokens = InspectSampleReader.sum(row.details.outputTokens, value)
    } else if key.equals("total_cost") {
      if let units = MoneyText.units(try reader.readNumberText().bytes) {
        let (sum, overflow) = (row.details.costUnits ?? 0).addingReportingOverflow(units)
        row.details.costUnits = overflow ? nil : sum
      }
    } else {
      return false
    }
    return true
  }

  private static func sum(_ total: Int64?, _ value: Int64?) -> Int64? {
    guard let value, value >= 0 else { return total }
    let (sum, overflow) = (total ?? 0).addingReportingOverflow(value)
    return overflow ? nil : sum
  }
}
