import Testing

import Project

/// `schedule` and `notify`.
struct ScheduleSettingsTests {
  private func problem(_ text: String) -> String {
    do {
      _ = try Project.parse(text, policies: catalogue)
      return "none"
    } catch { return "\(error)" }
  }

  @Test func whatIsSaidIsRead() throws {
    let project = try Project.parse(
      """
      gates: {release: {require: []}}
      schedule:
        hourly: {every: 1h, notify: ops}
        nightly: {gate: release, at: 06:30, notify: [ops, page]}
      notify:
        ops: {slack: {env: SLACK}, on: [fail, unknown, warn], for: 2, resolve_after: 3, repeat_every: 1d}
        page: {pagerduty: {file: key}, on: [fail], subjects: ["support-*", billing], url: "http://127.0.0.1:9/v2/enqueue/"}
        am: {alertmanager: "http://alertmanager:9093", headers: {Authorization: {env: AM}}}
        hook: {webhook: "https://example.org/hook", secret: {env: HOOK}, timeout: 2s, link: "https://tally.example.org"}
      """, policies: catalogue)
    let (hourly, nightly) = (try #require(project.schedule["hourly"]), try #require(project.schedule["nightly"]))
    #expect(hourly.every == .seconds(3_600) && hourly.at == nil && hourly.notify == ["ops"])
    #expect(nightly.at?.minutes == 390 && nightly.gate == "release" && nightly.notify == ["ops", "page"])
    let (ops, page) = (try #require(project.notify["ops"]), try #require(project.notify["page"]))
    #expect(ops.slack?.variable == "SLACK" && ops.verdicts == [.fail, .unknown, .warn])
    #expect(ops.runs == 2 && ops.wellRuns == 3 && ops.reminder == .seconds(86_400))
    #expect(page.verdicts == [.fail] && page.subjects == ["support-*", "billing"])
    #expect(page.url == "http://127.0.0.1:9/v2/enqueue" && page.runs == 1 && page.wellRuns == 1)
    #expect(
      project.notify["am"]?.verdicts == [.fail, .unknown] && project.notify["am"]?.headers.ids == ["Authorization"])
    #expect(project.notify["hook"]?.secret?.variable == "HOOK" && project.notify["hook"]?.timeout == .seconds(2))
  }

  @Test(arguments: [
    ("schedule: {a: {checks: []}}", "it says nowhere when it runs"),
    ("schedule: {a: {every: 1h, at: \"06:30\"}}", "it says twice when it runs"),
    ("schedule: {a: {at: \"6:30\"}}", "schedule.a.at must be a time of day in UTC"),
    ("schedule: {a: {at: \"24:00\"}}", "schedule.a.at must be a time of day in UTC"),
    ("schedule: {a: {at: \"23:60\"}}", "schedule.a.at must be a time of day in UTC"),
    ("schedule: {a: {every: 0s}}", "schedule.a.every must be a duration"),
    ("schedule: {a: {every: 1h, gate: b}}", "'a' runs the gate 'b', which gates does not name"),
    ("schedule: {a: {every: 1h, notify: b}}", "'a' tells 'b', which notify does not name"),
    ("notify: {a: {on: [fail]}}", "it says nowhere who is told"),
    ("notify: {a: {slack: {env: S}, webhook: \"http://h\"}}", "it is both slack and webhook"),
    ("notify: {a: {slack: \"https://hooks.slack.com/services/T/B/secret\"}}", "must say where it comes from"),
    ("notify: {a: {webhook: \"ftp://h\"}}", "notify.a.webhook must be the address of a server, http:// or https://"),
    ("notify: {a: {webhook: \"http://ada:pass@h\"}}", "holds a name or a password"),
    ("notify: {a: {slack: {env: S}, secret: {env: T}}}", "only a webhook is signed"),
    ("notify: {a: {slack: {env: S}, url: \"http://h\"}}", "only pagerduty has a url of its own"),
    ("notify: {a: {slack: {env: S}, headers: {x: {env: T}}}}", "only webhook and alertmanager take headers"),
    ("notify: {a: {alertmanager: \"http://h/api/v2/alerts\"}}", "which is added to it"),
    ("notify: {a: {slack: {env: S}, on: []}}", "must be a list of at least 1"),
    ("notify: {a: {slack: {env: S}, on: [pass]}}", "must be fail, unknown or warn"),
    ("notify: {a: {slack: {env: S}, for: 0}}", "notify.a.for must be"),
    ("notify: {a: {slack: {env: S}, subjects: [\"a*b\"]}}", "has a * that is not at its end"),
  ])
  func mistakesAreExplained(_ text: String, _ said: String) {
    #expect(problem(text).contains(said), "\(problem(text))")
    #expect(!problem(text).contains("secret\"") && !problem(text).contains("services/T"))
  }
}
