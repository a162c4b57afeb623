/// Why a breaker is not closed.
public enum BreakerCause: Sendable, Hashable {
  /// So many calls in a row failed; the last one so.
  case consecutive(Int, BreakerFault)
  /// So many of the calls in the window failed; the last one so.
  case rate(failed: Int, calls: Int, BreakerFault)
  /// The provider says that there is no credit or quota.
  case quota
  /// So many of the judged calls in their window were called bad.
  case judged(bad: Int, calls: Int)
  /// It was tried again, and failed again.
  case probe(BreakerFault)
  /// A person said so.
  case held(reason: String)

  /// In one word, for programs.
  public var word: String {
    switch self {
    case .consecutive: "consecutive"
    case .rate: "rate"
    case .quota: "quota"
    case .judged: "judged"
    case .probe: "probe"
    case .held: "held"
    }
  }

  /// What was seen last; nil where a person decided.
  public var fault: BreakerFault? {
    switch self {
    case .consecutive(_, let fault), .rate(_, _, let fault), .probe(let fault): fault
    case .quota: .quota
    case .judged: .judged
    case .held: nil
    }
  }

  /// For people, in a clause.
  public var clause: String {
    switch self {
    case .consecutive(let count, let fault): "\(count) calls in a row failed, the last one as \(fault.rawValue)"
    case .rate(let failed, let calls, let fault):
      "\(failed) of \(calls) calls failed, the last one as \(fault.rawValue)"
    case .quota: "the provider says that there is no credit or quota left"
    case .judged(let bad, let calls): "\(bad) of \(calls) judged calls were called bad"
    case .probe(let fault): "it was tried again and failed as \(fault.rawValue)"
    case .held(let reason): "it was opened by hand: \(reason)"
    }
  }
}
