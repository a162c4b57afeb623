internal import Intake
internal import Records
public import Store

/// Exports of OpenTelemetry, over HTTP (`POST /v1/traces` and `/v1/logs`: protobuf or JSON, plain or gzip) and over gRPC.
///
/// The answer leaves when everything is durable, in the encoding of the request. What cannot be kept is counted in its
/// partial success; 400 means that the whole export is malformed and sending it again does not help; 429 and 503 mean that
/// nothing was stored and it should be sent again. Over gRPC the same is said by `ExportFault`.
///
/// Source: OTLP specification 1.x, "OTLP/HTTP" and "OTLP/gRPC", https://opentelemetry.io/docs/specs/otlp/.
public struct OTLPEndpoint: Sendable {
  public enum Signal: Sendable {
    case traces, logs
  }

  /// What became of an export, however it came.
  private enum Outcome {
    /// Everything is durable but what was rejected.
    case kept(rejected: Int, message: String?)
    /// Nothing is; with the answer over HTTP, and why.
    case failed(Answer, String)
  }

  private let ledger: GroupCommit
  private let signal: Signal
  private let reception: Reception
  private let forwards: ForwardPlan

  /// - Parameters:
  ///   - reception: what is done to exports before they are kept.
  ///   - forwards: who gets them too.
  public init(
    _ ledger: GroupCommit, _ signal: Signal, _ reception: Reception = Reception(), forwards: ForwardPlan = ForwardPlan()
  ) {
    self.ledger = ledger
    self.signal = signal
    self.reception = reception
    self.forwards = forwards
  }

  /// - Parameters:
  ///   - contentType: of the body, with parameters or without.
  ///   - principal: who delivers.
  public func receive(_ body: Body, contentType: String?, from principal: Principal) async -> Answer {
    guard let reply = OTLPReply(contentType: contentType, signal: signal) else {
      return Answer(
        status: 415, code: "CONTENT_TYPE",
        message: "Exports are application/x-protobuf or application/json; this one says \(contentType ?? "nothing").")
    }
    switch await keep(body, isJSON: reply.isJSON, from: principal) {
    case .kept(let rejected, let message): return reply.accepted(rejected: rejected, message: message)
    case .failed(let answer, let message): return reply.failed(answer, message)
    }
  }

  /// An export over gRPC.
  /// - Parameter principal: who delivers.
  /// - Returns: the response, a message of protobuf.
  public func export(_ body: Body, from principal: Principal) async throws(ExportFault) -> [UInt8] {
    switch await keep(body, isJSON: false, from: principal) {
    case .kept(let rejected, let message):
      return OTLPReply.protobuf(signal).accepted(rejected: rejected, message: message).body
    case .failed(let answer, let message): throw ExportFault(answer, message)
    }
  }

  /// What a request over HTTP that is not let in is answered, in the encoding of its body.
  /// - Parameters:
  ///   - answer: what anybody else would be answered.
  ///   - message: what is wrong and what to do.
  public func refuse(_ answer: Answer, _ message: String, contentType: String?) -> Answer {
    OTLPReply(contentType: contentType, signal: signal)?.failed(answer, message) ?? answer
  }

  private func keep(_ body: Body, isJSON: Bool, from principal: Principal) async -> Outcome {
    do {
      let body = try body.get()
      let (batch, outcome) = try read(body, isJSON: isJSON)
      var bound = principal.bind(batch)
      let forward = onward(body, isJSON: isJSON, bound, from: principal)
      reception.prepare(&bound.batch)
      let receipt = try await ledger.append(bound.batch, source: principal.source("otlp"), forward: forward)
      let refusals = bound.refusals + receipt.refusals.map(\.problem)
      let messages = [outcome.message].compactMap(\.self) + refusals.prefix(5)
      return .kept(
        rejected: outcome.rejected + refusals.count,
        message: messages.isEmpty ? nil : messages.joined(separator: "; "))
    } catch let fault as BodyFault {
      return .failed(fault.answer, fault.message)
    } catch let error as LedgerError {
      return .failed(Answer(error), "\(error.problem). \(error.remedy)")
    } catch let error as IntakeError {
      return .failed(Answer(status: 400), "\(error)")
    } catch {
      return .failed(Answer(status: 500), "\(error)")
    }
  }

  /// What others get of an export; nil when they get nothing.
  private func onward(
    _ body: [UInt8], isJSON: Bool, _ bound: Principal.Bound, from principal: Principal
  ) -> SpoolDelivery? {
    // Nothing is left of one that is all another tenant's.
    guard bound.refusals.isEmpty || !bound.batch.records.isEmpty else { return nil }
    return forwards.delivery(
      signal == .traces ? .traces : .logs, isJSON: isJSON,
      reception.onward.export(body, signal, isJSON: isJSON, principal.tenant == nil ? nil : bound))
  }

  private func read(_ body: [UInt8], isJSON: Bool) throws -> (RecordBatch, OTLPOutcome) {
    var receiver = OTLPReceiver(limits: .request)
    var sink = BatchSink()
    // An export of nothing is a valid one.
    guard !body.isEmpty else { return (sink.batch, OTLPOutcome()) }
    let outcome = try body.withUnsafeBytes {
      try receiver.read($0, signal == .traces ? .traces : .logs, isJSON ? .json : .protobuf, into: &sink)
    }
    return (sink.batch, outcome)
  }
}

private struct BatchSink: OTLPSink {
  var batch = RecordBatch()

  mutating func receive(_ record: SpanRecord, content: SpanContent) {
    for content in content.contents(at: record.startedAt) { batch.receive(content) }
    batch.receive(record)
  }

  mutating func receive(_ record: AnnotationRecord) { batch.receive(record) }
}
