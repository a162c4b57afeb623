public import Records

/// Stops the writes of an agent whose calls of a tool fail.
///
/// | state | what happens | becomes |
/// |---|---|---|
/// | closed | `consecutive` failures in a row, or a share of `open` among `minCalls` or more of the window | open for `openTime` |
/// | open | `openTime` is over | half-open |
/// | half-open | one of `probes` calls fails | open, for twice as long, up to `mostOpenTime` |
/// | half-open | `probes` calls have succeeded | closed, with nothing remembered |
///
/// A plain share, not a test: it judges an agent and one tool, which has few calls, and the price of stopping too early is a
/// pause of half a minute. `Breaker` is the exact machine for providers, which have many. A value without a clock.
public struct AgentBreaker: Sendable, Hashable {
  public struct Rule: Sendable, Hashable {
    public var window: Duration
    /// Fewer calls in the window are not judged by their share.
    public var minCalls: Int
    /// Shares of failures from which on it warns, and opens.
    public var warn: Double
    public var open: Double
    public var consecutive: Int
    public var openTime: Duration
    public var probes: Int
    public var mostOpenTime: Duration

    public init(
      window: Duration = .seconds(300), minCalls: Int = 10, warn: Double = 0.10, open: Double = 0.25,
      consecutive: Int = 5, openTime: Duration = .seconds(30), probes: Int = 3, mostOpenTime: Duration = .seconds(600)
    ) {
      self.window = window
      self.minCalls = minCalls
      self.warn = warn
      self.open = open
      self.consecutive = consecutive
      self.openTime = openTime
      self.probes = probes
      self.mostOpenTime = mostOpenTime
    }
  }

  public enum Level: Sendable, Hashable {
    case closed
    /// It lets everything pass; the share of failures is at `warn` or above.
    case warning
    case open
    case halfOpen
  }

  private struct Event: Sendable, Hashable {
    let at: Instant
    let hasFailed: Bool
  }

  private var events: [Event] = []
  private var streak = 0
  private var openedAt: Instant?
  private var isHalfOpen = false
  private var lasts = Duration.zero
  private var proved = 0
  /// How often it opened from closed or half-open.
  public private(set) var openings = 0

  private static let slack = 1e-9

  public init() {}

  /// What the breaker is after some events, in the order of their times.
  public static func level(
    after events: some Sequence<(at: Instant, hasFailed: Bool)>, _ rule: Rule, at now: Instant
  ) -> Level {
    var breaker = AgentBreaker()
    for event in events { breaker.note(hasFailed: event.hasFailed, rule, at: event.at) }
    return breaker.level(rule, at: now)
  }

  /// Takes how a call went. What ends while it is open was let in before, and says nothing.
  public mutating func note(hasFailed: Bool, _ rule: Rule, at now: Instant) {
    advance(to: now, rule)
    if isHalfOpen {
      if hasFailed { return open(at: now, for: min(lasts * 2, rule.mostOpenTime)) }
      proved += 1
      if proved >= rule.probes { self = AgentBreaker(openings: openings) }
      return
    }
    guard openedAt == nil else { return }
    events.append(Event(at: now, hasFailed: hasFailed))
    streak = hasFailed ? streak + 1 : 0
    if hasFailed, streak >= rule.consecutive || isReached(rule.open, rule) {
      open(at: now, for: min(rule.openTime, rule.mostOpenTime))
    }
  }

  public mutating func level(_ rule: Rule, at now: Instant) -> Level {
    advance(to: now, rule)
    if isHalfOpen { return .halfOpen }
    if openedAt != nil { return .open }
    return isReached(rule.warn, rule) ? .warning : .closed
  }

  private init(openings: Int) { self.openings = openings }

  /// A share is a trigger: it is reached.
  private func isReached(_ share: Double, _ rule: Rule) -> Bool {
    let failed = events.count(where: \.hasFailed)
    return events.count >= max(1, rule.minCalls) && failed > 0
      && Double(failed) >= share * Double(events.count) - AgentBreaker.slack
  }

  private mutating func open(at now: Instant, for time: Duration) {
    self = AgentBreaker(openings: openings + 1)
    openedAt = now
    lasts = time
  }

  private mutating func advance(to now: Instant, _ rule: Rule) {
    if let opened = openedAt, !isHalfOpen, opened.duration(to: now) >= lasts {
      isHalfOpen = true
      proved = 0
    }
    let kept = events.firstIndex { $0.at.duration(to: now) <= rule.window } ?? events.endIndex
    events.removeFirst(kept)
  }
}
