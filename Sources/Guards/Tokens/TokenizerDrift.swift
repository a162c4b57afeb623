/// How differently two tokenizers count the same texts, class by class: budgets, guards and plans that were set with one are
/// wrong by so much with the other.
///
/// Source: the `token-arithmetic` specification, "Computes".
public struct TokenizerDrift: Sendable, Equatable {
  public struct Row: Sendable, Equatable {
    public let name: String
    public let old: Int
    public let new: Int

    /// new/old − 1; nil where the old one counted nothing.
    public var drift: Double? { old > 0 ? Double(new - old) / Double(old) : nil }

    public init(name: String, old: Int, new: Int) {
      self.name = name
      self.old = old
      self.new = new
    }
  }

  /// Classes that both counted, by name.
  public let rows: [Row]

  /// - Parameters:
  ///   - old: tokens by class.
  ///   - new: the same, of the tokenizer that comes.
  public init(old: [String: Int], new: [String: Int]) {
    rows = old.keys.filter { new[$0] != nil }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .map { Row(name: $0, old: old[$0] ?? 0, new: new[$0] ?? 0) }
  }

  /// The row that drifts most, of equals the first; nil where nothing can be compared.
  public var worst: Row? {
    rows.filter { $0.drift != nil }.reduce(nil) { worst, row in
      guard let worst, abs(worst.drift ?? 0) >= abs(row.drift ?? 0) else { return row }
      return worst
    }
  }

  /// Whether a class drifts by more than is allowed: the rule of the gate `merge` (`TOKENIZER_DRIFT`).
  public func exceeds(_ most: Double) -> Bool { worst.map { abs($0.drift ?? 0) > most + 1e-9 } ?? false }
}
