import Records
import Store
import Testing

@testable import Gateway

/// Spans of calls on their way into the ledger, and what becomes of calls when it cannot keep up.
struct CallRecorderTests {
  private func span(_ number: Int, principal: Principal = .anybody) throws -> CallSpan {
    let request = try CallRequest(
      .chat, Array(#"{"model":"m","messages":[{"role":"user","content":"Hi \#(number)"}]}"#.utf8))
    var span = CallSpan(
      request: request, notes: CallNotes { _ in nil }, principal: principal,
      upstream: Upstream(name: "u", url: "http://u", dialect: .openai, headers: []),
      traceID: "t\(number)", spanID: "s\(number)", startedAt: Instant(nanoseconds: 1_700_000_000_000_000_000))
    span.status = 200
    span.elapsed = .milliseconds(20)
    span.observation.reply = Array(
      #"{"model":"m-1","choices":[{"message":{"role":"assistant","content":"Yes."},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#
        .utf8)
    return span
  }

  private func withLedger(
    _ pressure: CallRecorder.Pressure, places: Int = 2, bytes: Int = 1 << 20,
    _ work: (CallRecorder, Ledger) async throws -> Void
  ) async throws {
    let name = LedgerPlace.name()
    defer { LedgerPlace.remove(name) }
    let ledger = try await LedgerPlace.sqlite.open(name, TestClock())
    // Whoever waits may do so for longer than a slow machine takes.
    let recorder = CallRecorder(
      GroupCommit(ledger), Reception(), pressure: pressure, places: places, bytes: bytes, patience: .seconds(3_600))
    try await work(recorder, ledger)
    try ledger.close()
  }

  @Test func aSpanIsDurableWhenItsPlaceIsFree() async throws {
    try await withLedger(.wait, places: 8) { recorder, ledger in
      for number in 0..<50 {
        let place = try await recorder.enter(bytes: 10)
        recorder.record(try span(number), in: place)
      }
      await recorder.drain()
      let statistics = recorder.statistics
      #expect(statistics.recorded == 50 && statistics.places == 0 && statistics.bytes == 0 && statistics.lost == 0)
      #expect(try await ledger.status().records[.span] == 50)
      #expect(try await ledger.verify().problems == [])
    }
  }

  /// What is kept of replies takes room as requests do, and gives it back.
  @Test(arguments: [CallRecorder.Pressure.wait, .shed])
  func repliesTakeRoomToo(_ pressure: CallRecorder.Pressure) async throws {
    try await withLedger(pressure, places: 1, bytes: 100) { recorder, _ in
      var kept = try await recorder.enter(bytes: 50)
      #expect(recorder.grow(&kept, by: 50) && !recorder.grow(&kept, by: 1))
      #expect(recorder.statistics.bytes == 100)
      if pressure == .shed {
        // As much again for those that have no span.
        var shed = try await recorder.enter(bytes: 60)
        #expect(!shed.isKept && recorder.grow(&shed, by: 40) && !recorder.grow(&shed, by: 1))
        recorder.leave(shed)
        var next = try await recorder.enter(bytes: 1)
        #expect(recorder.grow(&next, by: 99))
        recorder.leave(next)
      }
      recorder.record(try span(1), in: kept)
      await recorder.drain()
      #expect(recorder.statistics.bytes == 0 && recorder.statistics.recorded == 1)
    }
  }

  @Test func whoIsShedGoesOnAndIsCounted() async throws {
    try await withLedger(.shed) { recorder, ledger in
      let places = [try await recorder.enter(bytes: 1), try await recorder.enter(bytes: 1)]
      let shed = try await recorder.enter(bytes: 1)
      #expect(places.allSatisfy(\.isKept) && !shed.isKept)
      recorder.record(try span(1), in: shed)
      recorder.record(try span(2), in: places[0])
      recorder.leave(places[1])
      #expect(try await recorder.enter(bytes: 1).isKept)
      await recorder.drain()
      #expect(recorder.statistics.shed == 1 && recorder.statistics.recorded == 1)
      #expect(try await ledger.status().records[.span] == 1)
    }
  }

  @Test func whoIsRefusedIsToldWhen() async throws {
    try await withLedger(.refuse) { recorder, _ in
      let place = try await recorder.enter(bytes: 1)
      _ = try await recorder.enter(bytes: 1)
      let refusal = await #expect(throws: CallRefusal.self) { try await recorder.enter(bytes: 1) }
      #expect(refusal?.status == 503 && refusal?.code == "ledger_pressure" && refusal?.retryAfter == 1)
      recorder.leave(place)
      #expect(try await recorder.enter(bytes: 1).isKept)
      #expect(recorder.statistics.refused == 1)
    }
  }

  @Test func whoWaitsGoesOnInOrder() async throws {
    try await withLedger(.wait) { recorder, _ in
      let first = try await recorder.enter(bytes: 1)
      let second = try await recorder.enter(bytes: 1)
      let third = Task { try await recorder.enter(bytes: 1) }
      while recorder.statistics.waited < 1 { await Task.yield() }
      let fourth = Task { try await recorder.enter(bytes: 1) }
      while recorder.statistics.waited < 2 { await Task.yield() }
      recorder.leave(first)
      let place = try await third.value
      #expect(place.isKept && recorder.statistics.places == 2)
      recorder.leave(second)
      #expect(try await fourth.value.isKept)
      // At the end nobody waits for ever.
      let last = Task { try await recorder.enter(bytes: 1) }
      while recorder.statistics.waited < 3 { await Task.yield() }
      await recorder.drain()
      await #expect(throws: CallRefusal.self) { try await last.value }
    }
  }

  /// From both sides of both limits.
  @Test func bytesAreBoundedToo() async throws {
    try await withLedger(.shed, places: 10, bytes: 100) { recorder, _ in
      let first = try await recorder.enter(bytes: 60)
      #expect(first.isKept)
      #expect(try await !recorder.enter(bytes: 41).isKept)
      #expect(try await recorder.enter(bytes: 40).isKept)
      #expect(try await !recorder.enter(bytes: 1).isKept)
    }
    // One that is larger than all the room goes alone.
    try await withLedger(.shed, places: 10, bytes: 100) { recorder, _ in
      let large = try await recorder.enter(bytes: 1_000)
      #expect(large.isKept)
      #expect(try await !recorder.enter(bytes: 1).isKept)
      recorder.leave(large)
      #expect(try await recorder.enter(bytes: 1).isKept)
    }
  }

  @Test func theTenantIsTheKeys() throws {
    var key = AccessKey(name: "acme-bot", scopes: [.call], createdAt: Instant(nanoseconds: 0))
    key.tenant = "acme"
    let principal = Principal(key: key)
    func span(_ stated: String?) throws -> CallSpan {
      CallSpan(
        request: try CallRequest(.chat, Array(#"{"model":"m"}"#.utf8)),
        notes: CallNotes { $0 == "x-tally-tenant" ? stated : nil }, principal: principal,
        upstream: Upstream(name: "u", url: "http://u", dialect: .openai, headers: []), traceID: "t", spanID: "s",
        startedAt: Instant(nanoseconds: 1))
    }
    guard case .span(let record)? = try span(nil).batch.records.last else { throw Missing() }
    #expect(record.tenant == "acme")
    #expect(principal.refusal(of: CallNotes { $0 == "x-tally-tenant" ? "acme" : nil }) == nil)
    #expect(principal.refusal(of: CallNotes { $0 == "x-tally-tenant" ? "beta" : nil })?.status == 403)
    #expect(Principal.anybody.refusal(of: CallNotes { $0 == "x-tally-tenant" ? "beta" : nil }) == nil)
  }

  /// What a drill answers is no model's answer, although it reads like one.
  @Test func whatADrillAnswersNobodyServed() throws {
    var call = try span(1)
    (call.isPlayed, call.upstreamModel) = (true, "m-0")
    guard case .span(let record)? = call.batch.records.last else { throw Missing() }
    #expect(record.modelServed == nil && record.modelRequested == "m")
    #expect(record.inputTokens == 0 && record.outputTokens == 0 && record.status == .ok)
    let attributes = try #require(record.attributes)
    #expect(attributes.contains(#""unasked":true"#) && attributes.contains(#""upstream_model":"m-0""#))
  }

  /// A reply names no span that nobody will find.
  @Test func aRefusalNamesTheSpanThatIsKept() throws {
    var call = try span(1)
    let refusal = CallRefusal(status: 503, code: "too_busy", message: "No.")
    #expect(refusal.answer(.openai).span == nil)
    #expect(refusal.naming(call).answer(.openai).span == SpanReference(traceID: "t1", spanID: "s1"))
    call.isKept = false
    #expect(refusal.naming(call).answer(.openai).span == nil)
  }

  private struct Missing: Error {}
}
