import Guards
import Records

/// The windows of budgets that one transaction changes, each read once and written once however many calls it is about.
///
/// Whoever has one is the ledger's only writer until its transaction ends, in all processes: nobody else has read what is
/// changed here, and what is read here is the newest.
final class BudgetSheet {
  private struct Entry {
    var window: BudgetWindow
    /// When it ends. A budget that lasts longer than it did may begin a window where an old one began.
    var end: Instant
    let isNew: Bool
    var isChanged = false
  }

  private let engine: any EngineWriter
  private let now: Instant
  private var entries: [BudgetTable.Place: Entry] = [:]

  /// Promises that are given up in one transaction, so that none takes long.
  private static let mostAbandoned = 1_024
  /// How long windows are kept that have ended.
  private static let memory = Duration.seconds(100 * 86_400)

  init(_ engine: any EngineWriter, now: Instant) {
    self.engine = engine
    self.now = now
  }

  /// - Parameter end: nil where it is there, and ends as it does.
  private func window(at place: BudgetTable.Place, until end: Instant? = nil) throws -> BudgetWindow {
    var entry: Entry
    if let known = entries[place] {
      entry = known
    } else {
      let known = try BudgetTable.window(at: place, engine)
      entry = Entry(window: known?.window ?? BudgetWindow(), end: known?.end ?? place.start, isNew: known == nil)
    }
    entry.end = max(entry.end, end ?? entry.end)
    entries[place] = entry
    return entry.window
  }

  private func set(_ window: BudgetWindow, at place: BudgetTable.Place) {
    entries[place]?.window = window
    entries[place]?.isChanged = true
  }

  /// Counts as spent what calls were promised that nobody will ever settle: their process died.
  func abandon() throws {
    guard try BudgetTable.hasOverdue(now, engine) else { return }
    for hold in try BudgetTable.overdue(now, atMost: BudgetSheet.mostAbandoned, engine) {
      var window = try window(at: hold.place)
      window.abandon(hold.amount)
      set(window, at: hold.place)
      try BudgetTable.orphan(hold, engine)
      try BudgetTable.remove(hold, engine)
    }
  }

  /// - Parameter decision: is written too, unless the call is refused.
  /// - Returns: the budgets that have too little left; nothing is promised where one of them enforces.
  func reserve(
    _ claims: [BudgetClaim], hold: String, until expiry: Instant, noting decision: CallDecision? = nil
  ) throws -> [BudgetRefusal] {
    var refusals: [BudgetRefusal] = []
    var promised: [(hold: BudgetTable.Hold, window: BudgetWindow)] = []
    for claim in claims where claim.rule.mode != .off {
      let (start, end) = claim.rule.period.window(at: now)
      let place = BudgetTable.Place(claim, from: start)
      var window = try window(at: place, until: end)
      switch window.reserve(claim.amount, limit: claim.rule.limit) {
      case .granted: break
      case .refused(let left):
        refusals.append(BudgetRefusal(claim: claim, left: left, resetsAt: end))
        if claim.rule.mode == .observe { window.note(claim.amount) }
      }
      promised.append((BudgetTable.Hold(hold: hold, place: place, amount: claim.amount, expiry: expiry), window))
    }
    guard !refusals.contains(where: { $0.claim.rule.mode == .enforce }) else { return refusals }
    for (hold, window) in promised {
      set(window, at: hold.place)
      try BudgetTable.insert(hold, engine)
    }
    if let decision { try DecisionTable.insert(decision, now: now, engine) }
    return refusals
  }

  /// - Parameter actual: by the names of budgets; one that is not named has spent all that was promised.
  func settle(hold: String, _ actual: [String: Int128]) throws {
    let holds = try BudgetTable.holds(hold, engine)
    for hold in holds {
      var window = try window(at: hold.place)
      window.settle(hold.amount, actual: actual[hold.place.budget] ?? hold.amount)
      set(window, at: hold.place)
    }
    if !holds.isEmpty { try BudgetTable.remove(hold: hold, engine) }
  }

  /// Says how a call ended for which somebody else asked. Whoever says it first is heard.
  /// - Parameter actual: as `settle(hold:_:)`.
  func settle(decision id: String, _ actual: [String: Int128]) throws -> CallDecision.Ending {
    guard let decision = try DecisionTable.decision(id, engine) else { return .unknown }
    guard decision.settledAt == nil else { return .already }
    try DecisionTable.settle(id, at: now, engine)
    guard decision.expiresAt > now else { return .expired }
    try settle(hold: id, actual)
    return .settled
  }

  /// Writes the windows that have changed.
  func finish() throws {
    var hasNew = false
    for (place, entry) in entries where entry.isChanged {
      if entry.isNew {
        hasNew = true
        try BudgetTable.insert(entry.window, at: place, until: entry.end, engine)
      } else {
        try BudgetTable.update(entry.window, at: place, until: entry.end, engine)
      }
    }
    if hasNew, let old = now.advanced(by: .zero - BudgetSheet.memory) { try BudgetTable.prune(before: old, engine) }
  }
}
