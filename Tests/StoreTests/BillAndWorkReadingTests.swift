import Records
import Store
import Testing

/// What cloud-ownership and silent-failure ask of the ledger, alike on every engine.
@Suite struct BillAndWorkReadingTests {
  private static let day: Int64 = 86_400_000_000_000
  private static let start = Instant(nanoseconds: 20_000 * day)

  private static func charge(
    _ id: String, _ account: String, _ amount: Int128?, day: Int64, category: String? = "Usage", days: Int64 = 1,
    tags: Tags = Tags(), owner: String? = nil
  ) -> ChargeRecord {
    var charge = ChargeRecord()
    (charge.chargeID, charge.account, charge.currency, charge.owner, charge.tags) = (id, account, "USD", owner, tags)
    (charge.effectiveCost, charge.billedCost, charge.chargeCategory) = (amount, 7, category)
    charge.periodFrom = start.adding(days: day)
    charge.periodTo = start.adding(days: day + days)
    return charge
  }

  private static func bill() -> [ChargeRecord] {
    [
      charge("1", "a", 1_000_000_000_000_000_000, day: 0, owner: "ana"), charge("2", "a", 3, day: 0, owner: "ana"),
      charge("3", "a", -5, day: 1, tags: Tags(["owner": "bob"])), charge("4", "a", nil, day: 1, owner: "ana"),
      charge("5", "b", 11, day: 3, category: nil), charge("6", "b", 13, day: 3, category: "Tax"),
      charge("7", "b", 17, day: 3, days: 30), charge("8", "a", 19, day: -1), charge("9", "b", 23, day: 9),
    ]
  }

