import Guards
import Records

/// The windows of budgets, and the blocks of credit, that one transaction changes: each read once and written once however many
/// calls it is about.
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

  private struct BlockEntry {
    var block: CreditBlock
    let place: BudgetTable.Place
    let isNew: Bool
  }

  private let engine: any EngineWriter
  let now: Instant
  private var entries: [BudgetTable.Place: Entry] = [:]
  /// Blocks that have changed, and which of those that were looked for are there.
  private var blocks: [String: BlockEntry] = [:]
  private var written: [String: Bool] = [:]
  private let pruning: WindowPruning
  /// Budgets whose windows callers name, and that were asked here.
  private var byRun: Set<String> = []

  /// Promises that are given up in one transaction, so that none takes long.
  private static let mostAbandoned = 1_024
  /// How long windows are kept that have ended.
  private static let memory = Duration.seconds(100 * 86_400)
  /// The same, of windows of runs: there is one for each name that callers think of.
  private static let memoryOfRuns = Duration.seconds(7 * 86_400)

  init(_ engine: any EngineWriter, now: Instant, _ pruning: WindowPruning) {
    self.engine = engine
    self.now = now
    self.pruning = pruning
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
    if try BudgetTable.hasOverdue(now, engine) {
      for hold in try BudgetTable.overdue(now, atMost: BudgetSheet.mostAbandoned, engine) {
        try abandon(hold)
        try BudgetTable.remove(hold, engine)
      }
    }
    if try BlockTable.hasOverdue(now, engine) {
      for hold in try BlockTable.overdue(now, atMost: BudgetSheet.mostAbandoned, engine) {
        try abandon(hold)
        try BlockTable.remove(hold.hold, engine)
      }
    }
  }

  private func abandon(_ hold: BudgetTable.Hold) throws {
    var window = try window(at: hold.place)
    window.abandon(hold.amount)
    set(window, at: hold.place)
    try BudgetTable.orphan(hold, engine)
  }

  /// - Parameter decision: made of the budgets that have too little left; is written too, unless the call is refused.
  /// - Returns: the budgets that have too little left; nothing is promised where one of them binds the call.
  func reserve(
    _ claims: [BudgetClaim], hold: String, until expiry: Instant, noting decision: BudgetCommit.Noting? = nil
  ) throws -> [BudgetRefusal] {
    var refusals: [BudgetRefusal] = []
    var promised: [(hold: BudgetTable.Hold, window: BudgetWindow)] = []
    for claim in claims where claim.rule.mode != .off {
      let (start, end) = claim.rule.period.window(at: now)
      let place = BudgetTable.Place(claim, from: start)
      if claim.rule.level == .run { byRun.insert(place.budget) }
      var window = try window(at: place, until: end)
      switch window.reserve(claim.amount, limit: claim.rule.limit) {
      case .granted: break
      case .refused(let left):
        refusals.append(BudgetRefusal(claim: claim, left: left, resetsAt: end))
        if !claim.isBound { window.note(claim.amount) }
      }
      promised.append((BudgetTable.Hold(hold: hold, place: place, amount: claim.amount, expiry: expiry), window))
    }
    guard !refusals.contains(where: \.claim.isBound) else { return refusals }
    for (hold, window) in promised {
      set(window, at: hold.place)
      try BudgetTable.insert(hold, engine)
    }
    if let decision { try DecisionTable.insert(decision(refusals), now: now, engine) }
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

  // MARK: Credit

  /// Nil where the ledger has given it up.
  /// - Parameter told: what the window knows already of what was spent, where no block says so.
  private func block(_ id: String, isWritten: Bool, told: Int128) throws -> CreditBlock? {
    if let known = blocks[id] { return known.block }
    let block = try BlockTable.block(id, engine)
    written[id] = block != nil
    // Whether one is there of which nobody heard that it was written, only the ledger knows.
    return block ?? (isWritten ? nil : CreditBlock(spent: told))
  }

  private func set(_ block: CreditBlock, _ id: String, at place: BudgetTable.Place) {
    blocks[id] = BlockEntry(block: block, place: place, isNew: written[id] != true)
  }

  /// Promises a call what it asks of each budget, or nothing: out of the credit of this process, and what the windows still have.
  /// - Returns: the budgets that have too little left.
  func draw(
    _ claims: [BudgetClaim], from credit: BudgetCredit
  ) throws -> (refusals: [BudgetRefusal], promise: BudgetPromise) {
    var refusals: [BudgetRefusal] = []
    var promise = BudgetPromise()
    var steps: [BudgetCredit.Step] = []
    var drawn: [(step: BudgetCredit.Step, window: BudgetWindow, block: CreditBlock)] = []
    var asked: [BudgetTable.Place] = []
    do {
      for claim in claims where claim.rule.mode != .off {
        let (start, end) = claim.rule.period.window(at: now)
        let place = BudgetTable.Place(claim, from: start)
        if let part = credit.promise(claim, at: place) {
          promise.parts.append(part)
          steps.append(
            BudgetCredit.Step(place: place, block: part.block, amount: part.amount, own: part.amount, isWritten: false))
          continue
        }
        asked.append(place)
        if claim.rule.level == .run { byRun.insert(place.budget) }
        var window = try window(at: place, until: end)
        var (id, isWritten, told) = credit.block(at: place, claim.rule, until: end, now: now)
        var block = try block(id, isWritten: isWritten, told: told)
        if block == nil {
          credit.lose(place)
          (id, isWritten, told) = credit.block(at: place, claim.rule, until: end, now: now)
          block = CreditBlock()
        }
        var held = block ?? CreditBlock()
        guard let draw = credit.draw(claim, at: place, of: &window, into: &held) else { continue }
        if let left = draw.left { refusals.append(BudgetRefusal(claim: claim, left: left, resetsAt: end)) }
        guard draw.left == nil || !claim.isBound else { continue }
        let step = BudgetCredit.Step(
          place: place, block: id, amount: claim.credit, own: draw.own, extra: draw.extra, held: held.held)
        promise.parts.append(BudgetPromise.Part(place: place, block: id, amount: claim.credit))
        steps.append(step)
        drawn.append((step, window, held))
      }
    } catch {
      credit.withdraw(steps)
      throw error
    }
    guard !refusals.contains(where: \.claim.isBound) else {
      credit.withdraw(steps)
      credit.forgetEmpty(asked)
      return (refusals, BudgetPromise())
    }
    for (step, window, block) in drawn {
      set(window, at: step.place)
      set(block, step.block, at: step.place)
    }
    credit.add(steps)
    return (refusals, promise)
  }

  /// Tells windows what this process has spent of its credit, and changes that to what it needs.
  func report(_ due: BudgetCredit.Due, of credit: BudgetCredit, isLast: Bool) throws {
    for account in due.accounts {
      var window = try window(at: account.place, until: account.end)
      guard var block = try block(account.block, isWritten: account.isWritten, told: account.told) else {
        credit.lose(account.place)
        continue
      }
      guard let step = credit.report(at: account.place, now, to: &window, &block, isLast: isLast) else { continue }
      set(window, at: account.place)
      set(block, account.block, at: account.place)
      // At once: whatever of it fails after this, the account must be told again.
      credit.add([step])
    }
    credit.add([], telling: due)
  }

  /// Writes the windows and blocks that have changed.
  /// - Parameter expiry: when blocks are nobody's that are not heard of before.
  func finish(blocksUntil expiry: Instant? = nil) throws {
    for (id, entry) in blocks {
      if entry.block.held == 0 {
        if !entry.isNew { try BlockTable.remove(id, engine) }
      } else if entry.isNew {
        try BlockTable.insert(id, entry.block, at: entry.place, until: expiry ?? now, engine)
      } else {
        try BlockTable.update(id, entry.block, until: expiry ?? now, engine)
      }
    }
    var hasNew = false
    for (place, entry) in entries where entry.isChanged {
      if entry.isNew {
        hasNew = true
        try BudgetTable.insert(entry.window, at: place, until: entry.end, engine)
      } else {
        try BudgetTable.update(entry.window, at: place, until: entry.end, engine)
      }
    }
    guard hasNew else { return }
    if let old = now.advanced(by: .zero - BudgetSheet.memory) { try BudgetTable.prune(before: old, engine) }
    guard let old = now.advanced(by: .zero - BudgetSheet.memoryOfRuns) else { return }
    for budget in byRun where pruning.isDue(budget, at: now) { try BudgetTable.prune(budget, before: old, engine) }
  }
}
