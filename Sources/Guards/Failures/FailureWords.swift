public import Records

/// What words on a call say of it.
public enum FailureWords {
  /// The annotation that says whether something was meant to be done.
  public static let intention = "intended"

  private static let bad: Set<String> = [
    "false", "fail", "failed", "no", "0", "wrong", "incorrect", "bad", "negative", "thumbs_down",
  ]

  /// Whether a label says that a call is bad.
  public static func isBad(label: String) -> Bool { bad.contains(label.lowercased()) }

  /// Whether a number does: a score from 0 to 1.
  public static func isBad(number: Double) -> Bool { number < 0.5 }

  /// Whether the value of an annotation does.
  public static func isBad(_ value: AnnotationRecord.Value) -> Bool {
    switch value {
    case .number(let number): isBad(number: number)
    case .label(let label): isBad(label: label)
    }
  }

  /// Whether the annotation `intended` says that it was not.
  public static func isUnintended(label: String) -> Bool { label.lowercased() == "no" }

  /// Error types of calls that say nothing of whoever answered: nobody was asked, or the caller went.
  public static let uncounted: Set<String> = ["client_disconnected", "client_stalled"]

  /// The error type of a reply without a byte.
  public static let emptyReply = "empty_reply"
}
