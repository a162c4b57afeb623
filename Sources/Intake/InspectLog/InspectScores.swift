import Records

/// Picks one score out of a sample's scores: by scorer, and by key where a scorer returns several values.
struct InspectScores {
  /// The name of a score in logs that did not name it.
  private static let unnamed = "score"

  /// The scorer whose score is taken; chosen at the first sample that has scores.
  private(set) var choice: String?
  /// Every scorer that the header or a sample names, in that order.
  private(set) var known: [String]
  /// Keys of values that are objects or lists.
  private(set) var keys: [String] = []
  /// Whether the scorer that was asked for was met in any sample.
  private(set) var isChoiceMet = false
  /// Whether the key that was asked for was met in any sample.
  private(set) var isMetricMet = false
  /// Whether the sample last read has a score of the chosen scorer, or no score of any.
  private(set) var isSettled = true
  /// The answer that was scored, when it is short enough to be a label.
  private(set) var answer: BorrowedText?
  /// Whether the score last read was a word or a truth value, such as C and I.
  private(set) var isOutcome = false
  private let wanted: String?
  private let metric: String?
  private let declared: [String]

  init(_ header: InspectHeader, _ options: IntakeOptions) {
    wanted = options.scorer
    choice = options.scorer
    metric = options.metric
    known = header.scorers
    declared = header.scorers
  }

  /// The other scorers, when one had to be chosen.
  var alternatives: [String] { wanted == nil ? known.filter { !Self.isSame($0, choice) } : [] }

  mutating func begin() {
    isSettled = true
    answer = nil
    isOutcome = false
  }

  /// What is scored: the scorer, and the key where it gives several values.
  var metricName: String? { choice.map { choice in metric.map { "\(choice).\($0)" } ?? choice } }

  /// Reads `scores`, an object from scorer to score.
  mutating func read(_ reader: inout JSONReader) throws -> Double? {
    if choice == nil { try choose(reader) }
    guard try reader.enterObjectIfAny() else { return nil }
    var value: Double?
    var isFound = false
    var isEmpty = true
    while let name = try reader.nextKey() {
      isEmpty = false
      if let choice, name.hasText(choice) {
        isFound = true
        isChoiceMet = true
        value = try readScore(&reader)
      } else {
        if !isChoiceMet, known.count < 256, !known.contains(where: { name.hasText($0) }) { known.append(name.string) }
        try reader.skipValue()
      }
    }
    isSettled = isFound || isEmpty
    return value
  }

  /// Reads the one score of a log that does not name it.
  mutating func readUnnamed(_ reader: inout JSONReader) throws -> Double? {
    if choice == nil { choice = known.first ?? Self.unnamed }
    isChoiceMet = true
    return try readScore(&reader)
  }

  /// Chooses the first declared scorer that the sample has, else the sample's first.
  ///
  /// `reader` is a copy: the scores are looked at ahead.
  private mutating func choose(_ reader: JSONReader) throws {
    var ahead = reader
    guard try ahead.enterObjectIfAny() else { return }
    var names: [String] = []
    while let name = try ahead.nextKey() {
      if names.count < 256 { names.append(name.string) }
      try ahead.skipValue()
    }
    for name in names where !known.contains(where: { Self.isSame($0, name) }) { known.append(name) }
    for name in declared {
      if let match = names.first(where: { Self.isSame(name, $0) }) {
        choice = match
        return
      }
    }
    choice = names.first
  }

  /// Whether a declared name means a scorer: declared names may carry the package, `package/scorer`.
  private static func isSame(_ declared: String, _ name: String?) -> Bool {
    guard let name else { return false }
    return declared == name || declared.hasSuffix("/" + name)
  }

  /// Reads a score object; nil is a missing score.
  private mutating func readScore(_ reader: inout JSONReader) throws -> Double? {
    guard try reader.enterObjectIfAny() else { return nil }
    var value: Double?
    while let key = try reader.nextKey() {
      if key.equals("value") {
        value = try readValue(&reader)
      } else if key.equals("answer"), try reader.peek() == .string {
        let text = try reader.readString()
        answer = text.bytes.count <= Self.longestAnswer ? text : nil
      } else {
        try reader.skipValue()
      }
    }
    return value
  }

  private static let longestAnswer = 256

  private mutating func readValue(_ reader: inout JSONReader) throws -> Double? {
    let start = reader.offset
    switch try reader.peek() {
    case .object: return try readKeyed(&reader)
    case .array: return try readListed(&reader)
    default:
      let value = try readScalar(&reader)
      // Not a number is how Inspect marks a sample that its scorer could not score, also one with several values.
      if metric == nil || value == nil { return value }
      throw reader.error(
        atOffset: start,
        problem: "the score of \"\(choice ?? Self.unnamed)\" is a single value, without the key \"\(metric ?? "")\"",
        remedy: "Leave --metric out, or name another scorer with --scorer")
    }
  }

  private mutating func readKeyed(_ reader: inout JSONReader) throws -> Double? {
    let start = reader.offset
    var value: Double?
    try reader.enterObject()
    while let key = try reader.nextKey() {
      if keys.count < 64, !keys.contains(where: { key.hasText($0) }) { keys.append(key.string) }
      if let metric, key.hasText(metric) {
        isMetricMet = true
        value = try readScalar(&reader)
      } else {
        try reader.skipValue()
      }
    }
    if metric == nil { throw severalValues(reader, start) }
    return value
  }

  private mutating func readListed(_ reader: inout JSONReader) throws -> Double? {
    let start = reader.offset
    var value: Double?
    var index = 0
    try reader.enterArray()
    while try reader.nextElement() {
      let name = String(index)
      if keys.count < 64, index >= keys.count { keys.append(name) }
      if metric == name {
        isMetricMet = true
        value = try readScalar(&reader)
      } else {
        try reader.skipValue()
      }
      index += 1
    }
    if metric == nil { throw severalValues(reader, start) }
    return value
  }

  private func severalValues(_ reader: JSONReader, _ start: Int) -> IntakeError {
    reader.error(
      atOffset: start, problem: "the scorer \"\(choice ?? Self.unnamed)\" gives several values",
      remedy: "Choose one with --metric: \(keys.isEmpty ? "none is named" : keys.joined(separator: ", "))")
  }

  private mutating func readScalar(_ reader: inout JSONReader) throws -> Double? {
    let start = reader.offset
    isOutcome = try reader.peek() != .number
    switch try reader.peek() {
    case .number: return try reader.readNumber()
    case .boolean: return try reader.readBool() ? 1 : 0
    case .null:
      try reader.readNull()
      return nil
    case .string:
      let text = try reader.readString()
      if let value = ScoreWord.value(text) { return value }
      throw reader.error(
        atOffset: start,
        problem:
          "the score of \"\(choice ?? Self.unnamed)\" is the text \"\(text.string.prefix(60))\", which has no value",
        remedy: "Texts with a value are C, P, I, N, yes, no, true, false and numbers; choose another with --scorer")
    case .object, .array, .end:
      throw reader.error(
        atOffset: start, problem: "the score of \"\(choice ?? Self.unnamed)\" nests values",
        remedy: "Choose another with --scorer")
    }
  }
}
