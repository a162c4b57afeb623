import Records

/// Puts deliveries into the spool in the commit that holds their records: what is acknowledged will be forwarded.
final class SpoolAppender {
  private struct Waiting {
    let stops: [SpoolDelivery.Stop]
    let contentType: String
    let bytes: Int
    let form: ContentForm
    let body: [UInt8]
    let hasRecords: Bool
    let subjects: String
  }

  private let engine: any EngineWriter
  private let coder = ContentCoder()
  private var waiting: [Waiting] = []

  init(_ engine: any EngineWriter) {
    self.engine = engine
  }

  /// - Parameter hasRecords: whether there are records in it, of which some may be new.
  func append(_ delivery: SpoolDelivery, hasRecords: Bool) throws {
    coder.encode(delivery.body) { form, body in
      waiting.append(
        Waiting(
          stops: delivery.stops, contentType: delivery.contentType, bytes: delivery.body.count, form: form,
          body: Array(body), hasRecords: hasRecords, subjects: SpoolSubjects.text(delivery.subjects)))
    }
  }

  /// - Parameter isNews: whether the commit holds anything new. Where it does not, somebody repeats what was acknowledged
  ///   before, and forwarding it again would double it.
  func flush(isNews: Bool, now: Instant) throws -> SpoolCounts {
    var counts = SpoolCounts()
    let waiting = waiting.filter { isNews || !$0.hasRecords }
    guard !waiting.isEmpty else { return counts }
    var lanes = try SpoolLaneState.all(engine)
    var row = lanes.map(\.lastRow).max() ?? 0
    let rows = RowBatch([
      .integer, .integer, .integer, .text, .text, .text, .integer, .integer, .integer, .blob,
    ])
    for delivery in waiting {
      for stop in delivery.stops {
        let size = Int64(delivery.body.count)
        let stored = lanes.reduce(0) { $0 + ($1.lane.target == stop.lane.target ? $1.stored : 0) }
        guard stored + size <= stop.limit else {
          counts.skipped[stop.lane.target, default: 0] += 1
          continue
        }
        let place = lanes.firstIndex { $0.lane == stop.lane } ?? lanes.endIndex
        if place == lanes.endIndex { lanes.append(SpoolLaneState(new: stop.lane, id: Int64(place + 1))) }
        row += 1
        lanes[place].add(row: row, bytes: size)
        for value in [row, lanes[place].id, now.nanoseconds] { rows.append(value) }
        rows.append(stop.path)
        rows.append(delivery.contentType)
        rows.append(delivery.subjects)
        for value in [Int64(delivery.bytes), size, delivery.form.rawValue] { rows.append(value) }
        rows.append(delivery.body)
        counts.queued[stop.lane.target, default: 0] += 1
        if rows.isFull { try write(rows) }
      }
    }
    try write(rows)
    for lane in lanes { try lane.write(engine) }
    return counts
  }

  private func write(_ rows: RowBatch) throws {
    guard rows.count > 0 else { return }
    try engine.insert(
      into: "spool",
      columns: [
        "row", "lane", "queued_at", "path", "content_type", "subjects", "bytes", "stored", "form", "body",
      ], rows)
    rows.removeAll()
  }
}
