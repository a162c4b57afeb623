import Records

/// The named scores of a file, and the one that was asked for.
struct PromptfooMetrics {
  /// What is taken as the score of a result.
  enum Choice: Equatable {
    /// Whether all assertions passed: 1 or 0.
    case success
    /// The share of the assertions' weight that was met.
    case score
    case named(String)
  }

  let choice: Choice
  /// Names that were met.
  private(set) var names: [String] = []
  /// Whether the one that was asked for was met.
  private(set) var isMet = false

  /// - Parameter metric: as the user wrote it; nil is `success`.
  init(metric: String?) {
    switch metric {
    case nil, "success": choice = .success
    case "score": choice = .score
    case .some(let name): choice = .named(name)
    }
  }

  /// Reads `namedScores` and returns the score that was asked for.
  mutating func read(_ reader: inout JSONReader) throws -> Double? {
    var value: Double?
    guard try reader.enterObjectIfAny() else { return nil }
    while let key = try reader.nextKey() {
      if names.count < 64, !names.contains(where: { key.hasText($0) }) { names.append(key.string) }
      if case .named(let name) = choice, key.hasText(name) {
        isMet = true
        value = try reader.readNumberIfAny()
      } else {
        try reader.skipValue()
      }
    }
    return value
  }

  /// The score of a result; nil where it has no verdict.
  func score(of outcome: PromptfooOutcome) -> Double? {
    guard outcome.isGraded else { return nil }
    switch choice {
    case .success: return outcome.passed.map { $0 ? 1 : 0 }
    case .score: return outcome.score
    case .named: return outcome.namedScore
    }
  }
}
