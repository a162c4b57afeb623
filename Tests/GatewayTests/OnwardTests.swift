import Patterns
import Records
import Redaction
import Store
import Testing

@testable import Gateway

/// What is forwarded is what was accepted: no word that is redacted, no span of another tenant, by whichever door it comes.
struct OnwardTests {
  private static let card = "4111 1111 1111 1111"

  private static func target(_ name: String, _ kind: ForwardTarget.Kind) -> ForwardTarget {
    ForwardTarget(
      name: name, url: "https://\(name).example", kind: kind, headers: [], proxies: false, spoolLimit: 1 << 20,
      timeout: .seconds(1))
  }

  private let plan = ForwardPlan([target("cloud", .langfuse)])

  private func principal(_ tenant: String?) -> Principal {
    var key = AccessKey(name: "acme-bot", scopes: [.ingest], createdAt: Instant(nanoseconds: 0))
    key.tenant = tenant
    return Principal(key: key)
  }

  private func reception(keepsContent: Bool = true) -> Reception {
    Reception(redactor: Redactor(detectors: [.card, .email], keepsContent: keepsContent))
  }

  /// What waits for the target, as texts, after something was delivered.
  private func waiting(_ deliver: (GroupCommit) async throws -> Void) async throws -> [(path: String, text: String)] {
    let (name, clock) = (LedgerPlace.name(), TestClock())
    defer { LedgerPlace.remove(name) }
    let ledger = try await LedgerPlace.sqlite.open(name, clock)
    defer { try? ledger.close() }
    try await deliver(GroupCommit(ledger))
    var found: [(String, String)] = []
    for inOrder in [false, true] {
      let rows = try await ledger.spooled(
        in: SpoolLane(target: "cloud", inOrder: inOrder), atMost: 64, bytes: 1 << 20)
      found += rows.map { ($0.path, String(decoding: $0.body ?? [], as: UTF8.self)) }
    }
    return found
  }

