internal import Intake
internal import Records
public import Store

/// `POST /api/v1/records`: Tallystick's own records, a JSON object a line, as `tally ingest` reads them from a file.
///
/// The answer leaves when everything is durable: 200 with the number of records that are kept and the reasons for those
/// that cannot be. 400 with line and column when the body is not understood; nothing of it is stored then.
public struct RecordsEndpoint: Sendable {
  private let ledger: GroupCommit
  private let reception: Reception

  public init(_ ledger: GroupCommit, _ reception: Reception = Reception()) {
    self.ledger = ledger
    self.reception = reception
  }

  /// - Parameter principal: who delivers.
  public func receive(_ body: Body, from principal: Principal) async -> Answer {
    do {
      var bound = principal.bind(try RecordsEndpoint.records(try body.get()))
      let costs = reception.prepare(&bound.batch)
      let receipt = try await ledger.append(bound.batch, source: principal.source("api"))
      var answer = JSONObject()
      answer["kept"] = .integer(Int64(receipt.kept - costs))
      answer["refused"] = .array((bound.refusals + receipt.refusals.map(\.problem)).map(JSONValue.string))
      answer["commit"] = receipt.commit.map(JSONValue.integer)
      return Answer(status: 200, json: answer)
    } catch let fault as BodyFault {
      return fault.answer
    } catch let error as LedgerError {
      return Answer(error)
    } catch {
      return Answer(status: 400, code: "UNREADABLE", message: "\(error)")
    }
  }

  private static func records(_ body: [UInt8]) throws -> RecordBatch {
    // Records say when; there is no file whose time could stand in.
    let source = try body.withUnsafeBytes { try ByteSource(copying: $0, name: "body") }
    var options = RecordOptions(now: Instant(nanoseconds: 0))
    options.reading.format = .records
    var batch = RecordBatch()
    _ = try Intake.readRecords(source, options: options, into: &batch)
    return batch
  }
}
