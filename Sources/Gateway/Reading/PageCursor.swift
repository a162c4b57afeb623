internal import Records

/// Where a client stopped reading, as it is handed out: opaque, and good for one question only.
///
/// It holds the state of the ledger that the first page was of, so that all pages are of one state whatever is appended
/// meanwhile, the row to go on before, and a fingerprint of the question. It is no secret and no right: whoever makes one up
/// sees what its key lets it see, from another row on.
struct PageCursor: Equatable {
  /// Time of the commit.
  let asOf: Instant
  let before: Int64
  let question: UInt64

  private static let version = "1"

  var text: String {
    PageCursor.version
      + [UInt64(bitPattern: asOf.nanoseconds), UInt64(bitPattern: before), question].map(PageCursor.digits).joined()
  }

  init(asOf: Instant, before: Int64, question: UInt64) {
    self.asOf = asOf
    self.before = before
    self.question = question
  }

  /// Nil for what was not handed out like this.
  init?(_ text: String) {
    let digits = text.utf8.dropFirst().compactMap(QueryText.digit)
    guard text.hasPrefix(PageCursor.version), text.utf8.count == 49, digits.count == 48 else { return nil }
    func number(_ place: Int) -> UInt64 { digits[place..<place + 16].reduce(0) { $0 << 4 | UInt64($1) } }
    self.init(
      asOf: Instant(nanoseconds: Int64(bitPattern: number(0))), before: Int64(bitPattern: number(16)),
      question: number(32))
    guard before > 0 else { return nil }
  }

  /// Eight bytes of a question's digest.
  static func fingerprint(_ parts: [String]) -> UInt64 {
    let bytes = SHA256Digest(of: parts.map { "\($0.utf8.count):\($0)" }.joined()).bytes
    return bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  static func digits(_ number: UInt64) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
