import Records
import Reports
import Store

/// What was said in some spans, as far as the ledger has it.
struct SpanWords: Sendable {
  /// By the id of the span.
  private(set) var texts: [String: [(name: String, text: TraceText.Said)]] = [:]

  init() {}

  init(_ spans: [SpanRecord], _ snapshot: Snapshot) throws {
    for span in spans {
      for part in SpanContents.parts {
        guard let sha256 = span.contents[keyPath: part.path] else { continue }
        let said: TraceText.Said =
          switch try snapshot.content(sha256, of: span) {
          case .bytes(let bytes): .json(String(decoding: bytes, as: UTF8.self))
          case .erased: .gone("erased; sha256 \("\(sha256)".prefix(12))")
          case .elsewhere: .gone("never delivered; sha256 \("\(sha256)".prefix(12))")
          case .damaged(let problem): .gone("\(problem): `tally ledger verify`")
          }
        texts[span.spanID, default: []].append((part.name, said))
      }
    }
  }

  /// The record as a line, with what was said in it.
  func line(_ span: SpanRecord) throws -> JSONValue {
    guard case .object(var line) = span.json else { return span.json }
    for (name, value) in values(of: span) { line[name] = value }
    return .object(line)
  }

  /// What was said in a span, by the names of its parts.
  func values(of span: SpanRecord) -> [(name: String, value: JSONValue)] {
    (texts[span.spanID] ?? []).compactMap { name, said in
      guard case .json(let json) = said, let value = try? JSONValue(parsing: json) else { return nil }
      return (name, value)
    }
  }
}
