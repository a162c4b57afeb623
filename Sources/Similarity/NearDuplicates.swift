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
    fileprivate let shingles: Set<Substring>

    /// O(length).
    public init(_ text: ComparedText) {
      self.text = text
      shingles = text.shingles(of: NearDuplicates.long)
    }
  }

  /// The resemblance of two texts and whether it is that of runs of two words. O(length).
  public func resemblance(_ first: Candidate, _ second: Candidate) -> (value: Double, isShort: Bool) {
    guard min(first.shingles.count, second.shingles.count) < shortShingles else {
      return (NearDuplicates.jaccard(first.shingles, second.shingles), false)
    }
    let (a, b) = (first.text.shingles(of: NearDuplicates.short), second.text.shingles(of: NearDuplicates.short))
    return (NearDuplicates.jaccard(a, b), true)
  }

  public func areNear(_ first: Candidate, _ second: Candidate) -> Bool {
    let (value, isShort) = resemblance(first, second)
    return value >= (isShort ? shortJaccard : jaccard) - NearDuplicates.slack
  }

  /// |A ∩ B| / |A ∪ B|; 1 for two empty sets.
  public static func jaccard<Element: Hashable>(_ first: Set<Element>, _ second: Set<Element>) -> Double {
    let (small, large) = first.count < second.count ? (first, second) : (second, first)
    let common = small.count { large.contains($0) }
    let all = first.count + second.count - common
    return all == 0 ? 1 : Double(common) / Double(all)
  }
}
