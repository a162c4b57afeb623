internal import Statistics

/// Whether an answer is right: the ability of who answers against the difficulty of the item.
///
/// The normal ogive, P(right) = Φ(ability − difficulty), rather than the logistic curve that it nearly equals: over normal
/// difficulties its mean has a closed form, Φ(ability/√(1 + spread²)), so that the truth of a world is a number and no
/// estimate. Items of one document share a part of their difficulty.
///
/// Source: F. M. Lord, M. R. Novick, "Statistical Theories of Mental Test Scores", 1968, chapter 16.
struct ItemResponse: Sendable {
  /// Standard deviation of the items' difficulties around 0.
  var spread = 1.0
  /// Share of the variance of difficulties that items of one document have in common.
  var shared = 0.2

  /// The ability of who is right on this share of all items; 0 < rate < 1.
  func ability(rate: Double) -> Double {
    Normal.standard.quantile(rate) * (1 + spread * spread).squareRoot()
  }

  /// How often somebody of this ability is right on an item.
  func probability(ability: Double, difficulty: Double) -> Double {
    Normal.standard.cumulative(ability - difficulty)
  }

  /// What the items of a document have in common.
  func documentDifficulty(_ generator: inout Xoshiro256StarStar) -> Double {
    spread * shared.squareRoot() * generator.normal()
  }

  func itemDifficulty(document: Double, _ generator: inout Xoshiro256StarStar) -> Double {
    document + spread * (1 - shared).squareRoot() * generator.normal()
  }
}
