/// How much of what a feature or an agent does may go wrong, and what it may do when more has.
///
/// `FailureBudget` is what the check `agent-trust` judges records by, after the fact; this one stands in the path of calls.
public struct FailureRule: Sendable, Equatable {
  /// Whose calls count.
  public enum Subject: Sendable, Hashable {
    case feature(String)
    case agent(String)

    /// `feature:support`.
    public var text: String {
      switch self {
      case .feature(let name): "feature:\(name)"
      case .agent(let name): "agent:\(name)"
      }
    }

    /// Whether a call is its own.
    public func covers(feature: String, agent: String?) -> Bool {
      switch self {
      case .feature(let name): name == feature
      case .agent(let name): name == agent
      }
    }
  }

  /// What becomes of calls that would be refused.
  public enum Mode: String, Sendable, CaseIterable {
    case off, observe, enforce
  }

  /// What is left of a subject that has spent its budget.
  public enum Response: String, Sendable, CaseIterable {
    /// Calls that offer no tool that changes something.
    case readOnly = "read_only"
    /// The same; and others that a person has approved.
    case approval
  }

  /// What becomes of calls that may change something when nobody can say what has failed.
  public enum Failure: String, Sendable, CaseIterable {
    case closed, open
  }

  /// A pair of windows in which a budget burns too fast: it does when failures are `burn` times as frequent as is tolerated in the
  /// long one, and still are in the short one.
  ///
  /// Source: B. Beyer et al. (ed.), "The Site Reliability Workbook", 2018, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts".
  public struct Burn: Sendable, Equatable {
    public var long: Duration
    public var short: Duration
    /// Above 0.
    public var rate: Double

    public init(long: Duration, short: Duration, rate: Double) {
      self.long = long
      self.short = short
      self.rate = rate
    }

    /// The workbook's: two that wake somebody up, and one that can wait until the morning.
    public static let usual = [
      Burn(long: .seconds(3_600), short: .seconds(300), rate: 14.4),
      Burn(long: .seconds(6 * 3_600), short: .seconds(1_800), rate: 6),
      Burn(long: .seconds(3 * 86_400), short: .seconds(6 * 3_600), rate: 1),
    ]
  }

  /// What a call weighs that failed so; 0 is no failure.
  public struct Weights: Sendable, Equatable {
    private var values = SIMD8<Double>(0, 1, 1, 1, 1, 1, 0, 0)

    public init() {}

    public subscript(kind: FailureKind) -> Double {
      get { values[kind.place] }
      set { values[kind.place] = newValue }
    }

    /// A call weighs what the worst weighs that is wrong with it; nil where that is nothing.
    public func worst(of kinds: some Sequence<FailureKind>) -> FailureKind? {
      kinds.filter { self[$0] > 0 }.max { left, right in
        self[left] == self[right] ? left.place > right.place : self[left] < self[right]
      }
    }
  }

  public var name: String
  public var subject: Subject
  /// What calls may weigh on average; above 0.
  public var rate: Double
  /// How far back calls count.
  public var period: Duration
  public var mode = Mode.observe
  public var response = Response.readOnly
  public var onFailure = Failure.closed
  public var weights = Weights()
  /// How sure it must be that more fails than is tolerated; in (0, 1).
  public var confidence = 0.95
  public var burns = Burn.usual

  public init(_ name: String, _ subject: Subject, rate: Double, period: Duration) {
    self.name = name
    self.subject = subject
    self.rate = rate
    self.period = period
  }
}
