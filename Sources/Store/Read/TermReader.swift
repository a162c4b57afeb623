import Records

/// Finds the texts and series that numbers stand for, each once.
final class TermReader {
  private let fetch: (_ statement: Statement, _ body: (RowBatch) throws -> Void) throws -> Void
  /// By number: the first texts of a ledger, which most rows refer to.
  private var first: [String?] = []
  private var texts: [Int64: String] = [:]
  private var textBytes = 0
  private var series: [Int64: TrialSeries] = [:]
  private static let limit = 65_536
  private static let byteLimit = 16 << 20

  /// - Parameter fetch: runs a statement and hands out its rows.
  init(_ fetch: @escaping (_ statement: Statement, _ body: (RowBatch) throws -> Void) throws -> Void) {
    self.fetch = fetch
  }

  /// Nil when no text has this number.
  func text(_ number: Int64) throws -> String? {
    if let place = Int(exactly: number), first.indices.contains(place) {
      if let known = first[place] { return known }
    } else if let known = texts[number] {
      return known
    }
    var found: String?
    try fetch(Statement("SELECT value FROM term WHERE id = ?1", [.integer(number)], columns: [.text]).short) {
      found = $0.string(0, 0)
    }
    if let found {
      if texts.count >= TermReader.limit || textBytes >= TermReader.byteLimit { forgetTexts() }
      remember(found, number)
    }
    return found
  }

  private func remember(_ text: String, _ number: Int64) {
    textBytes += text.utf8.count
    guard (0..<Int64(TermReader.limit)).contains(number) else { return texts[number] = text }
    let place = Int(number)
    if place >= first.count { first += repeatElement(nil, count: place + 1 - first.count) }
    first[place] = text
  }

  private func forgetTexts() {
    first.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
    textBytes = 0
  }

  /// Nil when no series has this number.
  func series(_ number: Int64) throws -> TrialSeries? {
    if let known = series[number] { return known }
    let statement = Statement(
      "SELECT \(TrialSeries.columns.joined(separator: ", ")) FROM trial_series WHERE id = ?1", [.integer(number)],
      columns: TrialSeries.columns.map { _ in .text }
    ).short
    var found: TrialSeries?
    try fetch(statement) { batch in
      guard let suite = batch.string(0, 0), let variant = batch.string(2, 0), let metric = batch.string(3, 0)
      else { return }
      found = TrialSeries(
        suite: suite, suiteVersion: batch.string(1, 0), variant: variant, metric: metric,
        configSHA256: batch.string(4, 0), subjectSHA256: batch.string(5, 0), judge: batch.string(6, 0))
    }
    if let found {
      if series.count >= TermReader.limit { series.removeAll(keepingCapacity: true) }
      series[number] = found
    }
    return found
  }
}
