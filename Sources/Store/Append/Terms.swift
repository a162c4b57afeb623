import Records

/// Gives texts that many records share their numbers, adding those that are new.
///
/// Lives as long as one transaction: what a transaction that fails has added is forgotten with it.
final class Terms {
  private let engine: any EngineWriter
  private var known: [String: Int64] = [:]
  private var series: [TrialSeries: Int64] = [:]
  private var lastTerm: (text: String, id: Int64)?
  private var lastSeries: (series: TrialSeries, id: Int64)?
  /// Beyond so many the memory starts anew, so that labels that are really free text cost look-ups and not memory.
  private static let limit = 65_536

  init(_ engine: any EngineWriter) {
    self.engine = engine
  }

  func id(_ text: String) throws -> Int64 {
    if let lastTerm, lastTerm.text == text { return lastTerm.id }
    let id = try known[text] ?? find(text)
    lastTerm = (text, id)
    return id
  }

  private func find(_ text: String) throws -> Int64 {
    let select = Statement("SELECT id FROM term WHERE value = ?1", [.text(text)], columns: [.integer])
    let insert = Statement("INSERT INTO term(value) VALUES (?1) RETURNING id", [.text(text)], columns: [.integer])
    let id = try id(select, else: insert)
    if known.count >= Terms.limit { known.removeAll(keepingCapacity: true) }
    known[text] = id
    return id
  }

  func id(_ value: TrialSeries) throws -> Int64 {
    if let lastSeries, lastSeries.series == value { return lastSeries.id }
    let id = try series[value] ?? find(value)
    lastSeries = (value, id)
    return id
  }

  private func find(_ value: TrialSeries) throws -> Int64 {
    var fields = CanonicalBytes(kind: .trial)
    for field in value.fields { fields.append(field) }
    let key = SQLValue.blob(fields.digest.bytes)
    let select = Statement("SELECT id FROM trial_series WHERE key = ?1", [key], columns: [.integer])
    let insert = Statement(
      """
      INSERT INTO trial_series(key, \(TrialSeries.columns.joined(separator: ", ")))
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id
      """, [key] + value.fields.map(SQLValue.init), columns: [.integer])
    let id = try id(select, else: insert)
    if series.count >= Terms.limit { series.removeAll(keepingCapacity: true) }
    series[value] = id
    return id
  }

  private func id(_ select: Statement, else insert: Statement) throws -> Int64 {
    let decode = { (batch: RowBatch, row: Int) in batch.integer(0, row) ?? 0 }
    if let id = try engine.first(Query(select, decode: decode)) { return id }
    return try engine.first(Query(insert, decode: decode)) ?? 0
  }
}
