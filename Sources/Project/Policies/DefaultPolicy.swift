/// `policies.default`: thresholds that every check takes over for its keys of the same name, where they are written.
///
/// The values here are what most checks use; a key that is not written leaves each check its own default.
public struct DefaultPolicy: Configurable {
  /// Confidence of intervals and bounds.
  public var confidence = 0.95
  /// Largest p-value that counts as a difference.
  public var alpha = 0.05
  /// Share of missing values up to which they are left out.
  public var maxMissingShare = 0.05
  /// Share of items with conflicting rows up to which they are left out.
  public var maxConflictShare = 0.01
  /// Least share of common items for a paired comparison.
  public var minOverlap = 0.90
  /// Share of common items below which a paired comparison warns.
  public var warnOverlap = 0.95
  /// Resemblance from which on two texts are near-duplicates, by runs of five words.
  public var nearDuplicate = 0.80
  /// The same by runs of two words, for short texts.
  public var nearDuplicateShort = 0.80
  /// Runs of five words below which a text is short.
  public var shortShingles = 100

  public init() {}

  public static let keys: [Key<DefaultPolicy>] = [
    Key("confidence", \.confidence, .openShare, "Confidence of intervals and bounds (share)"),
    Key("alpha", \.alpha, .openShare, "Largest p-value that counts as a difference"),
    Key(
      "max_missing_share", \.maxMissingShare, .share, "Share of missing values up to which they are left out"),
    Key(
      "max_conflict_share", \.maxConflictShare, .share,
      "Share of items with conflicting rows up to which those are left out"),
    Key("min_overlap", \.minOverlap, .share, "Least share of common items for a paired comparison"),
    Key("warn_overlap", \.warnOverlap, .share, "Share of common items below which a paired comparison warns"),
    Key("near_dup_jaccard", \.nearDuplicate, .share, "Resemblance from which on texts are near-duplicates"),
    Key("near_dup_short", \.nearDuplicateShort, .share, "The same for short texts"),
    Key("short_shingles", \.shortShingles, .count, "Runs of five words below which a text is short"),
  ]

  public func faults() -> [Fault] {
    guard warnOverlap < minOverlap else { return [] }
    return [
      Fault(
        key: "warn_overlap", problem: "warn_overlap is below min_overlap (\(NumberText.plain(minOverlap)))",
        remedy: "The warning comes first: write a larger warn_overlap or a smaller min_overlap.")
    ]
  }
}
