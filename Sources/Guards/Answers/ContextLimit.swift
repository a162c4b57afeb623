/// Whether a prompt may be sent at all.
///
/// Source: the `context-waste` specification, "Guard".
public struct ContextLimit: Sendable, Equatable {
  /// Why a call is refused, and with which status of HTTP.
  public static let refusal = "CONTEXT_BUDGET_EXCEEDED"
  public static let status = 422

  /// Tokens; nil where nothing is limited.
  public let hardLimit: Int?

  public init(hardLimit: Int?) {
    self.hardLimit = hardLimit
  }

  /// Nil where the call may go on.
  public func refusal(inputTokens: Int64) -> String? {
    guard let hardLimit, inputTokens > Int64(hardLimit) else { return nil }
    return ContextLimit.refusal
  }
}
