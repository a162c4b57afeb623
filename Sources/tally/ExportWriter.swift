import Intake
import Records
import Reports
import Store

/// What an export wrote.
struct ExportCounts: Sendable {
  var records = 0
  /// Amounts in other currencies than dollars.
  var amounts = 0
  /// Spans whose ids OTLP has no room for.
  var unnameable = 0
  /// Spans that became no request, by the reason.
  var omissions: [OpenAIBatchExport.Omission: Int] = [:]

  func say(to path: String?) {
    if amounts > 0 {
      Terminal.note(
        "tally: \(amounts) amounts that are not in US dollars were left out: the format has no field for them")
    }
    if unnameable > 0 {
      Terminal.note(
        "tally: \(unnameable) spans were left out: OTLP's ids are 32 and 16 hexadecimal digits, and theirs are not")
    }
    if !omissions.isEmpty {
      let reasons = OpenAIBatchExport.Omission.allCases.compactMap { reason in
        omissions[reason].map { "\($0) \(reason.words)" }
      }
      Terminal.note("tally: spans that were left out: \(reasons.joined(separator: ", "))")
    }
    if let path { Terminal.note("tally: \(records) \(records == 1 ? "record" : "records") in \(path)") }
  }
}

/// Writes records as they come from the ledger; nothing is kept.
struct ExportWriter {
  private let format: ExportCommand.Format
  private let content: Bool
  private let file: OutputFile
  private let snapshot: Snapshot
  private var counts = ExportCounts()
  private var progress = Progress()

  init(_ format: ExportCommand.Format, content: Bool, to path: String?, _ snapshot: Snapshot) throws {
    self.format = format
    self.content = content
    self.snapshot = snapshot
    file = try OutputFile(path)
  }

  mutating func write(_ question: ExportQuestion) throws {
    if format == .csv { try file.write(RecordExport.header(question.kind)) }
    try snapshot.forEachExported(question) { id, record in
      if format != .openAIBatch, RecordExport.leavesAmountOut(record) { counts.amounts += 1 }
      switch format {
      case .csv: try file.write(try RecordExport.row(id, record))
      case .jsonl: try file.write(try RecordExport.line(id, record, words: try words(record)))
      case .otlp: guard try writeSpan(record) else { return }
      case .openAIBatch: guard try writeRequest(id, record) else { return }
      }
      counts.records += 1
      progress.show(counts.records)
    }
  }

  mutating func finish() throws -> ExportCounts {
    if format == .otlp { try file.write(counts.records == 0 ? OTLPExport.empty : OTLPExport.end) }
    try file.finish()
    progress.finish()
    return counts
  }

  private func words(_ record: Record) throws -> [(name: String, value: JSONValue)] {
    guard content || format == .openAIBatch, case .span(let span) = record else { return [] }
    return try SpanWords([span], snapshot).values(of: span)
  }

  private mutating func writeRequest(_ id: RecordID, _ record: Record) throws -> Bool {
    guard case .span(let span) = record else { return false }
    let words = try words(record)
    let line: String
    do throws(OpenAIBatchExport.Omission) {
      line = try OpenAIBatchExport.line(id, span, words: words)
    } catch {
      counts.omissions[error, default: 0] += 1
      return false
    }
    try file.write(line)
    return true
  }

  private mutating func writeSpan(_ record: Record) throws -> Bool {
    guard case .span(let span) = record else { return false }
    guard let text = try OTLPExport.span(span) else {
      counts.unnameable += 1
      return false
    }
    try file.write(counts.records == 0 ? OTLPExport.start : OTLPExport.separator)
    try file.write(text)
    return true
  }
}

/// Says how many records there were, once it takes longer than a second.
private struct Progress {
  private let start = ContinuousClock.now
  private var hasSpoken = false

  mutating func show(_ records: Int) {
    guard records & 0x3FFF == 0, Terminal.showsProgress, ContinuousClock.now - start > .seconds(1) else { return }
    Terminal.put("\rtally: \(records) records", to: 2)
    hasSpoken = true
  }

  func finish() {
    if hasSpoken { Terminal.put("\r\u{1B}[K", to: 2) }
  }
}
