public import Records

/// A chain over answers, which an application writes with each of them: whoever alters, drops or inserts one breaks it.
///
/// h_i = SHA-256(h_{i−1} ‖ JCS(record_i)), both as text; h_0 is 64 zeros; i counts from 1.
///
/// Source: the `answer-provenance` specification, "Chain"; JCS is RFC 8785.
public enum AnswerChain {
  /// One answer as it was chained.
  public struct Link: Sendable, Equatable {
    /// i.
    public var index: Int64
    public var record: JSONValue
    /// h_i as it was stated.
    public var sha256: String

    public init(index: Int64, record: JSONValue, sha256: String) {
      self.index = index
      self.record = record
      self.sha256 = sha256
    }
  }

  public static let origin = String(repeating: "0", count: 64)

  /// h_i; nil where the record has no canonical form.
  public static func next(after previous: String, _ record: JSONValue) -> String? {
    (try? record.canonical()).map { SHA256Digest(of: previous + $0).description }
  }

  /// The first i at which a chain is broken: its hash differs from what follows from the one before, it is missing, or it is
  /// there twice with different contents. Nil where all holds.
  ///
  /// A chain that does not begin with 1 is taken on trust up to its first link. O(n log n).
  public static func firstBreak(_ links: [Link]) -> Int64? {
    let sorted = links.enumerated().sorted { ($0.element.index, $0.offset) < ($1.element.index, $1.offset) }
      .map(\.element)
    var last: Link?
    for link in sorted {
      guard link.index >= 1 else { return link.index }
      if let last, last.index == link.index {
        if last == link { continue }
        return link.index
      }
      if let last, last.index + 1 != link.index { return last.index + 1 }
      if let previous = last?.sha256 ?? (link.index == 1 ? origin : nil) {
        guard next(after: previous, link.record) == link.sha256 else { return link.index }
      }
      last = link
    }
    return nil
  }
}
