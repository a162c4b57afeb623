/// The fields of a `trial` record that only a ledger keeps, borrowed from the input like the rest of a `TrialRow`.
public struct TrialDetails {
  /// Whether the output passed, where the source says so in a word or a truth value and not only as a number.
  public var passed: Bool?
  /// The label that was given, and the right one.
  public var predicted: BorrowedText?
  public var expected: BorrowedText?
  /// Of the prediction, 0…1.
  public var confidence: Double?
  /// Topic or intent, matched with spans.
  public var trafficCluster: BorrowedText?
  /// A JSON object of tags as it stands in the input.
  public var tags: BorrowedText?
  /// What is scored.
  public var metric: BorrowedText?
  /// Scorer.
  public var judge: BorrowedText?
  /// SHA-256 of the artifact under test.
  public var subject: BorrowedText?
  /// What the row cost in 10⁻¹² US dollars, exactly.
  public var costUnits: Int128?
  public var latencyMilliseconds: Double?
  public var inputTokens: Int64?
  public var outputTokens: Int64?
  /// When the output was made or scored.
  public var time: Instant?

  public init() {}
}
