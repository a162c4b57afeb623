internal import Intake
public import Pricing
internal import Records
public import Store

/// `POST /v1/traces` and `/v1/logs`: exports of OpenTelemetry over HTTP, as protobuf or JSON, plain or gzip.
///
/// The answer leaves when everything is durable, in the encoding of the request. What cannot be kept is counted in its
/// partial success; 400 means that the whole export is malformed and sending it again does not help; 429 and 503 mean that
/// nothing was stored and it should be sent again.
///
/// Source: OTLP specification 1.x, "OTLP/HTTP", https://opentelemetry.io/docs/specs/otlp/.
public struct OTLPEndpoint: Sendable {
  public enum Signal: Sendable {
    case traces, logs
  }

  private let ledger: GroupCommit
  private let signal: Signal
  private let pricing: SpanPricing?
  private let forwards: ForwardPlan

  /// - Parameters:
  ///   - pricing: what prices spans in the commit that stores them; nil leaves them unpriced.
  ///   - forwards: who gets the exports too.
  public init(
    _ ledger: GroupCommit, _ signal: Signal, pricing: SpanPricing? = nil, forwards: ForwardPlan = ForwardPlan()
  ) {
    self.forwards = forwards
    self.ledger = ledger
    self.signal = signal
    self.pricing = pricing
  }

  /// - Parameter contentType: of the body, with parameters or without.
  public func receive(_ body: Body, contentType: String?) async -> Answer {
    guard let reply = OTLPReply(contentType: contentType, signal: signal) else {
      return Answer(
        status: 415, code: "CONTENT_TYPE",
        message: "Exports are application/x-protobuf or application/json; this one says \(contentType ?? "nothing").")
    }
    do {
      var (batch, outcome) = try read(try body.get(), reply)
      pricing?.addCosts(to: &batch)
      let forward = forwards.delivery(signal == .traces ? .traces : .logs, isJSON: reply.isJSON, try body.get())
      let receipt = try await ledger.append(batch, source: "otlp", forward: forward)
      let messages = [outcome.message].compactMap(\.self) + receipt.refusals.prefix(5).map(\.problem)
      return reply.accepted(
        rejected: outcome.rejected + receipt.refusals.count,
        message: messages.isEmpty ? nil : messages.joined(separator: "; "))
    } catch let fault as BodyFault {
      return reply.failed(fault.answer, fault.message)
    } catch let error as LedgerError {
      return reply.failed(Answer(error), "\(error.problem). \(error.remedy)")
    } catch let error as IntakeError {
      return reply.failed(Answer(status: 400), "\(error)")
    } catch {
      return reply.failed(Answer(status: 500), "\(error)")
    }
  }

  private func read(_ body: [UInt8], _ reply: OTLPReply) throws -> (RecordBatch, OTLPOutcome) {
    var receiver = OTLPReceiver(limits: .request)
    var sink = BatchSink()
    // An export of nothing is a valid one.
    guard !body.isEmpty else { return (sink.batch, OTLPOutcome()) }
    let outcome = try body.withUnsafeBytes {
      try receiver.read($0, signal == .traces ? .traces : .logs, reply.isJSON ? .json : .protobuf, into: &sink)
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
