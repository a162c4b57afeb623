public import Records

/// What somebody was last told of a check and a subject, and what is to be told now. Only changes are.
///
/// | told so far | a run shows | told now | becomes |
/// |---|---|---|---|
/// | nothing | a verdict that is told, the `runs`th time in a row | open | told |
/// | nothing | a verdict that is told, fewer times | nothing | nothing, one run nearer |
/// | nothing | another verdict, a waiver, no such subject | nothing | nothing, with nothing remembered |
/// | a condition | the same | nothing; a reminder once that is due | told |
/// | a condition | another verdict or code that is told, the `runs`th time in a row | change | told, the new one |
/// | a condition | another that is told, fewer times | nothing | told, one run nearer |
/// | a condition | a verdict that is not told, the `wellRuns`th time in a row | resolve: cleared | nothing |
/// | a condition | a verdict that is not told, fewer times | nothing | told, one run nearer |
/// | a condition | a waiver in force | resolve: waived | nothing |
/// | a condition | that there is no such subject any more | resolve: gone | nothing |
/// | a condition | that no schedule runs the check any more | resolve: unscheduled | nothing |
/// | either | that the check could not run | nothing | as it was |
///
/// A value without I/O and without a clock. A run that could not look says nothing of its subjects, so that a check that breaks
/// never resolves what it had found; that it broke is a condition of its own.
public struct NoticeState: Sendable, Hashable {
  /// What a run shows.
  public enum Sight: Sendable, Hashable {
    /// A finding that is told, and that nobody waived.
    case alerting(NoticeCondition)
    /// A finding that is not.
    case clear
    case waived
    /// The check has no such subject now.
    case gone
    /// No schedule looks any more.
    case unscheduled
    /// The check could not run.
    case unseen
  }

  /// Why something is over.
  public enum Ending: String, Sendable, CaseIterable {
    case cleared, waived, gone, unscheduled
  }

  /// What is told.
  public enum Step: Sendable, Hashable {
    case nothing
    case open(NoticeCondition)
    case change(from: NoticeCondition, to: NoticeCondition)
    case remind(NoticeCondition)
    case resolve(NoticeCondition, Ending)
  }

  /// What was told last; nil when that was that all is well, or nothing.
  public private(set) var told: NoticeCondition?
  /// Runs in a row that say something else than was told.
  public private(set) var pending: Int
  /// Runs in a row in which it was well.
  public private(set) var well: Int
  public private(set) var openedAt: Instant?
  public private(set) var toldAt: Instant?

  public init(
    told: NoticeCondition? = nil, pending: Int = 0, well: Int = 0, openedAt: Instant? = nil, toldAt: Instant? = nil
  ) {
    (self.told, self.pending, self.well, self.openedAt, self.toldAt) = (told, pending, well, openedAt, toldAt)
  }

  /// Whether nothing is remembered.
  public var isBlank: Bool { told == nil && pending == 0 }

  public mutating func see(_ sight: Sight, _ rule: NoticeRule, now: Instant) -> Step {
    switch sight {
    case .unseen: .nothing
    case .alerting(let condition): alert(condition, rule, now)
    case .clear: clear(rule)
    case .waived: end(.waived)
    case .gone: end(.gone)
    case .unscheduled: end(.unscheduled)
    }
  }

  private mutating func alert(_ condition: NoticeCondition, _ rule: NoticeRule, _ now: Instant) -> Step {
    well = 0
    if condition == told {
      pending = 0
      guard let reminder = rule.reminder, let next = toldAt?.advanced(by: reminder), next <= now else {
        return .nothing
      }
      toldAt = now
      return .remind(condition)
    }
    pending += 1
    guard pending >= rule.runs else { return .nothing }
    (pending, toldAt) = (0, now)
    defer { told = condition }
    if let told { return .change(from: told, to: condition) }
    openedAt = now
    return .open(condition)
  }

  private mutating func clear(_ rule: NoticeRule) -> Step {
    pending = 0
    guard told != nil else { return .nothing }
    well += 1
    return well >= rule.wellRuns ? end(.cleared) : .nothing
  }

  private mutating func end(_ ending: Ending) -> Step {
    defer { self = NoticeState() }
    return told.map { .resolve($0, ending) } ?? .nothing
  }
}
