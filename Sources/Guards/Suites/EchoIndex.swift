import Records

/// How much of what users write are the feature's own words coming back.
///
/// Texts are compared as runs of `length` words: split at white space, in Unicode's normal form C, without regard to case.
/// Runs are kept as 64-bit hashes (FNV-1a), so that two of them are taken for one about once in 10¹⁹ pairs.
/// Source: the `eval-coevolution` specification, "Computes" and "Guard".
public struct EchoIndex: Sendable {
  /// Inputs that echo more than this enter a data set only if they are tagged as touched by a model.
  public static let taggedAbove = 0.5

  /// Words in a run, ≥ 1.
  public let length: Int
  private var runs: Set<UInt64> = []

  public init(length: Int) {
    precondition(length >= 1, "a run has at least one word")
    self.length = length
  }

  /// Remembers the runs of something that the feature wrote. O(length of the text).
  public mutating func add(output text: String) {
    runs.formUnion(hashes(text))
  }

  /// The share of an input's runs that the feature wrote before, 0…1; nil for fewer words than a run has.
  public func share(of input: String) -> Double? {
    let hashes = hashes(input)
    guard !hashes.isEmpty else { return nil }
    return Double(hashes.count { runs.contains($0) }) / Double(hashes.count)
  }

  /// Whether an input must not enter a data set as it is (`ECHO_UNTAGGED`): it echoes too much, and is not tagged so.
  public static func isUntagged(share: Double, isTagged: Bool) -> Bool { share > taggedAbove && !isTagged }

  private func hashes(_ text: String) -> [UInt64] {
    // Upper case first: it makes one of more spellings that differ by case alone, such as ß and ss.
    let words = text.uppercased().lowercased().identifier
      .split { $0.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
    guard words.count >= length else { return [] }
    return (0...words.count - length).map { start in
      words[start..<start + length].reduce(0xcbf2_9ce4_8422_2325) { hash, word in
        // What is no text ends each word.
        (Array(word.utf8) + [0xff]).reduce(hash) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
      }
    }
  }
}
