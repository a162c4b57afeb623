import Records

/// Gives texts that many records share their numbers, adding those that are new.
///
/// Lives as long as one transaction: what a transaction that fails has added is forgotten with it.
final class Terms {
  private let engine: any EngineWriter
  private var known: [String: Int64] = [:]
  private var knownBytes = 0
  private var lastTerms: [(text: String, id: Int64)?]
  private var series: [TrialSeries: Int64] = [:]
  private var lastSeries: (series: TrialSeries, id: Int64)?

  private let newTerms = RowBatch([.integer, .text])
  private let firstTerm: Int64
  private var nextTerm: Int64
  private var termDigest = SHA256Stream()
  private let newSeries = RowBatch([.integer, .blob] + TrialSeries.columns.map { _ in .text })
  private let firstSeries: Int64
  private var nextSeries: Int64
  private var seriesDigest = SHA256Stream()

  /// Beyond so many the memory starts anew, so that labels that are really free text cost look-ups and not memory.
  private static let limit = 65_536
  private static let byteLimit = 16 << 20

  init(_ engine: any EngineWriter) throws {
    self.engine = engine
    lastTerms = .init(repeating: nil, count: 64)
    firstTerm = (try engine.integer("SELECT MAX(id) FROM term") ?? 0) + 1
    nextTerm = firstTerm
    firstSeries = (try engine.integer("SELECT MAX(id) FROM trial_series") ?? 0) + 1
    nextSeries = firstSeries
  }

  /// The number of an identifier.
  /// - Parameter column: where it stands; the neighbours of a text in its column are most often equal to it.
  func id(_ text: String, column: Int = 0) throws -> Int64 {
    let place = column & 63
    if let last = lastTerms[place], last.text == text { return last.id }
    let id = try known[text] ?? find(text)
    lastTerms[place] = (text, id)
    return id
  }

  private func find(_ text: String) throws -> Int64 {
    let found = try engine.integer("SELECT id FROM term WHERE value = ?1", [.text(text)])
    let id = found ?? nextTerm
    if found == nil {
      newTerms.append(id)
      newTerms.append(text)
      Terms.update(&termDigest, id: id, text: text)
      nextTerm += 1
    }
    if known.count >= Terms.limit || knownBytes >= Terms.byteLimit || newTerms.isFull {
      try write()
      known.removeAll(keepingCapacity: true)
      knownBytes = 0
    }
    known[text] = id
    knownBytes += text.utf8.count
    return id
  }

  func id(_ value: TrialSeries) throws -> Int64 {
    if let lastSeries, lastSeries.series == value { return lastSeries.id }
    let id = try series[value] ?? find(value)
    lastSeries = (value, id)
    return id
  }

  private func find(_ value: TrialSeries) throws -> Int64 {
    let key = Terms.key(value)
    let found = try engine.integer("SELECT id FROM trial_series WHERE key = ?1", [.blob(key.bytes)])
    let id = found ?? nextSeries
    if found == nil {
      newSeries.append(id)
      newSeries.append(key)
      for field in value.fields { newSeries.append(field?.identifier) }
      Terms.update(&seriesDigest, id: id, key: key)
      nextSeries += 1
    }
    if series.count >= Terms.limit || newSeries.isFull {
      try write()
      series.removeAll(keepingCapacity: true)
    }
    series[value] = id
    return id
  }

  /// Writes what is new.
  func write() throws {
    try engine.insert(into: "term", columns: ["id", "value"], newTerms)
    try engine.insert(into: "trial_series", columns: ["id", "key"] + TrialSeries.columns, newSeries)
    newTerms.removeAll()
    newSeries.removeAll()
  }

  /// What the delivery added.
  var parts: [CommitEntry.Part] {
    var parts: [CommitEntry.Part] = []
    if nextTerm > firstTerm {
      parts.append(CommitEntry.Part(.terms, first: firstTerm, last: nextTerm - 1, digest: termDigest.digest()))
    }
    if nextSeries > firstSeries {
      parts.append(CommitEntry.Part(.series, first: firstSeries, last: nextSeries - 1, digest: seriesDigest.digest()))
    }
    return parts
  }

  // MARK: What the chain covers

  /// Which series it is, whatever its number.
  static func key(_ series: TrialSeries) -> SHA256Digest {
    let fields = CanonicalBytes(kind: .trial)
    series.append(to: fields)
    return fields.digest
  }

  static func update(_ digest: inout SHA256Stream, id: Int64, text: String) {
    var text = text
    digest.update(id)
    digest.update(Int64(text.utf8.count))
    text.withUTF8 { digest.update(UnsafeRawBufferPointer($0)) }
  }

  static func update(_ digest: inout SHA256Stream, id: Int64, key: SHA256Digest) {
    digest.update(id)
    digest.update(key)
  }
}
