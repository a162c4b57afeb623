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
    for (index, one) in series.enumerated() {
      let shared = SharedTexts(one)
      try forEachBatch(Snapshot.trialStatement(one, horizon: horizon, withTags: slicing != nil)) { batch in
        try batch.withBuffers { buffers in
          for row in 0..<batch.count {
            guard let item = buffers.text(0, row) else { continue }
            var trial = TrialRow(item: item)
            trial.suite = shared.suite
            trial.suiteVersion = shared.version
            trial.variant = shared.variant
            trial.configuration = shared.configuration
            trial.repetition = buffers.text(1, row)
            trial.prediction = buffers.text(2, row)
            trial.judgeRepeat = buffers.text(3, row)
            trial.score = batch.real(4, row)
            trial.cluster = buffers.text(5, row)
            if let sliceTexts {
              trial.slices = try sliceTexts.values(tags: batch.integer(6, row) ?? 0) { try tags(number: $0) }
            }
            try body(trial, index)
          }
        }
      }
    }
  }

  private static func trialStatement(
    _ series: TrialSeriesSummary, horizon: Horizon, withTags: Bool
  ) -> Statement {
    Statement(
      """
      SELECT t.item, CAST(t.repeat AS TEXT), t.prediction, CAST(t.judge_repeat AS TEXT),
        COALESCE(t.score, t.passed), (SELECT value FROM term WHERE id = t.cluster)\(withTags ? ", t.tags" : "")
      FROM trial t WHERE t.series = ?1 AND \(horizon.current(.trial, "t")) ORDER BY t.row
      """, [.integer(series.id)],
      columns: [.text, .text, .text, .text, .real, .text] + (withTags ? [.integer] : []))
  }

  /// The tags that a number stands for.
  func tags(number: Int64) throws -> Tags {
    let query = Query(
      Statement("SELECT value FROM term WHERE id = ?1", [.integer(number)], columns: [.text])
    ) { $0.string(0, $1) }
    return Tags(canonical: (try first(query) ?? nil) ?? "{}")
  }
}

/// A text that stays where it is, to be lent again and again.
private final class LastingText {
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
private final class SharedTexts {
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

  private func keep(_ text: String?) -> BorrowedText? {
    guard let text else { return nil }
    let lasting = LastingText(text)
    texts.append(lasting)
    return lasting.borrowed
  }
}

/// Values of slices by combination of tags: each combination is parsed once.
private final class SliceTexts {
  private let slicing: ([String: String]) -> [String?]
  private var texts: [LastingText] = []
  private var values: [Int64: [BorrowedText?]] = [:]

  init(_ slicing: @escaping ([String: String]) -> [String?]) {
    self.slicing = slicing
  }

  func values(tags number: Int64, _ read: (Int64) throws -> Tags) throws -> [BorrowedText?] {
    if let known = values[number] { return known }
    let found = slicing(try read(number).values).map { text -> BorrowedText? in
      guard let text else { return nil }
      let lasting = LastingText(text)
      texts.append(lasting)
      return lasting.borrowed
    }
    values[number] = found
    return found
  }
}
