import Guards
import Records
import Store
import Testing

@testable import Gateway

/// What a run has whom told.
struct NoticeDecisionTests {
  private static let now = Instant(nanoseconds: 1_000)

  private static func target(_ name: String, on verdicts: Set<Finding.Verdict> = [.fail, .unknown]) -> NoticeTarget {
    NoticeTarget(
      .webhook,
      at: ForwardTarget(
        name: name, url: "http://h", kind: .otlp, headers: [], proxies: false, spoolLimit: 0, timeout: .seconds(1)),
      rule: NoticeRule(verdicts: verdicts))
  }

  private static func found(
    _ check: String, _ subject: String, _ verdict: Finding.Verdict, _ code: String = "CODE", waived: Bool = false
  ) -> DecidedFinding {
    let digest = SHA256Digest(of: "")
    var finding = Finding(check: check, subject: subject, asOf: now, policySHA256: digest, inputsSHA256: digest)
    finding.verdict = verdict
    finding.headline = "\(subject) is \(verdict.rawValue)."
    if verdict != .pass { finding.reasons = [Finding.Reason(code, verdict, "why")] }
    let waiver = Waiver(check: check, subject: subject, owner: "ada", reason: "known", at: now, expiresAt: now)
    return DecidedFinding(finding: finding, waiver: waived ? waiver : nil)
  }

  private static func run(_ entries: [DecidedFinding], notApplicable: [String] = [], failed: [String] = [])
    -> ScheduledRun
  {
    var run = ScheduledRun()
    (run.entries, run.notApplicable) = (entries, notApplicable)
    run.failures = failed.map { ScheduledRun.Failure(check: $0, problem: "a page is damaged") }
    return run
  }

  private let entry = SchedulePlan.Entry(
    "hourly", .every(.seconds(60)), checks: ["eval-power", "eval-rot"], targets: ["ops", "page"])

  /// Says what was told, in words, and keeps what will be known.
  private func told(
    _ run: ScheduledRun, _ kept: inout [KeptNotice], _ targets: [NoticeTarget]? = nil, also: [SchedulePlan.Entry] = []
  ) -> [String] {
    let plan = SchedulePlan(
      [entry] + also,
      targets: targets ?? [NoticeDecisionTests.target("ops"), NoticeDecisionTests.target("page", on: [.fail])])
    let (result, notices) = NoticeDecision(plan, entry, run, origin: "o", now: NoticeDecisionTests.now).decide(kept)
    kept = result
    return notices.map { target, notice in
      "\(target.name) \(notice.event.rawValue) \(notice.check)/\(notice.subject) \(notice.condition.verdict.rawValue) "
        + (notice.ending?.rawValue ?? notice.condition.code)
    }
  }

