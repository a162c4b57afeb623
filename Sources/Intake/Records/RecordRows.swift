import Records

/// Hands the trials among native records to a comparison, as rows.
struct RecordRows<Sink: TrialSink>: RecordSink {
  var sink: Sink
  var summary: IntakeSummary
  private let options: IntakeOptions
  /// The metric that is read; the first trial's, when nobody named one.
  private var metric: String?
  private var otherMetrics: [String] = []
  private var otherKinds = 0
  private var slicesMet: [Bool]
  private let texts = PackedTexts()

  init(_ sink: Sink, _ options: IntakeOptions, summary: IntakeSummary) {
    self.sink = sink
    self.options = options
    self.summary = summary
    metric = options.metric
    slicesMet = Array(repeating: false, count: options.slices.count)
  }

  mutating func receive(_ record: Record) throws {
    guard case .trial(let trial) = record else { return otherKinds += 1 }
    try receive(trial)
  }

  private mutating func receive(_ record: TrialRecord) throws {
    guard let metric, metric == record.metric else {
      if metric == nil {
        metric = record.metric
        return try deliver(record)
      }
      if otherMetrics.count < 64, !otherMetrics.contains(record.metric) { otherMetrics.append(record.metric) }
      summary.filteredRows += 1
      return
    }
    try deliver(record)
  }

  private mutating func deliver(_ record: TrialRecord) throws {
    let tags = options.slices.isEmpty ? [:] : record.tags.values
    let slices = options.slices.map { tags[$0] }
    for (place, slice) in slices.enumerated() where slice != nil { slicesMet[place] = true }
    texts.removeAll()
    let places = [
      record.item, record.suite, record.suiteVersion, record.variant, record.repetition.map(String.init),
      record.prediction, record.judgeRepeat.map(String.init), record.cluster, record.configSHA256,
    ].map { texts.append($0) }
    let slicePlaces = slices.map { texts.append($0) }
    var row = TrialRow(item: texts[places[0]] ?? Cell.absent.text)
    row.suite = texts[places[1]]
    row.suiteVersion = texts[places[2]]
    row.variant = texts[places[3]]
    row.repetition = texts[places[4]]
    row.prediction = texts[places[5]]
    row.judgeRepeat = texts[places[6]]
    row.cluster = texts[places[7]]
    row.configuration = texts[places[8]]
    row.slices = slicePlaces.map { texts[$0] }
    row.score = record.score ?? record.passed.map { $0 ? 1 : 0 }
    row.cost = record.cost?.approximate
    if record.inputTokens != nil || record.outputTokens != nil {
      row.tokens = Double(record.inputTokens ?? 0) + Double(record.outputTokens ?? 0)
    }
    try summary.deliver(row, to: &sink)
  }

  /// Checks what was asked for against what the file had, and says what was left out.
  mutating func finish(file: String, rows: Int) throws {
    if let metric, rows == 0, otherMetrics.count > 0 {
      throw IntakeError(
        file: file, problem: "no trial has the metric \"\(metric)\"",
        remedy: "Metrics of the file: \(otherMetrics.joined(separator: ", "))")
    }
    if rows == 0 {
      throw IntakeError(file: file, problem: "holds no trials", remedy: "Name a file that does")
    }
    if let name = zip(options.slices, slicesMet).first(where: { !$0.1 })?.0 {
      throw IntakeError(file: file, problem: "no trial has the tag \"\(name)\"", remedy: "Check the name of the tag")
    }
    if options.metric == nil, let metric, !otherMetrics.isEmpty {
      summary.add(.init(role: "score", column: metric, option: "--metric", alternatives: otherMetrics))
    }
    if otherKinds > 0 { summary.warn("\(file): \(otherKinds) records that are no trials were passed over") }
  }
}

/// Texts of one row, end to end in memory that stays where it is while they are lent.
private final class PackedTexts {
  private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 1)
  private var used = 0

  deinit { memory.deallocate() }

  func removeAll() { used = 0 }

  /// Copies a text; lend it only when all of the row are there.
  func append(_ text: String?) -> Range<Int>? {
    guard var text else { return nil }
    return text.withUTF8 { bytes in
      if used + bytes.count > memory.count {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: (used + bytes.count) * 2, alignment: 1)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<used]))
        memory.deallocate()
        memory = larger
      }
      let start = used
      used += bytes.count
      UnsafeMutableRawBufferPointer(rebasing: memory[start..<used]).copyBytes(from: bytes)
      return start..<used
    }
  }

  subscript(place: Range<Int>?) -> BorrowedText? {
    place.map { BorrowedText(UnsafeRawBufferPointer(rebasing: memory[$0])) }
  }
}
