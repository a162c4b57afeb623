import Records
import Store

/// Reads what calls sent from the content store, up to a limit: a window of any size costs no more.
struct PromptReader {
  /// Contents, and their bytes, that are read of one feature.
  static let mostContents = 4_000
  static let mostBytes = 24 << 20

  private let ledger: Snapshot
  private(set) var contents = 0
  private(set) var bytes = 0
  /// Instructions and tools, which many calls share.
  private var shared = BoundedCache<SHA256Digest, JSONValue?>(limit: 256)

  init(_ ledger: Snapshot) {
    self.ledger = ledger
  }

  var isFull: Bool { contents >= PromptReader.mostContents || bytes >= PromptReader.mostBytes }

  /// What a call sent; nil where a part of it was erased or never delivered.
  mutating func text(of span: WindowSpan) throws -> String? {
    var parts: [JSONValue?] = []
    for (digest, isShared) in [
      (span.contents.tools, true), (span.contents.instructions, true), (span.contents.input, false),
    ] {
      guard let digest else { continue }
      guard let value = try value(digest, of: span, isShared: isShared) else { return nil }
      parts.append(value)
    }
    return PromptText.joined(parts)
  }

  private mutating func value(_ digest: SHA256Digest, of span: WindowSpan, isShared: Bool) throws -> JSONValue? {
    if isShared, let known = shared[digest] { return known }
    contents += 1
    var value: JSONValue?
    if case .bytes(let found) = try ledger.content(digest, of: span) {
      bytes += found.count
      value = (try? JSONValue(parsing: found)) ?? .string(String(decoding: found, as: UTF8.self))
    }
    if isShared { shared.remember(value, for: digest) }
    return value
  }
}
