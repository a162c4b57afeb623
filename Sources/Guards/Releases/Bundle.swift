/// What a release is made of, part by part: its system prompt, model, decoding, tools, guardrails, flags and template, each by
/// the digest of its bytes.
///
/// Source: the `eval-prod-parity` specification, "Computes" and "Guard".
public struct Bundle: Sendable, Equatable {
  /// Digests by the name of the part.
  public var parts: [String: String]

  public init(_ parts: [String: String]) {
    self.parts = parts
  }

  /// The parts in which two bundles differ, in UTF-8 order; a part that only one of them has is one of these. O(parts).
  public func differing(from other: Bundle) -> [String] {
    Set(parts.keys).union(other.parts.keys).filter { parts[$0] != other.parts[$0] }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