  private static func export(_ spans: [(id: String, tenant: String?)], _ text: String = "hello") -> Body {
    let spans = spans.map { span in
      let tenant = span.tenant.map { #",{"key":"tenant.id","value":{"stringValue":"\#($0)"}}"# } ?? ""
      return """
        {"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"\(span.id)","name":"chat","startTimeUnixNano":"1764064800000000000",\
        "endTimeUnixNano":"1764064801500000000","attributes":[{"key":"input.value","value":{"stringValue":"\(text)"}}\(tenant)]}
        """
    }
    return .success(
      Array(#"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(spans.joined(separator: ","))]}]}]}"#.utf8))
  }

  private static let (first, second) = ("00f067aa0ba902b7", "00f067aa0ba902b8")

  /// Byte for byte where there is nothing to take out.
  @Test func whatIsNotRedactedGoesOnAsItCame() async throws {
    let body = OnwardTests.export([(OnwardTests.first, "beta")], OnwardTests.card)
    let waiting = try await waiting { group in
      let endpoint = OTLPEndpoint(group, .traces, forwards: plan)
      _ = await endpoint.receive(body, contentType: "application/json", from: principal(nil))
    }
    #expect(waiting.map(\.text) == [String(decoding: try body.get(), as: UTF8.self)])
  }

  @Test func cardsDoNotGoOn() async throws {
    let waiting = try await waiting { group in
      let endpoint = OTLPEndpoint(group, .traces, reception(), forwards: plan)
      let body = OnwardTests.export([(OnwardTests.first, nil)], "card \(OnwardTests.card) of ada@example.org")
      let answer = await endpoint.receive(body, contentType: "application/json", from: .anybody)
      #expect(answer.status == 200)
    }
    #expect(waiting.count == 1 && waiting[0].path == "/api/public/otel/v1/traces")
    #expect(waiting[0].text.contains("card [card] of [email]") && waiting[0].text.contains(OnwardTests.first))
    #expect(!waiting[0].text.contains("4111") && !waiting[0].text.contains("ada@"))
  }

  /// Keys of JSON within a text, and decimals, are words too; an id that is a card is none.
  @Test func whereverACardHidesItDoesNotGoOn() async throws {
    let document = #"{\"ada@example.org\":1,\"x\":{\"4111111111111111\":4111111111111111.0}}"#
    let score = #"""
      {"id":"s1","traceId":"\#(OnwardTests.first)","name":"tone","value":1,
      "metadata":{"cardId":"4111111111111111","traceId":"4111111111111111"}}
      """#
    let waiting = try await waiting { group in
      let endpoint = OTLPEndpoint(group, .traces, reception(), forwards: plan)
      let body = OnwardTests.export([(OnwardTests.first, nil)], document)
      #expect(await endpoint.receive(body, contentType: "application/json", from: .anybody).status == 200)
      let scores = LangfuseEndpoint(group, reception(), forwards: plan, clock: { Instant(nanoseconds: 0) })
      #expect(await scores.receiveScores(.success(Array(score.utf8)), from: .anybody).status == 200)
    }
    #expect(waiting.count == 2)
    for (_, text) in waiting { #expect(!text.contains("41111111") && !text.contains("ada@")) }
    #expect(waiting[1].text.contains(OnwardTests.first))
  }

  /// gRPC carries protobuf, and goes on as that over HTTP.
  @Test func whatComesOverGRPCGoesOnToo() async throws {
    func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(bytes.count)] + bytes }
    let attribute = field(1, Array("note".utf8)) + field(2, field(1, Array(OnwardTests.card.utf8)))
    let time = [UInt8](repeating: 1, count: 8)
    let span =
      field(1, Array(1...16)) + field(2, Array(1...8)) + field(5, Array("chat".utf8)) + [0x39] + time + [0x41] + time
      + field(9, attribute)
    let body = field(1, field(2, field(2, span)))
    for isRedacted in [false, true] {
      let waiting = try await waiting { group in
        let endpoint = OTLPEndpoint(group, .traces, isRedacted ? reception() : Reception(), forwards: plan)
        _ = try await endpoint.export(.success(body), from: .anybody)
      }
      #expect(waiting.count == 1)
      #expect(waiting[0].text.contains("[card]") == isRedacted && waiting[0].text.contains("4111") != isRedacted)
    }
  }

  @Test func whatATenantMayNotDeliverDoesNotGoOn() async throws {
    let waiting = try await waiting { group in
      let endpoint = OTLPEndpoint(group, .traces, forwards: plan)
      for spans in [[(OnwardTests.first, nil), (OnwardTests.second, "beta")], [("00f067aa0ba902b9", "beta")]] {
        let answer = await endpoint.receive(
          OnwardTests.export(spans), contentType: "application/json", from: principal("acme"))
        #expect(answer.status == 200)
      }
    }
    #expect(waiting.count == 1)
    #expect(waiting[0].text.contains(OnwardTests.first) && !waiting[0].text.contains(OnwardTests.second))
    #expect(!waiting[0].text.contains("beta"))
    #expect(waiting[0].text.contains(#"{"key":"tally.tenant","value":{"stringValue":"acme"}}"#))
  }

  /// Two spans of one name, of which one is another tenant's: nobody can tell them apart afterwards.
  @Test func aNameThatIsRefusedOnceDoesNotGoOn() async throws {
    let waiting = try await waiting { group in
      let endpoint = OTLPEndpoint(group, .traces, forwards: plan)
      let spans = [(OnwardTests.first, nil), (OnwardTests.first, "beta"), (OnwardTests.second, nil)]
      let body = OnwardTests.export(spans)
      #expect(await endpoint.receive(body, contentType: "application/json", from: principal("acme")).status == 200)
    }
    #expect(waiting.count == 1)
    #expect(!waiting[0].text.contains("beta") && !waiting[0].text.contains(OnwardTests.first))
    #expect(waiting[0].text.contains(OnwardTests.second))
  }

  /// A name that is there twice: receivers take the last, and nobody else may.
  @Test func whatCannotBeWrittenAgainIsWithheld() async throws {
    let plain = String(decoding: try OnwardTests.export([(OnwardTests.first, nil)]).get(), as: UTF8.self)
    let body = plain.split(separator: #""name":"chat""#, omittingEmptySubsequences: false)
      .joined(separator: #""name":"\#(OnwardTests.card)","name":"chat""#)
    let waiting = try await waiting { group in
      let endpoint = OTLPEndpoint(group, .traces, reception(), forwards: plan)
      let answer = await endpoint.receive(
        .success(Array(body.utf8)), contentType: "application/json", from: .anybody)
      #expect(answer.status == 200)
    }
    #expect(waiting.isEmpty && plan.withheld.counts == ["cloud": 1])
  }

  // MARK: Langfuse

  @Test func scoresAndEventsAreRedacted() async throws {
    let score = """
      {"id":"00000000-1111-2222-3333-444411111111","traceId":"\(OnwardTests.first)","name":"tone","value":1,\
      "timestamp":"2026-01-01T00:00:00Z","comment":"ada@example.org, \(OnwardTests.card)",\
      "metadata":{"card":4111111111111111,"\(OnwardTests.card)":[1.5,null]}}
      """
    let events = """
      {"batch":[{"id":"e1","type":"score-create","body":\(score)},\
      {"id":"e2","type":"trace-create","body":{"id":"t","userId":"u","input":"said \(OnwardTests.card)","output":"hush"}}]}
      """
    for keepsContent in [true, false] {
      let waiting = try await waiting { group in
        let endpoint = LangfuseEndpoint(
          group, reception(keepsContent: keepsContent), forwards: plan, clock: { Instant(nanoseconds: 0) })
        #expect(await endpoint.receiveScores(.success(Array(score.utf8)), from: .anybody).status == 200)
        #expect(await endpoint.receiveEvents(.success(Array(events.utf8)), from: .anybody).status == 207)
      }
      #expect(waiting.map(\.path) == ["/api/public/scores", "/api/public/ingestion"])
      for (_, text) in waiting {
        #expect(!text.contains("4111 1111") && !text.contains("4111111111111111") && !text.contains("ada@"))
        #expect(text.contains("[email], [card]") && text.contains(#""card":"[card]""#))
        #expect(text.contains("00000000-1111-2222-3333-444411111111") && text.contains(OnwardTests.first))
      }
      #expect(waiting[1].text.contains("hush") == keepsContent && waiting[1].text.contains("said") == keepsContent)
    }
  }

  /// A tenant's trace that is not taken here is not taken elsewhere in its name either.
  @Test func eventsOfATenantGoOnAsFarAsTheyAreTaken() async throws {
    let trace = #"{"id":"e2","type":"trace-create","body":{"id":"t"}}"#
    let score = #"{"id":"e1","type":"score-create","body":{"traceId":"t","name":"tone","value":1}}"#
    let waiting = try await waiting { group in
      let endpoint = LangfuseEndpoint(group, forwards: plan, clock: { Instant(nanoseconds: 0) })
      for batch in ["\(trace),\(score)", trace] {
        let body = Array(#"{"batch":[\#(batch)]}"#.utf8)
        #expect(await endpoint.receiveEvents(.success(body), from: principal("acme")).status == 207)
      }
    }
    #expect(waiting.map(\.text) == [#"{"batch":[\#(score)]}"#])
  }

  @Test func otherRequestsAreRedactedOrDoNotGoOn() {
    let body = Array(#"{"input":"\#(OnwardTests.card)"}"#.utf8)
    let redacting = reception().onward
    #expect(Reception().onward.request([1, 2]) == [1, 2] && !Reception().onward.changes)
    #expect(redacting.request(body).map { String(decoding: $0, as: UTF8.self) } == #"{"input":"[card]"}"#)
    #expect(redacting.request([1, 2]) == nil && redacting.request([]) == [] && redacting.changes)
    #expect(reception(keepsContent: false).onward.request(body) == nil)
    #expect(reception(keepsContent: false).onward.request([]) == [])
  }

  // MARK: Erasure

  @Test func whatIsErasedDoesNotGoOn() async throws {
    let (name, clock) = (LedgerPlace.name(), TestClock())
    defer { LedgerPlace.remove(name) }
    let ledger = try await LedgerPlace.sqlite.open(name, clock)
    defer { try? ledger.close() }
    let langfuse = LangfuseEndpoint(GroupCommit(ledger), forwards: plan, clock: { Instant(nanoseconds: 0) })
    for (session, user) in [("s1", "u1"), ("s2", "u2")] {
      let score = #"{"sessionId":"\#(session)","name":"tone","value":1}"#
      _ = await langfuse.receiveScores(.success(Array(score.utf8)), from: .anybody)
      let events = #"{"batch":[{"id":"e","type":"trace-create","body":{"userId":"\#(user)"}}]}"#
      _ = await langfuse.receiveEvents(.success(Array(events.utf8)), from: .anybody)
    }
    #expect(try await ledger.erase(.session("s1"), actor: "ada", reason: "test").deliveries == 1)
    #expect(try await ledger.erase(.user("u2"), actor: "ada", reason: "test").deliveries == 1)
    let rows = try await ledger.spooled(in: SpoolLane(target: "cloud", inOrder: true), atMost: 64, bytes: 1 << 20)
    let texts = rows.map { String(decoding: $0.body ?? [], as: UTF8.self) }
    #expect(texts.count == 2 && texts[0].contains("u1") && texts[1].contains("s2"))
  }
}
