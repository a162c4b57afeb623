internal import Statistics

/// The random numbers that a company is made of, each from a seeded generator.
extension Xoshiro256StarStar {
  /// True with this probability.
  mutating func chance(_ probability: Double) -> Bool { nextUnit() < probability }

  /// Standard normal, by inversion: one draw of the generator each.
  mutating func normal() -> Double { Normal.standard.quantile(nextUnit()) }

  /// A whole number in 0..<bound; bound ≥ 1.
  mutating func below(_ bound: Int) -> Int { Int(nextUnit() * Double(bound)) }

  /// Uniform between two numbers.
  mutating func between(_ low: Double, _ high: Double) -> Double { low + nextUnit() * (high - low) }

  /// An index, drawn in proportion to weights of which at least one is positive.
  mutating func index(of weights: [Double]) -> Int {
    var rest = nextUnit() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return index }
    }
    return weights.lastIndex { $0 > 0 } ?? 0
  }

  /// Puts elements into a random order (Fisher and Yates).
  mutating func shuffle<Element>(_ elements: inout [Element]) {
    for last in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(last, below(last + 1)) }
  }

  /// The size of a document: 1 mostly, and now and then as many as twelve.
  mutating func skewedSize() -> Int { min(12, Int(1.3 / nextUnit().squareRoot())) }
}
