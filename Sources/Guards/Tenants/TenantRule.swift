/// What a tenant may use of what all share, and its part where that is scarce.
public struct TenantRule: Sendable, Equatable {
  /// What becomes of a call that would be refused.
  public enum Mode: String, Sendable, CaseIterable {
    case off, observe, enforce
  }

  /// What a tenant has too little left of.
  public enum Limit: String, Sendable, CaseIterable {
    case tokens = "tokens_per_minute"
    case calls = "calls_per_minute"
    case concurrency
  }

  /// Tokens of input and output a minute; nil sets no limit.
  public var tokensPerMinute: Int64?
  public var callsPerMinute: Int64?
  /// Calls that may be under way at once.
  public var concurrency: Int?
  /// Above 0.
  public var weight = 1.0

  public init() {}

  /// The amount of a limit; nil where there is none.
  public func amount(of limit: Limit) -> Int64? {
    switch limit {
    case .tokens: tokensPerMinute
    case .calls: callsPerMinute
    case .concurrency: concurrency.map { Int64($0) }
    }
  }

  /// What tokens count for when a scarce place is given to whoever has had the least: output is made one token after the other, input is
  /// read at once. (Sheng et al., "Fairness in Serving Large Language Models", OSDI 2024, take 1 and 2 as well.)
  public struct FairWeights: Sendable, Equatable {
    public var input: Int64 = 1
    public var output: Int64 = 2

    public init() {}

    public func cost(input: Int64, output: Int64) -> Int64 {
      let (read, isLong) = self.input.multipliedReportingOverflow(by: input)
      let (written, isLonger) = self.output.multipliedReportingOverflow(by: output)
      let (sum, isLongest) = read.addingReportingOverflow(written)
      return isLong || isLonger || isLongest ? .max : sum
    }
  }
}
