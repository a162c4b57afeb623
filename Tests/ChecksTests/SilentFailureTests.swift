import Project
import Records
import Store
import Testing

@testable import Checks

/// A run as records, at 00:00 of a day; "now" is 00:40.
struct RunBench {
  static let start = Instant("2026-05-31T23:20:00Z") ?? CheckBench.now
  static let steps = ["1", "2", "3", "4", "5", "6"]

  var records: [Record] = []
  let run: String

  init(_ run: String = "run-7", _ change: (inout RunRecord) -> Void = { _ in }) {
    self.run = run
    var record = RunRecord()
    record.runID = run
    record.manifestSHA256 = String(repeating: "a", count: 64)
    record.at = RunBench.start
    change(&record)
    records.append(.run(record))
  }

  static func at(_ minutes: Int64) -> Instant { start.advanced(by: .seconds(minutes * 60)) ?? start }

  mutating func item(_ id: String, steps: [String] = steps, _ change: (inout ItemRecord) -> Void = { _ in }) {
    var item = ItemRecord()
    item.itemID = id
    item.runID = run
    item.declaredSteps = steps
    item.at = RunBench.start
    change(&item)
    records.append(.item(item))
  }

  mutating func attempt(_ item: String, _ status: String?, at minute: Int64 = 0, _ number: Int = 1, step: String? = nil)
  {
    var attempt = AttemptRecord()
    attempt.attemptID = "\(item)-\(step ?? "")-\(number)"
    attempt.itemID = item
    attempt.runID = run
    attempt.stepID = step
    attempt.claimedAt = RunBench.at(minute)
    attempt.statusClaimed = status
    records.append(.attempt(attempt))
  }

  mutating func receipt(
    _ item: String, _ step: String, key: String? = nil, effect: String? = nil, readBack: String? = #"{"ok":true}"#,
    number: Int = 1, at minute: Int64 = 1, _ change: (inout ReceiptRecord) -> Void = { _ in }
  ) {
    var receipt = ReceiptRecord()
    receipt.receiptID = "\(item)/\(step)/\(number)"
    receipt.itemID = item
    receipt.runID = run
    receipt.attemptID = "\(item)--1"
    receipt.stepID = step
    receipt.at = RunBench.at(minute)
    receipt.idempotencyKey = key ?? "\(item) \(step)"
    receipt.effectReference = effect ?? "\(item) \(step)"
    receipt.readBack = readBack
    change(&receipt)
    records.append(.receipt(receipt))
  }

  /// Claimed complete, with receipts of all or some steps, and output checks that pass.
  mutating func done(
    _ id: String, receipts: [String] = steps,
    checks: [String] = ["schema", "referential", "conservation", "coverage", "grounding"]
  ) {
    item(id)
    attempt(id, "succeeded")
    for step in receipts { receipt(id, step) }
    if !checks.isEmpty { check(id, "pass", checks) }
  }

  mutating func check(_ item: String, _ value: String, _ names: [String], at minute: Int64 = 2, subject: String? = nil)
  {
    var annotation = AnnotationRecord(
      annotationID: "\(run) \(item) \(value) \(names.joined()) \(minute)", subject: subject ?? "\(run)/\(item)",
      name: "output_check", value: .label(value), annotatorKind: .code, annotator: "checker", at: RunBench.at(minute))
    annotation.reasonTags = names
    records.append(.annotation(annotation))
  }

  mutating func beat(_ item: String, _ marker: String, at minute: Int64) {
    var beat = HeartbeatRecord()
    (beat.runID, beat.itemID, beat.progress, beat.at) = (run, item, marker, RunBench.at(minute))
    records.append(.heartbeat(beat))
  }

  mutating func call(
    _ item: String, _ arguments: String, key: String? = nil, cost: String? = nil, at minute: Int64 = 0,
    _ number: Int = 0
  ) {
    var span = SpanRecord(
      spanID: "\(run) \(item) \(number)", traceID: "t", name: "charge", spanKind: "tool",
      startedAt: RunBench.at(minute), feature: "billing")
    span.tool = "charge"
    span.idempotencyKey = key
    span.cost = cost.flatMap { Money($0) }
    span.attributes = #"{"args":\#(arguments),"item_id":"\#(item)","run_id":"\#(run)","step_id":"3"}"#
    records.append(.span(span))
  }

