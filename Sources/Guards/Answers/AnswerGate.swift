/// Whether an answer may go out that cannot be traced to its sources.
///
/// Source: the `answer-provenance` specification, "Guard".
public struct AnswerGate: Sendable, Equatable {
  public enum Decision: Sendable, Equatable {
    case deliver
    /// It goes out, marked as one that cannot be traced.
    case mark(code: String)
    case withhold(code: String)
  }

  public static let refusal = "PROVENANCE_INCOMPLETE"

  /// Whether the feature's answers are withheld; those of others are marked.
  public var isHighStakes: Bool
  /// Least share of an answer's claims that a chunk in its context must entail.
  public var coverageMin: Double

  public init(isHighStakes: Bool, coverageMin: Double) {
    self.isHighStakes = isHighStakes
    self.coverageMin = coverageMin
  }

  /// - Parameter coverage: of the answer's claims; nil where it makes none, or nobody looked.
  public func decide(_ gaps: AnswerRecord.Gaps, coverage: Double?) -> Decision {
    let isCovered = coverage.map { $0 >= coverageMin - 1e-9 } ?? true
    if gaps.isEmpty, isCovered { return .deliver }
    return isHighStakes ? .withhold(code: AnswerGate.refusal) : .mark(code: AnswerGate.refusal)
  }
}
