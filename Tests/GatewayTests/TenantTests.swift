import Records
import Store
import Testing

@testable import Gateway

/// What the bearer of a tenant's key may deliver.
@Suite struct TenantTests {
  private func principal(_ tenant: String?) -> Principal {
    var key = AccessKey(name: "acme-bot", scopes: [.ingest], createdAt: Instant(nanoseconds: 0))
    key.tenant = tenant
    return Principal(key: key)
  }

  private func span(_ id: String, tenant: String?) -> SpanRecord {
    var span = SpanRecord(
      spanID: id, traceID: "t", name: "chat", spanKind: "chat", startedAt: Instant(nanoseconds: 1), feature: "desk")
    span.tenant = tenant
    return span
  }

  private func incident(_ id: String, tenant: String?) -> IncidentRecord {
    var incident = IncidentRecord()
    (incident.incidentID, incident.feature, incident.state, incident.tenant) = (id, "desk", "open", tenant)
    return incident
  }

  private func batch() -> RecordBatch {
    var batch = RecordBatch()
    for tenant in [nil, "acme", "beta", "caf\u{E9}"] {
      batch.receive(span("\(tenant ?? "none")", tenant: tenant))
      batch.receive(incident("\(tenant ?? "none")", tenant: tenant))
    }
    batch.receive(ChangeRecord(surface: "prompt", actor: "ada", at: Instant(nanoseconds: 1)))
    return batch
  }

  private func tenants(_ batch: RecordBatch) -> [String?] {
    batch.records.compactMap { record -> String?? in
      switch record {
      case .span(let span): span.tenant
      case .incident(let incident): incident.tenant
      default: nil
      }
    }
  }

  @Test func recordsGetTheTenantOfTheKeyAndOthersAreLeftOut() {
    let bound = principal("acme").bind(batch())
    #expect(tenants(bound.batch) == ["acme", "acme", "acme", "acme"])
    #expect(bound.batch.records.count == 5)
    #expect(bound.refusals.count == 4)
    #expect(
      bound.refusals.first
        == "span 'beta' of trace 't' states the tenant 'beta', and the key 'acme-bot' is bound to 'acme'")
  }

  /// One scalar or two: the same tenant.
  @Test func tenantsCompareAsIdentifiers() {
    var records = RecordBatch()
    records.receive(span("1", tenant: "cafe\u{301}"))
    #expect(principal("caf\u{E9}").bind(records).refusals == [])
  }

  @Test func whoIsBoundToNobodyDeliversForEverybody() {
    for principal in [principal(nil), .anybody] {
      #expect(principal.bind(batch()) == Principal.Bound(batch: batch()))
    }
    #expect(Principal.anybody.source("otlp") == "otlp")
    #expect(principal(nil).source("otlp") == "otlp by acme-bot")
  }

  @Test func anExportIsAPartialSuccess() async throws {
    let (name, clock) = (LedgerPlace.name(), TestClock())
    defer { LedgerPlace.remove(name) }
    let ledger = try await LedgerPlace.sqlite.open(name, clock)
    defer { try? ledger.close() }
    let endpoint = OTLPEndpoint(GroupCommit(ledger), .traces)
    func span(_ id: String, _ tenant: String?) -> String {
      let attributes = tenant.map { #"{"key":"tenant.id","value":{"stringValue":"\#($0)"}}"# } ?? ""
      return """
        {"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"\(id)","name":"chat","startTimeUnixNano":"1764064800000000000",\
        "endTimeUnixNano":"1764064801500000000","attributes":[\(attributes)]}
        """
    }
    let spans = [span("00f067aa0ba902b7", nil), span("00f067aa0ba902b8", "beta"), span("00f067aa0ba902b9", "acme")]
    let body = #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(spans.joined(separator: ","))]}]}]}"#
    let answer = await endpoint.receive(
      .success(Array(body.utf8)), contentType: "application/json", from: principal("acme"))
    #expect(answer.status == 200)
    let text = String(decoding: answer.body, as: UTF8.self)
    #expect(text.contains(#""rejectedSpans": "1""#))
    #expect(text.contains("states the tenant 'beta', and the key 'acme-bot' is bound to 'acme'"))
    let stored = try await ledger.read { try $0.spans(ofTrace: "4bf92f3577b34da6a3ce929d0e0e4736") }
    #expect(stored.map(\.tenant) == ["acme", "acme"])
    let records = RecordsEndpoint(GroupCommit(ledger))
    let line = """
      {"kind":"span","span_id":"x","trace_id":"y","name":"chat","span_kind":"chat","started_at":"2026-05-01T00:00:00Z",\
      "status":"ok","feature":"desk","tenant":"beta"}
      """
    let refused = await records.receive(.success(Array(line.utf8)), from: principal("acme"))
    let said = String(decoding: refused.body, as: UTF8.self)
    #expect(refused.status == 200 && said.contains(#""kept": 0"#) && said.contains("is bound to 'acme'"))
  }

  /// Exporters show what a refusal says only in their own encoding.
  @Test func whoIsNotLetInIsToldInTheirEncoding() async throws {
    let (name, clock) = (LedgerPlace.name(), TestClock())
    defer { LedgerPlace.remove(name) }
    let ledger = try await LedgerPlace.sqlite.open(name, clock)
    defer { try? ledger.close() }
    let denial = AccessDenial.scope(.ingest, of: AccessKey(name: "bot", scopes: [.read], createdAt: clock.now))
    let endpoint = OTLPEndpoint(GroupCommit(ledger), .traces)
    let json = endpoint.refuse(denial.answer, denial.message, contentType: "application/json")
    #expect(json.status == 403 && json.challenges == denial.answer.challenges)
    #expect(String(decoding: json.body, as: UTF8.self).contains("\"message\": \"This asks for the scope 'ingest'"))
    let protobuf = endpoint.refuse(denial.answer, denial.message, contentType: "application/x-protobuf")
    #expect(protobuf.status == 403 && protobuf.contentType == "application/x-protobuf")
    #expect(protobuf.body.first == 0x12)
    #expect(endpoint.refuse(denial.answer, denial.message, contentType: nil) == denial.answer)
  }
}