  func finding(_ policy: String = "") async throws -> Finding {
    let bench = try await CheckBench(policy.isEmpty ? "" : "policies: {silent-failure: {\(policy)}}\n")
    let records = records
    try await bench.append { appender in for record in records { try appender.append(record) } }
    let findings = try await bench.run(["silent-failure"]).findings
    return try #require(findings.last { $0.subject == run })
  }
}

@Suite struct SilentFailureTests {
  static func worked() -> RunBench {
    var run = RunBench()
    for item in 1...6 { run.done("I\(item)") }
    run.done("I7", receipts: ["1", "2", "3", "4"])
    run.done("I8")
    run.receipt("I8", "3", effect: "ch_2", number: 2)
    run.done("I9")
    run.check("I9", "fail", ["referential"], at: 3)
    run.done("I10", receipts: ["1", "2", "3", "4", "5"])
    run.receipt("I10", "6", readBack: #"{"ok":false}"#)
    run.item("I11")
    run.attempt("I11", "running")
    run.beat("I11", "page 1", at: 4)
    return run
  }

  @Test func theWorkedExample() async throws {
    let finding = try await SilentFailureTests.worked().finding()
    #expect(finding.verdict == .fail)
    #expect(finding.codes(.fail) == ["FALSE_SUCCESS", "SEMANTIC", "PARTIAL", "DUPLICATE"])
    #expect(finding.codes(.warn) == ["STALLED"] && finding.codes(.unknown).isEmpty)
    #expect(finding.reasons[1].about == "referential")
    #expect(finding.value("claimed_complete") == 10 && finding.value("verified") == 6 && finding.value("items") == 11)
    #expect(finding.value("claimed_success") == 1 && finding.value("verified_success") == 0.6)
    let rate = try #require(finding.measure("hidden_failure_rate"))
    #expect(rate.value == 0.4 && close(rate.low, 0.122, 5e-4) && close(rate.high, 0.738, 5e-4))
    #expect(
      finding.headline
        == "run-7 claims 10 of 11 items complete, and 6 of them are verified: 4 hidden failures (40 %, 12.16 to 73.76)."
    )
    guard case .intervals(_, _, let bars)? = finding.figures.first, case .table(_, _, let rows)? = finding.figures.last
    else {
      Issue.record("no figures")
      return
    }
    #expect(bars.map(\.value) == [1, 0.6])
    #expect(
      rows.map { [$0[0], $0[1], $0[3]] } == [
        ["I10", "FALSE_SUCCESS", "6"], ["I11", "STALLED", ""], ["I7", "PARTIAL", "5, 6"], ["I8", "DUPLICATE", ""],
        ["I9", "SEMANTIC(referential)", ""],
      ])
    #expect(finding.evidence.count == 5)
  }

  @Test func aCleanRunPasses() async throws {
    var run = RunBench()
    for item in 0..<20 { run.done("\(item)") }
    let finding = try await run.finding()
    #expect(finding.verdict == .pass && finding.reasons.isEmpty)
    #expect(finding.headline == "run-7 claims 20 of 20 items complete, and all of them are verified.")
    #expect(finding.measure("hidden_failure_rate")?.value == 0 && finding.value("audited") == 20)
    #expect(close(finding.measure("defect_rate")?.high, 0.1391, 5e-5))
  }

  @Test func hiddenFailuresUpToTheLimitAreTolerated() async throws {
    var run = RunBench()
    for item in 0..<10 { run.done("\(item)", receipts: item < 2 ? ["1"] : RunBench.steps) }
    #expect(try await run.finding("max_hidden: 1").codes(.fail) == ["PARTIAL"])
    let tolerated = try await run.finding("max_hidden: 2")
    #expect(tolerated.verdict == .pass && tolerated.codes(.pass) == ["PARTIAL"])
  }

  @Test func nothingIsUnknown() async throws {
    let bare = try await CheckBench("")
    #expect(try await bare.run(["silent-failure"]).notApplicable == ["silent-failure"])
    let empty = try await RunBench().finding()
    #expect(empty.codes(.unknown) == ["NO_ITEMS"] && empty.missing == [.init("items of the run", 1)])
    var unproved = RunBench()
    for item in 0..<3 { unproved.done("\(item)", receipts: []) }
    let receipts = try await unproved.finding()
    #expect(receipts.codes(.unknown) == ["NO_RECEIPTS"] && receipts.verdict == .unknown)
    #expect(receipts.missing == [.init("receipts for items", 3)] && receipts.value("hidden_failure_rate") == nil)
    // One receipt, and the others' absence says something.
    unproved.receipt("0", "1")
    #expect(try await unproved.finding().codes(.fail) == ["PARTIAL"])
    var undeclared = RunBench()
    undeclared.done("a")
    undeclared.item("b", steps: [])
    undeclared.attempt("b", "succeeded")
    undeclared.check("b", "pass", ["schema", "referential", "conservation", "coverage", "grounding"])
    let steps = try await undeclared.finding()
    #expect(steps.codes(.unknown) == ["NO_DECLARED_STEPS"] && steps.missing == [.init("declared_steps of items", 1)])
    #expect(steps.value("hidden_failure_rate") == 0 && steps.codes(.fail).isEmpty)
  }

  @Test func aShortAuditIsUnknown() async throws {
    func finding(_ audited: Int, of items: Int, _ policy: String = "") async throws -> Finding {
      var run = RunBench()
      for item in 0..<items {
        run.done(
          "\(item)", checks: item < audited ? ["schema", "referential", "conservation", "coverage", "grounding"] : [])
      }
      return try await run.finding(policy)
    }
    let short = try await finding(154, of: 200)
    #expect(short.codes(.unknown) == ["AUDIT_SHORT"] && short.missing == [.init("items with every output check", 1)])
    #expect(try await finding(155, of: 200).verdict == .pass)
    #expect(try await finding(0, of: 5, "output_checks: []").verdict == .pass)
    let clean = try await finding(59, of: 100, "audit_rate: 0.05")
    #expect(close(clean.measure("defect_rate")?.high, 0.0495, 5e-5))
    // Every check that is asked for must have spoken.
    var run = RunBench()
    run.done("a", checks: ["schema", "referential", "conservation", "coverage"])
    #expect(try await run.finding().codes(.unknown) == ["AUDIT_SHORT"])
    #expect(try await run.finding("output_checks: [schema, coverage]").verdict == .pass)
  }

  @Test func theNewestWordOfACheckCounts() async throws {
    var run = RunBench()
    run.done("a")
    run.check("a", "fail", ["schema"], at: 3)
    #expect(try await run.finding().codes(.fail) == ["SEMANTIC"])
    run.check("a", "pass", ["schema"], at: 4, subject: "a")
    #expect(try await run.finding().verdict == .pass)
  }

  @Test func itemsThatNobodyFinishedAreLost() async throws {
    func run(_ status: String?) -> RunBench {
      var run = RunBench { $0.statusClaimed = status }
      for item in 0..<1000 {
        run.item("\(item)", steps: ["s"])
        if item < 962 {
          run.attempt("\(item)", "succeeded")
          run.receipt("\(item)", "s")
        } else if item < 992 {
          run.attempt("\(item)", "failed")
        }
      }
      return run
    }
    let closed = try await run("succeeded").finding("output_checks: []")
    #expect(closed.codes(.fail) == ["LOST_ITEMS"] && closed.value("unfinished") == 8)
    #expect(closed.codes(.warn) == ["EXCEPTION"])
    for status in ["running", "cancelled", nil] {
      #expect(try await run(status).finding("output_checks: []").codes(.fail).isEmpty)
    }
    var whole = RunBench { $0.statusClaimed = "succeeded" }
    whole.done("a")
    #expect(try await whole.finding().codes(.fail).isEmpty)
  }

  /// More items than are read at a time, some of them stated again: each counts once.
  @Test func aLargeRunIsReadInParts() async throws {
    let bench = try await CheckBench("policies: {silent-failure: {output_checks: []}}\n")
    let items = RunReading.step + 50
    for delivery in 0..<2 {
      var run = RunBench()
      for item in 0..<(delivery == 0 ? items : 100) {
        run.item("\(item)", steps: ["s"]) { $0.seed = Int64(delivery) }
        guard delivery == 0 else { continue }
        run.attempt("\(item)", "succeeded")
        if item != 9_999 { run.receipt("\(item)", "s") }
      }
      let records = run.records
      try await bench.append { appender in for record in records { try appender.append(record) } }
    }
    let finding = try await bench.finding("silent-failure")
    #expect(finding.value("items") == Double(items) && finding.value("verified") == Double(items - 1))
    #expect(finding.reasons.first?.text == "1 item claimed complete: steps lack a confirmed receipt: 9999 (s).")
  }

  @Test func attemptsThatAreUsedUp() async throws {
    func finding(_ attempts: Int) async throws -> Finding {
      var run = RunBench()
      run.done("a")
      run.item("b")
      for number in 1...attempts { run.attempt("b", "failed", at: 5, number) }
      run.receipt("b", "1", at: 2)
      return try await run.finding()
    }
    #expect(try await finding(2).codes(.warn) == ["EXCEPTION"])
    let three = try await finding(3)
    #expect(three.codes(.fail) == ["EXCEPTION"] && three.value("attempts_beyond_max") == 0)
    guard case .table(let title, _, let rows)? = three.figures.last else {
      Issue.record("no table")
      return
    }
    #expect(title == "Dead letters" && rows == [["b", "3", "1", "0.00 USD"]])
    #expect(try await finding(319).value("attempts_beyond_max") == 316)
  }

  @Test func theLastAttemptCounts() async throws {
    func finding(failedAt minute: Int64, receipts: [String]) async throws -> Finding {
      var run = RunBench()
      run.done("a")
      run.done("b", receipts: receipts)
      run.attempt("b", "failed", at: minute, 2)
      return try await run.finding()
    }
    let some = ["1", "2", "3", "4", "5"]
    #expect(try await finding(failedAt: -1, receipts: some).codes(.fail) == ["PARTIAL"])
    let failed = try await finding(failedAt: 1, receipts: some)
    #expect(failed.verdict == .warn && failed.codes(.warn) == ["EXCEPTION"] && failed.value("claimed_complete") == 1)
    // What is proved is done, whatever the worker says.
    #expect(try await finding(failedAt: 1, receipts: RunBench.steps).verdict == .pass)
  }

  @Test func callsOfTools() async throws {
    func finding(_ arguments: [String], keys: [String?] = [], cost: String? = nil, budget: Int128? = nil) async throws
      -> Finding
    {
      var run = RunBench()
      run.done("a")
      run.item("b") { $0.budget = budget }
      run.attempt("b", "running", at: 39)
      for (number, text) in arguments.enumerated() {
        run.call("b", text, key: keys.isEmpty ? nil : keys[number], cost: cost, at: 39, number)
      }
      return try await run.finding("output_checks: []")
    }
    let same = [#"{"a":1,"request_id":"x"}"#, #"{"request_id":"y","a":1.0}"#, #"{"a":1}"#]
    #expect(try await finding(same).codes(.fail) == ["LOOP"])
    #expect(try await finding(Array(same.dropLast())).verdict == .pass)
    #expect(try await finding(Array(same.dropLast()) + [#"{"a":2}"#]).verdict == .pass)
    #expect(try await finding(Array(same.dropLast()), keys: ["k1", "k2"]).codes(.warn) == ["KEY_PER_CALL"])
    #expect(try await finding(Array(same.dropLast()), keys: ["k1", "k1"]).verdict == .pass)
    #expect(try await finding([#"{"a":1}"#], cost: "2.00 USD", budget: 2 * Money.unitsPerOne).verdict == .pass)
    let dear = try await finding([#"{"a":1}"#], cost: "2.000000000001 USD", budget: 2 * Money.unitsPerOne)
    #expect(dear.codes(.fail) == ["BUDGET"])
  }

  @Test func equalIntentsUnderTwoKeysAreOneIntent() async throws {
    var run = RunBench()
    run.done("a")
    run.receipt("a", "3", key: "other", effect: "ch_2", number: 2)
    #expect(try await run.finding().verdict == .pass)
    run.call("a", #"{"amount":129.9}"#, key: "a 3", 1)
    run.call("a", #"{"amount":129.90}"#, key: "other", 2)
    let finding = try await run.finding()
    #expect(finding.codes(.fail) == ["DUPLICATE"] && finding.codes(.warn) == ["KEY_PER_CALL"])
  }

  @Test func anObjectThatIsAnotherRefutesItsReceipt() async throws {
    let sha = String(repeating: "b", count: 64)
    func finding(_ readBack: String) async throws -> Finding {
      var run = RunBench()
      run.done("a", receipts: ["1", "2", "3", "4", "5"])
      run.receipt("a", "6", readBack: readBack) { ($0.sha256, $0.bytes) = (sha, 10) }
      return try await run.finding()
    }
    #expect(try await finding(#"{"ok":true,"sha256":"\#(sha.uppercased())","bytes":10}"#).verdict == .pass)
    for other in [
      #"{"ok":true,"bytes":11}"#, #"{"ok":true,"sha256":"\#(String(repeating: "c", count: 64))"}"#,
      #"{"ok":true,"exists":false}"#, #"{"ok":false}"#,
    ] {
      #expect(try await finding(other).codes(.fail) == ["FALSE_SUCCESS", "PARTIAL"])
    }
    // Nobody looked: nothing is refuted, and nothing proved.
    #expect(try await finding("{}").codes(.fail) == ["PARTIAL"])
  }

  @Test func limitsOfTime() async throws {
    func finding(_ minute: Int64, deadline: Int64? = nil, _ policy: String = "output_checks: []") async throws
      -> Finding
    {
      var run = RunBench()
      run.done("a", checks: [])
      run.item("b") { $0.deadlineAt = deadline.map { RunBench.at($0) } }
      run.attempt("b", "running", at: minute)
      return try await run.finding(policy)
    }
    #expect(try await finding(25).verdict == .pass)
    #expect(try await finding(24).codes(.warn) == ["STALLED"])
    #expect(try await finding(24, "output_checks: [], stall_minutes: 16").verdict == .pass)
    #expect(try await finding(39, deadline: 40).verdict == .pass)
    #expect(try await finding(39, deadline: 39).codes(.warn) == ["TIMEOUT"])
  }

  @Test func aScheduleThatIsNotKept() async throws {
    /// Runs every 20 minutes that were made at these minutes; the last is judged.
    func finding(_ minutes: [Int64], verified: [Bool], name: String? = nil) async throws -> Finding {
      let bench = try await CheckBench("policies: {silent-failure: {output_checks: []}}\n")
      var records: [Record] = []
      for (number, minute) in minutes.enumerated() {
        var run = RunBench("run-\(number)") {
          $0.periodSeconds = 1200
          $0.at = RunBench.at(minute)
          $0.attributes = name.map { _ in #"{"schedule":"s\#(number % 2)"}"# }
        }
        run.done("a", receipts: verified[number] ? RunBench.steps : ["1"], checks: [])
        records += run.records
      }
      let all = records
      try await bench.append { appender in for record in all { try appender.append(record) } }
      return try #require(
        try await bench.run(["silent-failure"]).findings.first { $0.subject == "run-\(minutes.count - 1)" })
    }
    // 1.5 periods are 30 minutes; now is minute 40.
    #expect(try await finding([0, 10], verified: [true, true]).verdict == .pass)
    #expect(try await finding([0, 9], verified: [true, true]).codes(.fail) == ["MISSED_SCHEDULE"])
    #expect(try await finding([0, 20], verified: [true, false]).codes(.fail).contains("MISSED_SCHEDULE"))
    #expect(try await finding([0, 15, 20], verified: [true, true, false]).codes(.fail) == ["PARTIAL"])
    // The first run of a schedule is not late before its time.
    #expect(try await finding([10], verified: [false]).codes(.fail) == ["PARTIAL"])
    // A run of another schedule does not stand in.
    #expect(
      try await finding([0, 30, 5], verified: [true, true, true], name: "x").codes(.fail) == ["MISSED_SCHEDULE"])
  }

  @Test func runsOfThirtyDaysAndTheNewestOfEachSchedule() async throws {
    let bench = try await CheckBench("policies: {silent-failure: {output_checks: []}}\n")
    var records: [Record] = []
    for (name, days, period) in [
      ("recent", -30, nil), ("old", -31, nil), ("weekly-1", -50, 604_800), ("weekly-2", -43, 604_800),
    ] as [(String, Int64, Double?)] {
      var run = RunBench(name) {
        $0.at = CheckBench.now.adding(days: days)
        $0.periodSeconds = period
      }
      run.done("same", checks: [])
      records += run.records
    }
    let all = records
    try await bench.append { appender in for record in all { try appender.append(record) } }
    let findings = try await bench.run(["silent-failure"]).findings
    #expect(findings.map(\.subject) == ["recent", "weekly-2"])
    #expect(findings[1].codes(.fail) == ["MISSED_SCHEDULE"])
  }
}
