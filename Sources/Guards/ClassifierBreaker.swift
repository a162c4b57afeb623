public import Records
internal import Statistics

/// Stops routing one class by itself while its audited decisions are wrong too often.
///
/// closed → open when enough audits show an error rate above what is allowed, or when the labels drift; open → half-open
/// after a time to cool, in which a share of the items is routed again; half-open → closed when the audits since show a rate
/// below what is allowed, → open when they show one above. Audits count since the last change of state.
public struct ClassifierBreaker: Sendable, Equatable {
  /// Thresholds. Rates are shares of audited items.
  public struct Limits: Sendable, Equatable {
    /// Fewest audits that open it.
    public var auditMin = 10
    /// Error rate that is allowed.
    public var allowed = 0.10
    /// From opening to half-open.
    public var cooling = Duration.seconds(24 * 3600)

    public init() {}
  }

  public enum State: String, Sendable {
    case closed
    case open
    case halfOpen = "half-open"
  }

  /// Why it opened.
  public enum Cause: String, Sendable {
    /// The audits show more errors than are allowed.
    case errors
    /// The mix of labels is not the one that was measured.
    case drift
  }

  public private(set) var state = State.closed
  /// Why it last opened; nil while it is closed.
  public private(set) var cause: Cause?
  /// Since the last change of state.
  public private(set) var audited = 0
  public private(set) var wrong = 0
  private var openedAt: Instant?
  private let limits: Limits

  public init(_ limits: Limits = Limits()) {
    self.limits = limits
  }

  /// Takes audits that were made by `now`, and looks once. What is audited while it is open is of no automatic decision
  /// and is left out.
  public mutating func record(audited: Int, wrong: Int, at now: Instant) {
    advance(to: now)
    guard state != .open, audited > 0 else { return }
    self.audited += audited
    self.wrong += wrong
    let rate = interval
    switch state {
    case .closed:
      if self.audited >= limits.auditMin, rate.low > limits.allowed { open(at: now, .errors) }
    case .halfOpen:
      if rate.high < limits.allowed {
        change(to: .closed, at: now)
      } else if rate.low > limits.allowed {
        open(at: now, .errors)
      }
    case .open: break
    }
  }

  /// The mix of labels has drifted too far: what was audited before says nothing now.
  public mutating func drift(at now: Instant) {
    advance(to: now)
    if state != .open { open(at: now, .drift) }
  }

  /// Lets time pass.
  public mutating func advance(to now: Instant) {
    guard state == .open, let openedAt, openedAt.duration(to: now) >= limits.cooling else { return }
    change(to: .halfOpen, at: now)
  }

  /// Wilson's 95 % interval of the error rate since the last change of state.
  public var interval: (low: Double, high: Double) {
    let wilson = ProportionInterval.wilson(successes: Double(wrong), trials: Double(audited))
    return (wilson.low, wilson.high)
  }

  private mutating func open(at now: Instant, _ cause: Cause) {
    change(to: .open, at: now)
    self.cause = cause
  }

  private mutating func change(to state: State, at now: Instant) {
    self.state = state
    audited = 0
    wrong = 0
    openedAt = state == .open ? now : nil
    if state == .closed { cause = nil }
  }
}
