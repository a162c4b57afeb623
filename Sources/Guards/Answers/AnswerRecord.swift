/// What was recorded of one answer, and what is missing to say where it came from.
///
/// Source: the `answer-provenance` specification, "Complete record".
public struct AnswerRecord: Sendable, Equatable {
  /// Fields that may be required of an answer, as spans name them.
  public enum Field: String, Sendable, CaseIterable {
    case promptSHA256 = "prompt_sha256"
    case configSHA256 = "config_sha256"
    case modelServed = "model_served"
    case indexSHA256 = "index_sha256"
    case retrieved
  }

  /// One thing that was retrieved.
  public struct Row: Sendable, Equatable {
    public var chunkID: String?
    public var docID: String?
    public var docSHA256: String?
    public var rank: Int64?
    public var isInContext: Bool?

    public init(chunkID: String?, docID: String?, docSHA256: String?, rank: Int64?, isInContext: Bool?) {
      self.chunkID = chunkID
      self.docID = docID
      self.docSHA256 = docSHA256
      self.rank = rank
      self.isInContext = isInContext
    }

    /// Whether it says what it is, of which version of which document, where it stood, and whether it was sent.
    public var isComplete: Bool {
      let texts = [chunkID, docID, docSHA256]
      return texts.allSatisfy { !($0 ?? "").isEmpty } && rank != nil && isInContext != nil
    }
  }

  /// What an answer's record lacks.
  public struct Gaps: Sendable, Equatable {
    public var fields: [Field] = []
    /// Rows that do not say all that they must.
    public var brokenRows = 0
    /// Two rows of one rank.
    public var hasEqualRanks = false

    public init() {}

    public var isEmpty: Bool { fields.isEmpty && brokenRows == 0 && !hasEqualRanks }

    /// What is missing, in words.
    public var words: [String] {
      fields.map(\.rawValue) + (brokenRows > 0 ? ["whole rows in retrieved"] : [])
        + (hasEqualRanks ? ["unique ranks"] : [])
    }
  }

  public var promptSHA256: String?
  public var configSHA256: String?
  public var modelServed: String?
  public var indexSHA256: String?
  /// Empty: nothing was retrieved, explicitly. Nil: nobody said.
  public var retrieved: [Row]?

  public init(
    promptSHA256: String?, configSHA256: String?, modelServed: String?, indexSHA256: String?, retrieved: [Row]?
  ) {
    self.promptSHA256 = promptSHA256
    self.configSHA256 = configSHA256
    self.modelServed = modelServed
    self.indexSHA256 = indexSHA256
    self.retrieved = retrieved
  }

  /// Whatever is required, rows that are there must be whole. An answer for which nothing was retrieved needs no index.
  public func gaps(required: [Field]) -> Gaps {
    var gaps = Gaps()
    gaps.fields = required.filter { field in
      switch field {
      case .promptSHA256: (promptSHA256 ?? "").isEmpty
      case .configSHA256: (configSHA256 ?? "").isEmpty
      case .modelServed: (modelServed ?? "").isEmpty
      case .indexSHA256: (indexSHA256 ?? "").isEmpty && retrieved != []
      case .retrieved: retrieved == nil
      }
    }
    let rows = retrieved ?? []
    gaps.brokenRows = rows.count { !$0.isComplete }
    let ranks = rows.compactMap(\.rank)
    gaps.hasEqualRanks = Set(ranks).count < ranks.count
    return gaps
  }
}
