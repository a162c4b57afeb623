/// When two texts are near-duplicates of each other: when enough of their runs of words are the same.
///
/// Runs of five words, or of two where either text has few of five: short texts share no five words in a row though they
/// say the same. The exact Jaccard coefficient decides, |A ∩ B| / |A ∪ B|.
///
/// Source: A. Broder, "On the resemblance and containment of documents", 1997, for shingles and their resemblance.
public struct NearDuplicates: Sendable, Equatable {
  /// Least resemblance, inclusive.
  public var jaccard: Double
  /// The same where runs of two words are compared.
  public var shortJaccard: Double
  /// Texts with fewer runs of five words than this are compared by runs of two.
  public var shortShingles: Int

  static let long = 5
  static let short = 2
  private static let slack = 1e-9

  public init(jaccard: Double = 0.80, shortJaccard: Double = 0.80, shortShingles: Int = 100) {
    self.jaccard = jaccard
    self.shortJaccard = shortJaccard
    self.shortShingles = shortShingles
  }

  /// A text with its runs of words, to be compared often.
  public struct Candidate: Sendable {
    public let text: ComparedText
    /// Ascending hashes of the runs, once each.
    fileprivate let long: [UInt64]
    fileprivate let short: [UInt64]

    /// O(length · log length).
    public init(_ text: ComparedText) {
      self.text = text
      let words = text.words.map(Candidate.hash)
      long = Candidate.runs(words, NearDuplicates.long)
      short = Candidate.runs(words, NearDuplicates.short)
    }

    /// FNV-1a.
    private static func hash(_ word: Substring) -> UInt64 {
      word.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }

    private static func runs(_ words: [UInt64], _ count: Int) -> [UInt64] {
      func mix(_ words: ArraySlice<UInt64>) -> UInt64 {
        words.reduce(UInt64(words.count)) { ($0 ^ $1) &* 0x9e37_79b9_7f4a_7c15 ^ ($0 >> 29) }
      }
      guard words.count > count else { return [mix(words[...])] }
      var hashes = (0...(words.count - count)).map { mix(words[$0..<$0 + count]) }
      hashes.sort()
      var distinct: [UInt64] = []
      distinct.reserveCapacity(hashes.count)
      for hash in hashes where hash != distinct.last { distinct.append(hash) }
      return distinct
    }
  }

  private func isShort(_ first: Candidate, _ second: Candidate) -> Bool {
    min(first.long.count, second.long.count) < shortShingles
  }

  /// The resemblance of two texts and whether it is that of runs of two words. O(length).
  public func resemblance(_ first: Candidate, _ second: Candidate) -> (value: Double, isShort: Bool) {
    let isShort = isShort(first, second)
    let count = isShort ? NearDuplicates.short : NearDuplicates.long
    return (NearDuplicates.jaccard(first.text.shingles(of: count), second.text.shingles(of: count)), isShort)
  }

  /// Hashes spare the comparison of texts that do not resemble each other; the texts decide about the others.
  public func areNear(_ first: Candidate, _ second: Candidate) -> Bool {
    let limit = (isShort(first, second) ? shortJaccard : jaccard) - NearDuplicates.slack
    let (a, b) = isShort(first, second) ? (first.short, second.short) : (first.long, second.long)
    guard NearDuplicates.jaccard(ascending: a, b) >= limit else { return false }
    return resemblance(first, second).value >= limit
  }

  private static func jaccard(ascending first: [UInt64], _ second: [UInt64]) -> Double {
    var (i, j, common) = (0, 0, 0)
    while i < first.count, j < second.count {
      if first[i] == second[j] {
        (i, j, common) = (i + 1, j + 1, common + 1)
      } else if first[i] < second[j] {
        i += 1
      } else {
        j += 1
      }
    }
    return Double(common) / Double(first.count + second.count - common)
  }

  /// |A ∩ B| / |A ∪ B|; 1 for two empty sets.
  public static func jaccard<Element: Hashable>(_ first: Set<Element>, _ second: Set<Element>) -> Double {
    let (small, large) = first.count < second.count ? (first, second) : (second, first)
    let common = small.count { large.contains($0) }
    let all = first.count + second.count - common
    return all == 0 ? 1 : Double(common) / Double(all)
  }
}
