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

  /// Codes with which providers say that an account has no credit left.
  public static let quota: Set<String> = [
    "insufficient_quota", "billing_hard_limit_reached", "billing_hard_limit", "billing_not_active", "billing_error",
    "credit_balance_too_low", "quota_exceeded",
  ]

  /// Whether a call says nothing of whoever was to answer it: nobody was asked, its failure was played, the caller went, or the
  /// provider says that the request was wrong.
  public static func isNobodys(_ attributes: JSONValue?, error: String?) -> Bool {
    let error = error ?? ""
    return attributes?["unasked"]?.truth == true || attributes?["drill"] != nil || uncounted.contains(error)
      || CallReplay.neverAsked.contains(error) || isCallers(attributes?["http_status"]?.whole, error)
  }

  private static func isCallers(_ status: Int64?, _ error: String) -> Bool {
    guard let status, (400..<500).contains(status), ![402, 408, 429].contains(status) else { return false }
    return !quota.contains(error)
  }
}
