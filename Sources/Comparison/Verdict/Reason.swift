/// Why a comparison says what it says: a stable code and a sentence for a person.
public struct Reason: Sendable, Equatable {
  public enum Code: String, Sendable, CaseIterable {
    // These make any outcome inconclusive: the evidence itself is in doubt.
    case conflictingTrials = "CONFLICTING_TRIALS"
    case mixedVersions = "MIXED_VERSIONS"
    case noTrials = "NO_TRIALS"
    case tooFewItems = "TOO_FEW_ITEMS"
    case missingScores = "MISSING_SCORES"
    case droppedItemsDecide = "DROPPED_ITEMS_DECIDE"
    case fewClusters = "FEW_CLUSTERS"
    case notYet = "NOT_YET"
    case tooEarly = "TOO_EARLY"
    // These explain a verdict or warn beside it.
    case noWorthwhileEffect = "NO_WORTHWHILE_EFFECT"
    case belowWorth = "BELOW_WORTH"
    case inconclusive = "INCONCLUSIVE"
    case noEffectSizeSet = "NO_EFFECT_SIZE_SET"
    case zeroVariance = "ZERO_VARIANCE"
    case conflictsLeftOut = "CONFLICTS_LEFT_OUT"
    case clusterConflicts = "CLUSTER_CONFLICTS"
    case addedItems = "ADDED"
    case droppedItems = "DROPPED"
    case droppedUnbounded = "DROPPED_UNBOUNDED"
    case unpaired = "UNPAIRED"
    case unclustered = "UNCLUSTERED"
    case fewClustersWarning = "FEW_CLUSTERS_WARNING"
    case promptsDiffer = "PROMPTS_DIFFER"
    case signReversal = "SIGN_REVERSAL"
    case sliceTooSmall = "SLICE_TOO_SMALL"
    case sliceIsIdentifier = "SLICE_IS_IDENTIFIER"
    case sliceConflicts = "SLICE_CONFLICTS"
    case missingLeftOut = "MISSING_LEFT_OUT"
    case methodOverridden = "METHOD_OVERRIDDEN"
    case methodReplaced = "METHOD_REPLACED"
    case unbalancedRepeats = "UNBALANCED_REPEATS"

    /// Whether the evidence is in doubt, so that no outcome may be reported as a verdict.
    public var isUnknown: Bool {
      switch self {
      case .noTrials, .tooFewItems, .conflictingTrials, .mixedVersions, .missingScores, .droppedItemsDecide,
        .fewClusters, .notYet, .tooEarly:
        true
      default: false
      }
    }
  }

  /// Doubts in the order of the codes, which is that of what to mend first; then the rest as they were found.
  static func ordered(_ reasons: [Reason]) -> [Reason] {
    let doubts = Code.allCases.filter(\.isUnknown).flatMap { code in reasons.filter { $0.code == code } }
    return doubts + reasons.filter { !$0.code.isUnknown }
  }

  public let code: Code
  /// One sentence, without the code.
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

/// Evidence that would decide: what, and how much of it; nil where no amount decides.
public struct MissingEvidence: Sendable, Equatable {
  public let what: String
  public let howMuch: Int?

  public init(what: String, howMuch: Int?) {
    self.what = what
    self.howMuch = howMuch
  }
}
