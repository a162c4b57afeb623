/// Whether a call fits the context window of its model, by a count of one's own.
///
/// A provider counts more than the caller does: other words for roles, another tokenizer, another language. What is counted
/// here is raised by the gap that only one call in a hundred exceeds, and the answer needs room as well:
/// ⌈local·(1 + max(0, g))⌉ + max_tokens ≤ window. What does not fit is refused before it is cut without a word.
///
/// Source: the `token-arithmetic` specification, "Computes" and "Guard".
public struct ContextWindow: Sendable, Equatable {
  /// Why a call is refused, and with which status of HTTP.
  public static let refusal = "CONTEXT_OVERFLOW_RISK"
  public static let status = 422

  /// A call that is refused, and by how much it does not fit.
  public struct Refusal: Sendable, Equatable {
    public let error: String
    /// Tokens of the prompt as the provider may count them, and of the answer.
    public let estimate: Int64
    public let window: Int64

    public init(error: String = ContextWindow.refusal, estimate: Int64, window: Int64) {
      self.error = error
      self.estimate = estimate
      self.window = window
    }
  }

  /// Tokens that prompt and answer may have together.
  public let tokens: Int64
  /// billed/local − 1 of which to be afraid; below 0 counts as 0.
  public let gap: Double

  public init(tokens: Int64, gap: Double) {
    self.tokens = tokens
    self.gap = gap
  }

  /// Tokens of a prompt as the provider may count them; the largest number there is where they do not fit one.
  public func estimate(local: Int64) -> Int64 {
    let raised = Double(max(0, local)) * (1 + max(0, gap))
    // 7,000 · 1.11 is a trifle more than 7,770 in binary: what arithmetic adds is no token.
    return Int64(exactly: (raised - raised * 1e-12).rounded(.up)) ?? .max
  }

  /// Nil where the call may go on.
  /// - Parameter maxTokens: the longest answer that was asked for; 0 where nothing was said.
  public func refusal(local: Int64, maxTokens: Int64) -> Refusal? {
    let (sum, overflow) = estimate(local: local).addingReportingOverflow(max(0, maxTokens))
    let estimate = overflow ? Int64.max : sum
    guard estimate > tokens else { return nil }
    return Refusal(estimate: estimate, window: tokens)
  }
}
