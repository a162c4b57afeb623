import Foundation
import PostgresServer
import Records
import Store
import StorePostgres
import Testing

/// `schedule` and `notify` with the server that people run: what changes is told once, whatever happens in between.
struct NoticeTests {
  @Test func aFindingIsToldWhenItBeginsAndWhenItEnds() async throws {
    let bench = try NoticeBench()
    var server = try bench.server()
    #expect(server.said.contains("runs eval-power every 1.0 seconds (schedule often), and tells hook what changes"))
    try await server.until("it is told") { try bench.told() == ["open evals"] }
    try await NoticeBench.wait(forRuns: 2, server)
    #expect(try bench.told() == ["open evals"])
    // Neither an orderly end nor a kill makes it forget what was told.
    #expect(try server.stop() == 0)
    server = try bench.server()
    try await NoticeBench.wait(forRuns: 1, server)
    server.kill()
    server = try bench.server()
    try await NoticeBench.wait(forRuns: 2, server)
    #expect(try bench.told() == ["open evals"])
    let document = try APIDocument()
    let schedule = try await server.send("GET", "api/v1/schedule")
    #expect(try document.faults("GET", "/api/v1/schedule", schedule) == [])
    let open = try schedule.json()["schedules", 0, "open", 0]
    #expect(open["subject"].string == "evals" && open["verdict"].string == "fail" && open["target"].string == "hook")
    let listed = try bench.shop.tally("notify", "list")
    #expect(listed.code == 0 && listed.text.contains("eval-power: evals") && listed.text.contains("told hook"))
    #expect(try bench.shop.tally("notify", "list", "--format", "json").json()["open"].list.count == 1)
    try bench.better()
    try await server.until("it is over") { try bench.told().last == "resolve evals" }
    try await NoticeBench.wait(forRuns: 2, server)
    #expect(try bench.told() == ["open evals", "resolve evals"])
    #expect(try bench.shop.tally("notify", "list").text.contains("Nothing is open"))
    let notices = try bench.target.requests.map { try JSON($0.body) }
    #expect(Set(notices.map { $0["dedup_key"].string }).count == 1 && Set(notices.map { $0["id"].string }).count == 2)
    #expect(notices[0]["finding_id"].string?.count == 26 && notices[0]["command"].string == "tally check eval-power")
    for request in bench.target.requests {
      let parts = try #require(request.headers["tally-signature"]).split(separator: ",")
      let seconds = try #require(parts.first?.dropFirst(2))
      let code = MessageCode.sha256(of: Array("\(seconds).".utf8) + Array(request.body), key: NoticeBench.secret)
      #expect(parts.last == "v1=\(code)" && request.path == "/hook")
    }
    let metrics = try await server.send("GET", "metrics").text
    #expect(metrics.contains(#"tally_notices_total{target="hook",outcome="sent"} 1"#))
    #expect(metrics.contains(#"tally_notices_waiting{target="hook"} 0"#))
    #expect(metrics.contains(#"tally_schedule_findings_total{schedule="often",check="eval-power",verdict="fail"}"#))
    #expect(metrics.contains("tally_schedule_last_success_timestamp_seconds"))
    #expect(!(metrics + schedule.text + server.said + listed.text).contains(NoticeBench.secret))
    #expect(try server.stop() == 0)
    #expect(try bench.shop.tally("ledger", "verify").text.contains("is sound"))
  }

