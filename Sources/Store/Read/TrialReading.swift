public import Records

extension Snapshot {
  /// Lends the current trials of some series, series after series, each in the order in which it was stored.
  ///
  /// What is lent is what a comparison reads: the score (or the pass) and what places it. Nothing is copied.
  /// - Parameters:
  ///   - series: which; all of one suite.
  ///   - slices: names of the tags whose values the rows shall carry.
  ///   - body: gets each row and the index of its series. Texts are valid only during the call.
  public func forEachTrial(
    of series: [TrialSeriesSummary], slices: [String] = [],
    _ body: (_ row: borrowing TrialRow, _ series: Int) throws -> Void
  ) throws {
    let slicing = slices.isEmpty ? nil : { (tags: [String: String]) in slices.map { tags[$0] } }
    try forEachTrial(of: series, slicing: slicing, body)
  }

  /// The same, with values of slices that are made from the tags.
  /// - Parameter slicing: gets the tags of a row; called once for each combination of tags.
  public func forEachTrial(
    of series: [TrialSeriesSummary], slicing: ((_ tags: [String: String]) -> [String?])?,
    _ body: (_ row: borrowing TrialRow, _ series: Int) throws -> Void
  ) throws {
    let sliceTexts = slicing.map(SliceTexts.init)
    let termTexts = TermTexts()
    for (index, one) in series.enumerated() {
      let shared = SharedTexts(one)
      var trial = shared.row
      try forEachBatch(Snapshot.trialStatement(one, horizon: horizon, withTags: slicing != nil)) { batch in
        for row in 0..<batch.count {
          guard let item = batch.text(0, row) else { continue }
          trial.item = item
          trial.repetition = batch.text(1, row)
          trial.prediction = batch.text(2, row)
          trial.judgeRepeat = batch.text(3, row)
          trial.score = batch.real(4, row)
          trial.cluster = try batch.integer(5, row).flatMap { try termTexts.text($0, terms) }
          if let sliceTexts { trial.slices = try sliceTexts.values(tags: batch.integer(6, row) ?? 0, terms) }
          try body(trial, index)
        }
      }
    }
  }

  private static func trialStatement(
    _ series: TrialSeriesSummary, horizon: Horizon, withTags: Bool
  ) -> Statement {
    Statement(
      """
      SELECT t.item, CAST(t.repeat AS TEXT), t.prediction, CAST(t.judge_repeat AS TEXT), COALESCE(t.score, t.passed),
        t.cluster\(withTags ? ", t.tags" : "")
      FROM trial t WHERE t.series = ?1 AND \(horizon.current(.trial, "t", isUntouched: series.isUntouched))
      ORDER BY t.row
      """, [.integer(series.id)],
      columns: [.text, .text, .text, .text, .real, .integer] + (withTags ? [.integer] : []))
  }
}

/// A text that stays where it is, to be lent again and again.
final class LastingText {
  private let bytes: UnsafeMutableRawBufferPointer

  init(_ text: String) {
    var text = text
    bytes = text.withUTF8 { utf8 in
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(utf8.count, 1), alignment: 1)
      copy.copyBytes(from: UnsafeRawBufferPointer(utf8))
      return UnsafeMutableRawBufferPointer(rebasing: copy[..<utf8.count])
    }
  }

  var borrowed: BorrowedText { BorrowedText(UnsafeRawBufferPointer(bytes)) }

  deinit { bytes.baseAddress.map { $0.deallocate() } }
}

/// What all rows of a series lend.
final class SharedTexts {
  private var texts: [LastingText] = []
  private(set) var suite: BorrowedText?
  private(set) var version: BorrowedText?
  private(set) var variant: BorrowedText?
  private(set) var configuration: BorrowedText?

  init(_ series: TrialSeriesSummary) {
    suite = keep(series.suite)
    version = keep(series.suiteVersion)
    variant = keep(series.variant)
    configuration = keep(series.configSHA256)
  }

  /// A row of the series, without an item yet. Valid as long as this object is.
  var row: TrialRow {
    var trial = TrialRow(item: BorrowedText(UnsafeRawBufferPointer(start: nil, count: 0)))
    trial.suite = suite
    trial.suiteVersion = version
    trial.variant = variant
    trial.configuration = configuration
    return trial
  }

  private func keep(_ text: String?) -> BorrowedText? {
    guard let text else { return nil }
    let lasting = LastingText(text)
    texts.append(lasting)
    return lasting.borrowed
  }
}

/// Texts of terms, to be lent.
final class TermTexts {
  private var texts: [Int64: LastingText] = [:]
  private static let limit = 65_536

  /// Valid until the next call.
  func text(_ number: Int64, _ terms: TermReader) throws -> BorrowedText? {
    if let known = texts[number] { return known.borrowed }
    guard let text = try terms.text(number) else { return nil }
    if texts.count >= TermTexts.limit { texts.removeAll(keepingCapacity: true) }
    let lasting = LastingText(text)
    texts[number] = lasting
    return lasting.borrowed
  }
}

/// Values of slices by combination of tags: each combination is parsed once.
final class SliceTexts {
  private let slicing: ([String: String]) -> [String?]
  private var texts: [LastingText] = []
  private var values: [Int64: [BorrowedText?]] = [:]
  private var last: (tags: Int64, values: [BorrowedText?])?

  init(_ slicing: @escaping ([String: String]) -> [String?]) {
    self.slicing = slicing
  }

  func values(tags number: Int64, _ terms: TermReader) throws -> [BorrowedText?] {
    if let last, last.tags == number { return last.values }
    let found = try values[number] ?? parse(number, terms)
    last = (number, found)
    return found
  }

  private func parse(_ number: Int64, _ terms: TermReader) throws -> [BorrowedText?] {
    let tags = Tags(canonical: try terms.text(number) ?? "{}").values
    let found = slicing(tags).map { text -> BorrowedText? in
      guard let text else { return nil }
      let lasting = LastingText(text)
      texts.append(lasting)
      return lasting.borrowed
    }
    values[number] = found
    return found
  }
}
