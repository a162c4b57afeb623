public import Records

/// Stops asking a provider that fails, and finds out when it has recovered.
///
/// | state | what happens | becomes |
/// |---|---|---|
/// | closed | a failure makes `consecutive` in a row, or the exact test shows a rate above `openRate` | open |
/// | closed | a quota fault | open, for as long as the provider says |
/// | closed | words of judges make the exact test show that more than `judgedRate` of the judged calls are bad | open |
/// | any | a word on a call that began before the state last changed, or before the window of judged calls | the same: it says nothing |
/// | closed | anything else | closed |
/// | open | its time is over | half-open |
/// | half-open | one of `probes` calls fails | open, for twice as long, up to `mostOpenTime` |
/// | half-open | all `probes` calls have succeeded | closed, with nothing remembered |
/// | half-open | a probe says nothing (its caller was at fault or went) | half-open; another takes its place |
/// | any | a person holds it open | open, until the hold ends |
/// | any | a person holds it closed | closed, whatever happens, until the hold ends |
/// | held open | the hold ends | half-open |
/// | held closed | the hold ends | closed, with nothing remembered |
///
/// Calls are told apart by the era in which they were let in: one that ends after the state has changed says nothing of the new
/// state. A value without I/O and without a clock: whoever asks says what time it is, and a clock that is set back makes nothing
/// last longer than it may.
public struct Breaker: Sendable, Hashable {
  public enum State: String, Sendable, CaseIterable {
    case closed
    case open
    case halfOpen = "half_open"
  }

  /// What a call that was let in shows when it has ended.
  public struct Pass: Sendable, Hashable {
    fileprivate let era: Int
    /// Whether it finds out if the provider has recovered.
    public let isProbe: Bool

    /// That of a call of a breaker that is new.
    public static let first = Pass(era: 0, isProbe: false)
  }

  public enum Admission: Sendable, Hashable {
    case passed(Pass)
    /// Until then nobody passes; half-open, it may be sooner.
    case refused(until: Instant)
  }

  public private(set) var state = State.closed
  /// When it took its state; nil for the first one.
  public private(set) var since: Instant?
  /// Why it is not closed; half-open, why it was open. Nil while it is closed.
  public private(set) var cause: BreakerCause?
  /// How often its state has changed.
  public private(set) var era = 0
  /// What a person said, while it holds.
  public private(set) var hold: BreakerHold?
  private var lasts = Duration.zero
  private var reopened = 0
  /// Probes that are under way, and those that have succeeded.
  private var probing = 0
  private var proved = 0
  private var window = BreakerWindow()
  private var words = JudgedWindow()

  /// How long callers wait who come while probes are under way.
  static let probeTime = Duration.seconds(1)

  public init() {}

  /// Calls in the window, of those that were closed; how many failed, and how many of the newest in a row.
  public var calls: Int { window.calls }
  public var failed: Int { window.failed }
  public var streak: Int { window.streak }
  /// Calls that judges have judged, of those that began since it closed and within their window; and how many are bad.
  public var judged: Int { words.calls }
  public var judgedBad: Int { words.bad }

  /// When it will be half-open, or its hold ends; nil while nothing but calls changes it.
  public var until: Instant? {
    if let hold { return hold.expiresAt }
    return state == .open ? since?.advanced(by: lasts) : nil
  }

  // MARK: Calls

  /// Asks whether a call may go ahead. Who is let in must report, once, how it went.
  public mutating func admit(_ rule: BreakerRule, at now: Instant) -> Admission {
    advance(to: now, rule)
    switch state {
    case .closed: return .passed(Pass(era: era, isProbe: false))
    case .open: return .refused(until: until ?? now)
    case .halfOpen:
      guard probing + proved < rule.probes else {
        return .refused(until: now.advanced(by: Breaker.probeTime) ?? now)
      }
      probing += 1
      return .passed(Pass(era: era, isProbe: true))
    }
  }