  @Test func aWaiverEndsIt() async throws {
    let bench = try NoticeBench()
    let server = try bench.server()
    try await server.until("it is told") { try bench.told() == ["open evals"] }
    #expect(
      try bench.shop.tally("waive", "eval-power", "evals", "--reason", "known and small", "--expires", "7d").code == 0)
    try await server.until("it is over") { try bench.told().count == 2 }
    let notice = try JSON(bench.target.requests[1].body)
    #expect(notice["event"].string == "resolve" && notice["resolved"].string == "waived")
    #expect(notice["waiver", "reason"].string == "known and small")
    #expect(try server.stop() == 0)
  }

  /// The target is away when it begins, and when the server dies: it is told later, once.
  @Test func aTargetThatWasAwayIsToldOnce() async throws {
    let port = try StubTarget.freePort()
    let bench = try NoticeBench(port: port)
    var server = try bench.server()
    try await server.until("it says so") { server.said.contains("notify hook: does not take deliveries") }
    try await NoticeBench.wait(forRuns: 2, server)
    let waiting = #"tally_notices_waiting{target="hook"} 1"#
    #expect(try await server.send("GET", "metrics").text.contains(waiting))
    server.kill()
    let target = try StubTarget(port: port)
    server = try bench.server()
    try await server.until("it is told") { !target.requests.isEmpty }
    try await NoticeBench.wait(forRuns: 2, server)
    #expect(target.requests.count == 1)
    #expect(try server.stop() == 0)
  }

  /// A project file that cannot be read is an alert of its own, once, and ends nothing.
  @Test func aRunThatFailsIsToldToo() async throws {
    let bench = try NoticeBench()
    let server = try bench.server()
    try await server.until("it is told") { try bench.told() == ["open evals"] }
    let project = try String(contentsOf: bench.shop.url("tally.yaml"), encoding: .utf8)
    try bench.shop.write("tally.yaml", "suites: [\n")
    try await server.until("it is told") { try bench.told() == ["open evals", "open often"] }
    try await NoticeBench.wait(forRuns: 2, server)
    #expect(try JSON(bench.target.requests[1].body)["code"].string == "RUN_FAILED")
    #expect(server.said.contains("schedule often: could not run: tally.yaml"))
    try bench.shop.write("tally.yaml", project)
    try await server.until("it is over") { try bench.told().last == "resolve often" }
    #expect(try bench.told() == ["open evals", "open often", "resolve often"])
    #expect(try server.stop() == 0)
  }

  @Test func aRedirectIsNotFollowedAndNothingSecretIsSaid() async throws {
    let elsewhere = try StubTarget()
    let bench = try NoticeBench { _, _ in
      .init(
        status: 307, headers: ["location": "http://127.0.0.1:\(elsewhere.port)/"], body: "with \(NoticeBench.secret)")
    }
    let server = try bench.server()
    try await server.until("it is asked") { bench.target.requests.count > 1 }
    #expect(elsewhere.requests.isEmpty)
    try await server.until("it says so") {
      server.said.contains("notify hook: does not take deliveries: 307 with [secret]")
    }
    #expect(!server.said.contains(NoticeBench.secret))
    #expect(try server.stop() == 0)
  }

  @Test func aTestSaysWhatCameBack() throws {
    let bench = try NoticeBench(more: "")
    let target = try StubTarget { number, _ in
      number == 2 ? .init(status: 403, body: "invalid_token") : .init(body: "ok")
    }
    try bench.shop.write(
      "tally.yaml",
      """
      notify:
        page: {pagerduty: {env: PD_ROUTING_KEY}, url: "http://127.0.0.1:\(target.port)/v2/enqueue"}
        am: {alertmanager: "http://127.0.0.1:\(target.port)"}
        ops: {slack: {env: SLACK_WEBHOOK}}
      """)
    func test(_ name: String) throws -> Outcome {
      try Tally.run(["notify", "test", name], in: bench.shop.folder, environment: NoticeBench.environment)
    }
    let paged = try test("page")
    #expect(paged.code == 0 && paged.text == "page took it: 200 ok\npage took it: 200 ok\n", "\(paged.errors)")
    let events = try target.requests.map { try JSON($0.body) }
    #expect(events.map { $0["event_action"].string } == ["trigger", "resolve"])
    #expect(Set(events.map { $0["dedup_key"].string }).count == 1 && events[0]["payload", "severity"].string == "info")
    #expect(events[0]["routing_key"].string == NoticeBench.secret)
    let refused = try test("am")
    #expect(refused.code == 1 && refused.text == "am did not take it: 403 invalid_token\n")
    #expect(target.requests[2].path == "/api/v2/alerts")
    // The address of Slack's webhook is a secret.
    let slack = try test("ops")
    #expect(
      slack.code == 1 && slack.text.contains("[secret]") && !(slack.text + slack.errors).contains(NoticeBench.secret))
    let missing = try test("oops")
    #expect(missing.code == 64 && missing.errors.contains("Did you mean 'ops'?"))
    let bare = try bench.shop.tally("notify", "test", "ops")
    #expect(
      bare.code == 64 && bare.errors.contains("the variable SLACK_WEBHOOK is not set"), "\(bare.code) \(bare.errors)")
  }

  /// Two servers of one ledger: each run happens once, each notice is sent once.
  @Test(.enabled(if: PostgresServer.shared != nil, "no PostgreSQL server can be had"))
  func twoServersDoItOnce() async throws {
    let postgres = try #require(PostgresServer.shared)
    let engine = try PostgresEngine(#require(PostgresAddress(postgres.url())))
    try await engine.write { try $0.execute(Statement("CREATE SCHEMA IF NOT EXISTS notices")) }
    try engine.close()
    let bench = try NoticeBench(every: "2s", ledger: postgres.url(schema: "notices"))
    let other = try Workshop()
    try other.write("tally.yaml", try Data(contentsOf: bench.shop.url("tally.yaml")))
    // The first one runs already while the second one starts.
    let began = Date()
    let first = try bench.server()
    let second = try ForwardingServer(in: other, environment: NoticeBench.environment)
    try await first.until("there were some runs") {
      try await NoticeBench.runs(first) + NoticeBench.runs(second) >= 4
    }
    let runs = try await NoticeBench.runs(first) + NoticeBench.runs(second)
    #expect(Double(runs) <= Date().timeIntervalSince(began) / 2 + 5)
    try await first.until("it is told") { try !bench.told().isEmpty }
    #expect(try bench.told() == ["open evals"])
    let findings = try await first.send("GET", "api/v1/findings?check=eval-power&limit=1000").json()["records"].list
    let times = findings.compactMap { $0["at"].string }
    // Some may have ended while they were asked for, and some are not counted yet.
    let atMost = try await NoticeBench.runs(first) + NoticeBench.runs(second) + 2
    #expect(times.count == Set(times).count && (runs...atMost).contains(times.count), "\(times.count) \(runs)")
    first.kill()
    try await NoticeBench.wait(forRuns: 1, second)
    #expect(try bench.told() == ["open evals"])
    #expect(try second.stop() == 0)
  }
}
