public import Project
import Similarity

extension ContextWaste {
  /// Thresholds of context waste.
  public struct Policy: CheckPolicy {
    public static let check = "context-waste"

    /// Scores below this are waste; nil calls none low. Scores differ by retriever: calibrate it for each index.
    public var scoreFloor: Double?
    /// Scores below this are doubtful; nil doubts none.
    public var scoreMaybe: Double?
    /// Resemblance from which on two texts are near-duplicates.
    public var nearDuplicate = 0.80
    /// The same for short texts, which are compared by runs of two words.
    public var nearDuplicateShort = 0.80
    /// Runs of five words below which a text is short.
    public var shortShingles = 100
    /// Turns of the history that are always kept.
    public var keepTurns = 3
    /// Share of an older turn's words that must occur in what the user says now.
    public var turnOverlapMin = 0.10
    /// Spans in which a field of a schema was never filled before it counts as unused.
    public var schemaMinSpans = 200
    /// Largest share of tokens that may be waste.
    public var maxWasteShare = 0.25
    /// Spans that are needed.
    public var minSpans = 30
    /// Largest share of tokens of which nothing is known.
    public var unattributedMax = 0.05
    /// Tokens that nineteen of twenty prompts must not exceed; nil where no budget is set.
    public var inputBudget: Int?
    /// Tokens above which a call is refused; nil where none is.
    public var inputHardLimit: Int?
    /// Days of prompts that are read.
    public var windowDays = 30
    /// Error of the test of the budget.
    public var alpha = 0.05
    /// Share of spans without tokens which is left out.
    public var maxMissingShare = 0.05

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("score_floor", \.scoreFloor, .optional(.number), "Scores below this are waste, calibrated for the index"),
      Key("score_maybe", \.scoreMaybe, .optional(.number), "Scores below this are doubtful"),
      Key("near_dup_jaccard", \.nearDuplicate, .share, "Resemblance from which on texts are near-duplicates"),
      Key("near_dup_short", \.nearDuplicateShort, .share, "The same for short texts"),
      Key("short_shingles", \.shortShingles, .count, "Runs of five words below which a text is short"),
      Key("keep_turns", \.keepTurns, .count, "Turns of the history that are always kept"),
      Key("turn_overlap_min", \.turnOverlapMin, .share, "Share of an older turn's words that the user must repeat"),
      Key("schema_min_spans", \.schemaMinSpans, .count(atLeast: 1), "Spans without a field before it is unused"),
      Key("max_waste_share", \.maxWasteShare, .share, "Largest share of tokens that may be waste"),
      Key("min_spans", \.minSpans, .count(atLeast: 1), "Spans that are needed"),
      Key("unattributed_max", \.unattributedMax, .share, "Largest share of tokens of which nothing is known"),
      Key("input_p95_budget", \.inputBudget, .optional(.count), "Tokens that nineteen of twenty prompts stay within"),
      Key("input_hard_limit", \.inputHardLimit, .optional(.count), "Tokens above which a call is refused"),
      Key("window_days", \.windowDays, .count(atLeast: 1), "Days of prompts that are read"),
      Key("alpha", \.alpha, .openShare, "Error of the test of the budget"),
      Key("max_missing_share", \.maxMissingShare, .share, "Share of spans without tokens which is left out"),
    ]

    public func faults() -> [Fault] {
      guard let scoreFloor, let scoreMaybe, scoreMaybe < scoreFloor else { return [] }
      return [
        Fault(
          key: "score_maybe", problem: "score_maybe is below score_floor",
          remedy: "What is doubtful lies above what is waste: write a larger score_maybe.")
      ]
    }

    var nearDuplicates: NearDuplicates {
      NearDuplicates(jaccard: nearDuplicate, shortJaccard: nearDuplicateShort, shortShingles: shortShingles)
    }
  }
}
