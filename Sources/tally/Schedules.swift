import Checks
import Gateway
import Guards
import Project
import Records
import Server
import Store

/// What the project file schedules, and who is told of it.
enum Schedules {
  /// That of the nearest project file; nil where it names nothing of that.
  /// - Throws: `ProjectErrors`, `ProjectSecret.Missing`: an alert that cannot be sent is worse than a server that does not start.
  static func ofNearestProject() throws -> Scheduling? {
    guard let file = ProjectOption.nearest else { return nil }
    let project = try Project.load(file: file, policies: Catalogue.policies)
    guard !project.schedule.isEmpty || !project.notify.isEmpty else { return nil }
    let targets = try project.notify.map { try target($0.id, $0.value, project, beside: file) }
    let entries = project.schedule.map { entry in
      let settings = entry.value
      // Reading has seen to it that one of them is there.
      let rule = settings.every.map { ScheduleRule.every($0) } ?? .daily(minute: settings.at?.minutes ?? 0)
      return SchedulePlan.Entry(
        entry.id, rule,
        checks: settings.gate.flatMap { project.gates[$0]?.require }
          ?? (settings.checks.isEmpty ? nil : settings.checks),
        gate: settings.gate, targets: settings.notify.isEmpty ? project.notify.ids : settings.notify)
    }
    let source = ForwardSource(
      holder: String(UInt64.random(in: .min ... .max), radix: 16), clock: SystemClock.now,
      random: { Double.random(in: 0...1) })
    let origin = String(UInt64.random(in: .min ... .max), radix: 16)
    return Scheduling(SchedulePlan(entries, targets: targets), source: source, origin: origin) { entry, ledger in
      try await run(entry, ledger, file: file)
    }
  }

  /// Runs checks as `tally check` does, by the project file as it is then.
  private static func run(_ entry: SchedulePlan.Entry, _ ledger: Ledger, file: String) async throws -> ScheduledRun {
    let project = try Project.load(file: file, policies: Catalogue.policies)
    let now = SystemClock.now()
    let recorded = try await RecordedRun.run(on: ledger, source: "tally \(Version.current)") { snapshot in
      try CheckRun.run(checks: entry.checks, project: project, ledger: snapshot, now: now, goesOn: true)
    }
    var run = ScheduledRun()
    run.entries = recorded.entries
    run.notApplicable = recorded.notApplicable
    run.failures = recorded.failures.map { ScheduledRun.Failure(check: $0.check, problem: $0.problem) }
    return run
  }

  /// A target of `notify`, with its secrets.
  static func target(_ name: String, _ settings: NoticeSettings, _ project: Project, beside file: String) throws
    -> NoticeTarget
  {
    var secrets: [String] = []
    func place(_ key: String) -> String {
      project.location(of: "notify.\(name).\(key)").map { "\($0)" } ?? "notify.\(name).\(key)"
    }
    func secret(_ settings: SecretSettings, _ key: String) throws -> String {
      secrets.append(try ProjectSecret.value(of: settings, beside: file, place: place(key)))
      return secrets[secrets.count - 1]
    }
    let headers = try settings.headers.map { (name: $0.id, value: try secret($0.value, "headers.\($0.id)")) }
    let (kind, url, key): (NoticeTarget.Kind, String, String?)
    if let slack = settings.slack {
      (kind, url, key) = (.slack, try secret(slack, "slack"), nil)
      guard url.hasPrefix("https://") || url.hasPrefix("http://"), !url.contains(" ") else {
        throw ProjectSecret.Missing(
          place: place("slack"), problem: "what is there is no address of a webhook, https://…")
      }
    } else if let routingKey = settings.pagerduty {
      (kind, url, key) = (.pagerduty, settings.url ?? NoticeTarget.pagerDutyURL, try secret(routingKey, "pagerduty"))
    } else if let alertmanager = settings.alertmanager {
      (kind, url, key) = (.alertmanager, alertmanager, nil)
    } else {
      (kind, url, key) = (.webhook, settings.webhook ?? "", try settings.secret.map { try secret($0, "secret") })
    }
    let usual: Duration? = kind == .alertmanager ? .seconds(3_600) : nil
    let rule = NoticeRule(
      // The words of both are the same.
      verdicts: Set(settings.verdicts.compactMap { Finding.Verdict(rawValue: $0.rawValue) }), runs: settings.runs,
      wellRuns: settings.wellRuns, reminder: settings.reminder ?? usual)
    let address = ForwardTarget(
      name: name, url: url, kind: .otlp, headers: headers, secrets: secrets, proxies: false, spoolLimit: 0,
      timeout: settings.timeout)
    var target = NoticeTarget(kind, at: address, key: key, rule: rule)
    (target.checks, target.subjects, target.link) = (settings.checks, settings.subjects, settings.link)
    return target
  }

  /// What is said at the start.
  static func sentences(_ scheduling: Scheduling) -> [String] {
    scheduling.plan.entries.map { entry in
      let when =
        switch entry.rule {
        case .every(let distance): "every \(distance)"
        case .daily(let minute): "daily at minute \(minute) (UTC)"
        }
      let what = entry.gate.map { "the gate \($0)" } ?? entry.checks?.joined(separator: ", ") ?? "all checks"
      let who = entry.targets.isEmpty ? "nobody" : entry.targets.joined(separator: ", ")
      return "runs \(what) \(when) (schedule \(entry.name)), and tells \(who) what changes"
    }
  }
}