  /// Takes how a call went that was let in.
  /// - Parameter asked: how long the provider said to wait.
  public mutating func report(
    _ pass: Pass, _ outcome: BreakerOutcome, asked: Duration? = nil, _ rule: BreakerRule, at now: Instant
  ) {
    advance(to: now, rule)
    guard pass.era == era else { return }
    if pass.isProbe { return report(probe: outcome, asked, rule, now) }
    switch outcome {
    case .uncounted: return
    case .succeeded: window.append(hasFailed: false, at: now, most: rule.mostCalls)
    case .failed(let fault):
      window.append(hasFailed: true, at: now, most: rule.mostCalls)
      guard hold == nil, let cause = cause(fault, rule) else { return }
      open(cause, rule.time(fault, reopened: reopened, asked: asked), now)
    }
  }

  private mutating func report(probe outcome: BreakerOutcome, _ asked: Duration?, _ rule: BreakerRule, _ now: Instant) {
    probing -= 1
    switch outcome {
    case .uncounted: return
    case .succeeded:
      proved += 1
      if proved >= rule.probes { change(to: .closed, now) }
    case .failed(let fault):
      reopened += 1
      open(.probe(fault), rule.time(fault, reopened: reopened, asked: asked), now)
    }
  }

  private func cause(_ fault: BreakerFault, _ rule: BreakerRule) -> BreakerCause? {
    if fault == .quota { return .quota }
    if window.streak >= rule.consecutive { return .consecutive(window.streak, fault) }
    if rule.isShown(failed: window.failed, of: window.calls) {
      return .rate(failed: window.failed, calls: window.calls, fault)
    }
    return nil
  }

  // MARK: Judges

  /// Takes what judges say of a call, all of them together. Who says something else later says it again: a call counts once, by the
  /// last that was said.
  /// - Parameters:
  ///   - call: tells calls apart.
  ///   - began: when the call did. What began before the state last changed says nothing of this one: a breaker that has just closed is
  ///     not opened by what came before.
  public mutating func judge(_ call: UInt64, began: Instant, isBad: Bool, _ rule: BreakerRule, at now: Instant) {
    advance(to: now, rule)
    guard state == .closed, since.map({ began > $0 }) ?? true, began.duration(to: now) < rule.judgedWindow else {
      return
    }
    // Whoever's clock is ahead begins now.
    words.set(call, at: min(began, now), isBad: isBad, most: rule.mostCalls)
    guard isBad, hold == nil, rule.isShown(bad: words.bad, ofJudged: words.calls) else { return }
    open(.judged(bad: words.bad, calls: words.calls), rule.time(.judged, reopened: reopened, asked: nil), now)
  }

  // MARK: People

  /// Takes what a person said; nil when nobody says anything any more. Saying the same again changes nothing.
  public mutating func hold(_ new: BreakerHold?, _ rule: BreakerRule, at now: Instant) {
    advance(to: now, rule)
    let new = new.flatMap { $0.isOver(at: now) ? nil : $0 }
    guard new != hold else { return }
    guard let new else { return release(now) }
    hold = new
    switch new.position {
    case .open: open(.held(reason: new.reason), .zero, now)
    case .closed: change(to: .closed, now)
    }
  }

  private mutating func release(_ now: Instant) {
    let held = hold?.position
    hold = nil
    change(to: held == .open ? .halfOpen : .closed, now)
  }

  // MARK: Time

  /// Lets time pass.
  public mutating func advance(to now: Instant, _ rule: BreakerRule) {
    // A clock that was set back must not make what has begun last longer.
    if let since, now < since { self.since = now }
    if let hold {
      if hold.isOver(at: now) { release(now) }
    } else if state == .open, let since, since.duration(to: now) >= lasts {
      change(to: .halfOpen, now)
    }
    window.prune(to: now, rule.window)
    words.prune(to: now, rule.judgedWindow)
  }

  private mutating func open(_ cause: BreakerCause, _ lasts: Duration, _ now: Instant) {
    change(to: .open, now)
    self.cause = cause
    self.lasts = lasts
  }

  private mutating func change(to state: State, _ now: Instant) {
    self.state = state
    era += 1
    since = now
    probing = 0
    proved = 0
    window = BreakerWindow()
    words = JudgedWindow()
    guard state == .closed else { return }
    cause = nil
    reopened = 0
  }
}