  @Test(arguments: EngineUnderTest.all)
  func chargesAreGroupedExactly(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let now = BillAndWorkReadingTests.start.adding(days: 8)
    let ledger = try await Ledger(engine: engine.open(folder.path)) { now }
    defer { try? ledger.close() }
    try await ledger.append(source: "test") { appender in
      for charge in BillAndWorkReadingTests.bill() { try appender.append(charge) }
    }
    // A line that is stated anew replaces the earlier one.
    try await ledger.append(source: "test") {
      try $0.append(BillAndWorkReadingTests.charge("2", "a", 4, day: 0, owner: "ana"))
    }
    let start = BillAndWorkReadingTests.start
    let (cells, days, charged, newest, dearest) = try await ledger.read { snapshot in
      var (cells, days): ([ChargeCell], [ChargeDay]) = ([], [])
      try snapshot.forEachChargeCell(from: start.adding(days: -1), window: start..<start.adding(days: 3)) {
        cells.append($0)
      }
      try snapshot.forEachChargeDay(from: start) { days.append($0) }
      return (
        cells, days, try snapshot.chargedDays(from: start), try snapshot.newestCharge(before: start.adding(days: 1)),
        try snapshot.dearestCharges(of: "a", window: start..<start.adding(days: 3), limit: 2)
      )
    }
    let owned = try #require(cells.first { $0.owner == "ana" })
    #expect(owned.phase == .within && owned.lines == 2 && owned.unpriced == 1 && owned.first == start)
    #expect(owned.effective == 1_000_000_000_000_000_004 && owned.billed == 14)
    let tagged = try #require(cells.first { $0.tags == Tags(["owner": "bob"]) })
    #expect(tagged.effective == -5 && tagged.lines == 1 && tagged.account == "a")
    #expect(cells.filter { $0.phase == .before }.map(\.effective) == [19])
    #expect(
      Set(cells.filter { $0.phase == .after }.map { "\($0.category ?? "-") \($0.effective)" })
        == ["- 11", "Tax 13", "Usage 17"])
    #expect(cells.count == 6)
    #expect(
      Set(days) == [
        ChargeDay(account: "a", currency: "USD", day: 20_000, effective: 1_000_000_000_000_000_004),
        ChargeDay(account: "a", currency: "USD", day: 20_001, effective: -5),
        ChargeDay(account: "b", currency: "USD", day: 20_003, effective: 11),
      ])
    #expect(charged == [20_000, 20_001, 20_003] && newest == start && dearest.count == 2)
  }

  @Test(arguments: EngineUnderTest.all)
  func workIsReadByItsItems(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let at = BillAndWorkReadingTests.start
    let ledger = try await Ledger(engine: engine.open(folder.path)) { at.adding(days: 1) }
    defer { try? ledger.close() }
    func run(_ id: String, daysAgo: Int64, period: Double? = nil) -> RunRecord {
      var run = RunRecord()
      (run.runID, run.manifestSHA256, run.at) = (id, String(repeating: "a", count: 64), at.adding(days: -daysAgo))
      run.periodSeconds = period
      return run
    }
    func item(_ id: String, _ run: String, seed: Int64 = 0) -> ItemRecord {
      var item = ItemRecord()
      (item.itemID, item.runID, item.seed, item.at) = (id, run, seed, at)
      return item
    }
    func attempt(_ item: String, _ run: String?) -> AttemptRecord {
      var attempt = AttemptRecord()
      (attempt.attemptID, attempt.itemID, attempt.runID, attempt.claimedAt) = ("\(item) \(run ?? "")", item, run, at)
      return attempt
    }
    func beat(_ item: String?, _ attempt: String?, _ marker: String?) -> HeartbeatRecord {
      var beat = HeartbeatRecord()
      (beat.runID, beat.itemID, beat.attemptID, beat.progress, beat.at) = ("r", item, attempt, marker, at)
      return beat
    }
    func check(_ subject: String) -> AnnotationRecord {
      AnnotationRecord(
        annotationID: subject, subject: subject, name: "output_check", value: .label("pass"), annotatorKind: .code,
        annotator: "c", at: at)
    }
    func call(
      _ id: String, hours: Int64, kind: String = "tool",
      _ change: (inout SpanRecord) -> Void = { $0.idempotencyKey = "k" }
    ) -> SpanRecord {
      var span = SpanRecord(
        spanID: id, traceID: "t", name: "n", spanKind: kind,
        startedAt: at.advanced(by: .seconds(hours * 3600)) ?? at, feature: "f")
      change(&span)
      return span
    }
    let records: [Record] =
      [run("r", daysAgo: 0), run("old", daysAgo: 40), run("weekly", daysAgo: 50, period: 604_800)].map(Record.run)
      + ["a", "B", "c", "é", "z"].map { .item(item($0, "r")) } + [.item(item("a", "other"))]
      + [("a", "r"), ("c", nil), ("c", "other"), ("z", "r")].map { .attempt(attempt($0.0, $0.1)) }
      + [beat("a", nil, "1"), beat("z", nil, "1"), beat(nil, "a r", "2"), beat("c", nil, nil)].map(Record.heartbeat)
      + ["a", "r/c", "z", "other/a"].map { .annotation(check($0)) }
      + [
        call("1", hours: -1), call("2", hours: 0), call("3", hours: 5), call("4", hours: 6),
        call("5", hours: 1, kind: "chat"), call("6", hours: 1) { $0.attributes = #"{"run_id":"r"}"# },
        // Of no run and without a key, it can be no item's.
        call("8", hours: 1) { $0.attributes = #"{"item_id":"a"}"# },
      ]
      .map(Record.span)
    try await ledger.append(source: "test") { appender in for record in records { try appender.append(record) } }
    let restated = item("a", "r", seed: 9)
    try await ledger.append(source: "test") { try $0.append(restated) }
    try await ledger.read { snapshot in
      #expect(snapshot.hasRuns && !snapshot.hasCharges)
      #expect(try snapshot.runs(since: at.adding(days: -30)).map(\.runID) == ["r", "weekly"])
      #expect(try snapshot.run("old")?.runID == "old" && snapshot.run("none") == nil)
      // By bytes, and rows that were replaced take no place.
      let first = try snapshot.items(ofRun: "r", after: nil, limit: 3).map(\.item)
      #expect(first.map(\.itemID) == ["B", "a", "c"] && first[1].seed == 9)
      #expect(try snapshot.items(ofRun: "r", after: "c", limit: 3).map(\.item.itemID) == ["z", "é"])
      let range = ItemRange(run: "r", first: "B", last: "c")
      var attempts: [String] = []
      try snapshot.forEachAttempt(at: range) { attempts.append($0.attemptID) }
      #expect(attempts == ["a r", "c "])
      var beats: [String?] = []
      try snapshot.forEachHeartbeat(of: range) { beats.append($0.itemID) }
      #expect(beats == ["a", nil])
      var subjects: [String] = []
      try snapshot.forEachAnnotation(named: "output_check", on: range) { subjects.append($0.subject) }
      #expect(subjects == ["a", "r/c"])
    }
    // By the index of what names work; and by the hour, where runs are named by tags.
    #expect(try await calls(ledger) == ["2", "3", "6"])
    let tagged = call("7", hours: 1) { $0.tags = Tags(["run_id": "r"]) }
    try await ledger.append(source: "test") { try $0.append(tagged) }
    #expect(try await calls(ledger) == ["2", "3", "6", "7"])
  }

  private func calls(_ ledger: Ledger) async throws -> [String] {
    let at = BillAndWorkReadingTests.start
    let window = at...(at.advanced(by: .seconds(5 * 3600)) ?? at)
    return try await ledger.read { snapshot in
      var calls: [String] = []
      try snapshot.forEachToolCall(in: window) { calls.append($0.spanID) }
      return calls
    }
  }
}
