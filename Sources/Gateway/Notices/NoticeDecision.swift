internal import Guards
public import Records
public import Store

/// What a run has everybody told: every target sees every check and subject with the state that it was left in. Without I/O.
public struct NoticeDecision: Sendable {
  let plan: SchedulePlan
  let entry: SchedulePlan.Entry
  let run: ScheduledRun
  let origin: String
  let now: Instant

  /// What may wait for a target.
  private static let limit: Int64 = 16 << 20

  public init(_ plan: SchedulePlan, _ entry: SchedulePlan.Entry, _ run: ScheduledRun, origin: String, now: Instant) {
    (self.plan, self.entry, self.run, self.origin, self.now) = (plan, entry, run, origin, now)
  }

  /// - Parameter kept: what targets were told so far.
  /// - Returns: what they will have been told then, and what each is told now, in order.
  public func decide(_ kept: [KeptNotice]) -> (kept: [KeptNotice], notices: [(target: NoticeTarget, notice: Notice)]) {
    var notices: [(target: NoticeTarget, notice: Notice)] = []
    let targets = plan.targets.filter { entry.targets.contains($0.name) }
    var result = kept.filter { notice in !targets.contains { $0.name == notice.key.target } }
    for target in targets {
      let known = kept.filter { $0.key.target == target.name }
      var views = self.views(of: target)
      let seen = Set(views.map(\.key))
      for old in known where !seen.contains(old.key) {
        views.append(View(key: old.key, sight: missing(old.key, target)))
      }
      let states = Dictionary(known.map { ($0.key, $0) }) { first, _ in first }
      for view in views {
        var notice = states[view.key] ?? KeptNotice(view.key, NoticeState(), sentence: "")
        let before = notice
        let step = notice.state.see(view.sight, target.rule, now: now)
        if step != .nothing, let told = self.notice(step, view, before, opened: notice.state.openedAt) {
          notices.append((target, told))
          notice.sentence = told.sentence
        }
        if !notice.state.isBlank { result.append(notice) }
      }
    }
    return (result, notices)
  }

  /// The same, as the ledger keeps it.
  public func round(_ kept: [KeptNotice]) throws -> ScheduleRound {
    let (kept, notices) = decide(kept)
    let deliveries = try notices.map { target, notice in
      SpoolDelivery(
        stops: [SpoolDelivery.Stop(lane: target.lane, path: "", limit: NoticeDecision.limit)],
        contentType: "application/json", body: Array(try notice.json.line().utf8))
    }
    let isWell = run.problem == nil && run.failures.isEmpty
    return ScheduleRound(kept: kept, deliveries: deliveries, outcome: try run.json.line(), isWell: isWell)
  }

  /// What a target sees of a check and a subject.
  private struct View {
    let key: KeptNotice.Key
    let sight: NoticeState.Sight
    var found: DecidedFinding?
    var sentence: String?
    var next = ""
  }

  private func views(of target: NoticeTarget) -> [View] {
    func key(_ check: String, _ subject: String) -> KeptNotice.Key {
      KeptNotice.Key(target: target.name, check: check, subject: subject)
    }
    if let problem = run.problem {
      return [
        View(
          key: key(Notice.runs, entry.name), sight: .alerting(NoticeCondition(.unknown, "RUN_FAILED")),
          sentence: "The schedule '\(entry.name)' could not run: \(problem)",
          next: "Mend what it names; nothing is judged until then.")
      ]
    }
    var views = [View(key: key(Notice.runs, entry.name), sight: .clear, sentence: "The schedule runs again.")]
    for failure in run.failures where target.isTold(of: failure.check) {
      views.append(
        View(
          key: key(failure.check, ""), sight: .alerting(NoticeCondition(.unknown, "CHECK_FAILED")),
          sentence: "The check \(failure.check) could not run: \(failure.problem)",
          next: "Run `tally check \(failure.check)`; what it found before stays as it was told."))
    }
    let ran = run.notApplicable + run.entries.map(\.finding.check)
    for check in Set(ran).sorted() where target.isTold(of: check) {
      views.append(View(key: key(check, ""), sight: .clear, sentence: "The check runs again."))
    }
    for found in run.entries where target.isTold(of: found.finding.check, found.finding.subject) {
      let finding = found.finding
      let sight: NoticeState.Sight =
        if found.waiver != nil {
          .waived
        } else if target.rule.verdicts.contains(finding.verdict) {
          .alerting(NoticeCondition(finding.verdict, finding.leadingCode ?? ""))
        } else {
          .clear
        }
      views.append(View(key: key(finding.check, finding.subject), sight: sight, found: found))
    }
    return views
  }

  /// What it means that a run shows nothing of what a target was told.
  private func missing(_ key: KeptNotice.Key, _ target: NoticeTarget) -> NoticeState.Sight {
    if key.check == Notice.runs {
      return plan.entries.contains { $0.name == key.subject && $0.targets.contains(target.name) }
        ? .unseen : .unscheduled
    }
    guard plan.tells(target, of: key.check), key.subject.isEmpty || target.isTold(of: key.check, key.subject) else {
      return .unscheduled
    }
    let isRun = entry.checks?.contains(key.check) ?? true
    let hasFailed = run.problem != nil || run.failures.contains { $0.check == key.check }
    return isRun && !hasFailed ? .gone : .unseen
  }

  private func notice(
    _ step: NoticeState.Step, _ view: View, _ before: KeptNotice, opened: Instant?
  ) -> Notice? {
    func make(_ event: Notice.Event, _ condition: NoticeCondition) -> Notice {
      var notice = Notice(
        event, origin: origin, schedule: entry.name, check: view.key.check, subject: view.key.subject,
        condition: condition, sentence: view.sentence ?? view.found?.finding.sentence ?? before.sentence, at: now,
        openedAt: before.state.openedAt ?? opened ?? now)
      notice.next = view.found?.finding.next ?? view.next
      notice.owner = view.found?.finding.owner
      notice.finding = view.found?.id?.description
      notice.expiresAt = view.found?.finding.expiresAt ?? now.adding(days: Waiver.longestDays)
      return notice
    }
    switch step {
    case .nothing: return nil
    case .open(let condition): return make(.open, condition)
    case .remind(let condition): return make(.remind, condition)
    case .change(let from, let to):
      var notice = make(.change, to)
      notice.was = from
      return notice
    case .resolve(let condition, let ending):
      var notice = make(.resolve, condition)
      notice.ending = ending
      notice.waiver = ending == .waived ? view.found?.waiver : nil
      return notice
    }
  }
}