  @Test func eachTargetIsToldOfItsVerdicts() {
    var kept: [KeptNotice] = []
    let found = NoticeDecisionTests.found
    #expect(
      told(NoticeDecisionTests.run([found("eval-power", "a", .unknown, "FEW", false)]), &kept) == [
        "ops open eval-power/a unknown FEW"
      ])
    #expect(told(NoticeDecisionTests.run([found("eval-power", "a", .unknown, "FEW", false)]), &kept) == [])
    #expect(
      told(NoticeDecisionTests.run([found("eval-power", "a", .fail, "BELOW", false)]), &kept) == [
        "ops change eval-power/a fail BELOW", "page open eval-power/a fail BELOW",
      ])
    // For who is told of failures alone, a milder verdict is the end.
    #expect(
      told(NoticeDecisionTests.run([found("eval-power", "a", .unknown, "FEW", false)]), &kept) == [
        "ops change eval-power/a unknown FEW", "page resolve eval-power/a fail cleared",
      ])
    #expect(
      told(NoticeDecisionTests.run([found("eval-power", "a", .warn, "NO_AA", false)]), &kept) == [
        "ops resolve eval-power/a unknown cleared"
      ])
    #expect(kept.isEmpty)
  }

  @Test func whatIsWaivedOrGoneIsOver() {
    var kept: [KeptNotice] = []
    let ops = [NoticeDecisionTests.target("ops")]
    let both = [NoticeDecisionTests.found("eval-power", "a", .fail), NoticeDecisionTests.found("eval-rot", "b", .fail)]
    #expect(told(NoticeDecisionTests.run(both), &kept, ops).count == 2)
    let waived = NoticeDecisionTests.run(
      [NoticeDecisionTests.found("eval-power", "a", .fail, waived: true)], notApplicable: ["eval-rot"])
    #expect(told(waived, &kept, ops) == ["ops resolve eval-power/a fail waived", "ops resolve eval-rot/b fail gone"])
    #expect(told(waived, &kept, ops) == [] && kept.isEmpty)
  }

  /// What could not run is told of itself, and ends nothing that it had found.
  @Test func whatCouldNotRunIsAnAlertOfItsOwn() {
    var kept: [KeptNotice] = []
    let ops = [NoticeDecisionTests.target("ops", on: [.fail])]
    let well = NoticeDecisionTests.run(
      [NoticeDecisionTests.found("eval-power", "a", .fail)], notApplicable: ["eval-rot"])
    #expect(told(well, &kept, ops) == ["ops open eval-power/a fail CODE"])
    let broken = NoticeDecisionTests.run([], notApplicable: ["eval-rot"], failed: ["eval-power"])
    #expect(told(broken, &kept, ops) == ["ops open eval-power/ unknown CHECK_FAILED"])
    #expect(told(broken, &kept, ops) == [])
    #expect(
      told(ScheduledRun(problem: "tally.yaml cannot be read"), &kept, ops) == [
        "ops open schedule/hourly unknown RUN_FAILED"
      ])
    #expect(kept.count == 3)
    #expect(
      Set(told(well, &kept, ops)) == [
        "ops resolve schedule/hourly unknown cleared", "ops resolve eval-power/ unknown cleared",
      ])
    #expect(kept.map(\.key.subject) == ["a"])
  }

  @Test func whatNobodySchedulesAnyMoreIsOver() {
    let ops = [NoticeDecisionTests.target("ops")]
    func kept(_ check: String, _ subject: String) -> KeptNotice {
      KeptNotice(
        KeptNotice.Key(target: "ops", check: check, subject: subject),
        NoticeState(
          told: NoticeCondition(.fail, "X"), openedAt: NoticeDecisionTests.now, toldAt: NoticeDecisionTests.now),
        sentence: "It was so.")
    }
    var notices = [kept("deployment-gap", "x"), kept("schedule", "weekly"), kept("silent-failure", "run-1")]
    let others = [SchedulePlan.Entry("other", .every(.seconds(9)), checks: ["silent-failure"], targets: ["ops"])]
    #expect(
      Set(told(NoticeDecisionTests.run([]), &notices, ops, also: others)) == [
        "ops resolve deployment-gap/x fail unscheduled", "ops resolve schedule/weekly fail unscheduled",
      ])
    #expect(notices.map(\.key.check) == ["silent-failure"])
    // Of other targets nothing is touched.
    var foreign = [
      KeptNotice(KeptNotice.Key(target: "gone", check: "eval-rot", subject: "x"), notices[0].state, sentence: "")
    ]
    #expect(told(NoticeDecisionTests.run([]), &foreign, ops) == [] && foreign.count == 1)
  }

  @Test func targetsChooseChecksAndSubjects() {
    var (kept, target) = ([KeptNotice](), NoticeDecisionTests.target("ops"))
    (target.checks, target.subjects) = (["eval-power"], ["support-*", "billing"])
    let found = ["support-eu", "support", "billing", "billing-eu"].map {
      NoticeDecisionTests.found("eval-power", $0, .fail)
    }
    let run = NoticeDecisionTests.run(found + [NoticeDecisionTests.found("eval-rot", "billing", .fail)], failed: [])
    #expect(
      told(run, &kept, [target]) == [
        "ops open eval-power/support-eu fail CODE", "ops open eval-power/billing fail CODE",
      ])
  }
}
