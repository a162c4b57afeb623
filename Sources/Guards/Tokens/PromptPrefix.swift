/// How much of a prompt a provider's cache can take from the call before it: the tokens that both begin with.
///
/// Caches work on prefixes. One volatile token at the beginning, such as the time of day, makes everything behind it new.
///
/// Source: the `token-arithmetic` specification, "Computes"; the prompt-caching guides of Anthropic and OpenAI.
public struct PromptPrefix: Sendable, Equatable {
  /// Tokens of the render, n.
  public let tokens: Int
  /// Equal leading tokens of this render and the one before it, k.
  public let shared: Int
  /// Tokens that are the same in every render, wherever they stand.
  public let fixed: Int

  public init(tokens: Int, shared: Int, fixed: Int) {
    self.tokens = tokens
    self.shared = shared
    self.fixed = fixed
  }

  /// k/static, at most 1; nil where nothing is static.
  public var share: Double? { fixed > 0 ? min(1, Double(shared) / Double(fixed)) : nil }

  /// What the render costs, in input tokens at full price: (n − k) + r·k, where a shorter prefix than the cache takes counts
  /// as none.
  /// - Parameters:
  ///   - ratio: r, the price of a cached token over that of another.
  ///   - minimum: tokens below which nothing is cached.
  public func cost(ratio: Double, minimum: Int) -> Double {
    let cached = shared < minimum ? 0 : shared
    return Double(tokens - cached) + ratio * Double(cached)
  }

  /// Whether renders share too little: the rule of the gate `merge` (`PREFIX_BROKEN`).
  ///
  /// The share is that of all renders together, so that a long prompt counts as much as it costs.
  /// - Parameter least: the smallest share that is in order; a share equal to it is.
  public static func isBroken(_ renders: some Sequence<PromptPrefix>, least: Double) -> Bool {
    share(of: renders).map { $0 < least - 1e-9 } ?? false
  }

  /// Σ k/Σ static over renders, no k larger than what is static; nil where nothing is.
  public static func share(of renders: some Sequence<PromptPrefix>) -> Double? {
    var (shared, fixed) = (0, 0)
    for render in renders {
      shared += min(render.shared, render.fixed)
      fixed += render.fixed
    }
    return fixed > 0 ? Double(shared) / Double(fixed) : nil
  }
}
