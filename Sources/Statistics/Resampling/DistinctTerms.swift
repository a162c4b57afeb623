/// Terms that take few distinct values, each with its number.
///
/// A resample then need not draw terms one by one: how often each value is drawn is multinomial, and a multinomial vector
/// is a chain of binomial counts, each of what the values before it left over. Exact, and independent of n in cost.
///
/// Source: L. Devroye, "Non-uniform random variate generation", 1986, §XI.1.4.
struct DistinctTerms<Term: BootstrapTerm> {
  private var values: [Term] = []
  private var counts: [Int] = []
  private let total: Int

  /// Nil as soon as more than `limit` distinct values have been met.
  init?(_ terms: [Term], limit: Int) {
    guard limit >= 1 else { return nil }
    total = terms.count
    var positions: [Term: Int] = [:]
    for term in terms {
      if let position = positions[term] {
        counts[position] += 1
      } else {
        guard values.count < limit else { return nil }
        positions[term] = values.count
        values.append(term)
        counts.append(1)
      }
    }
    // The most frequent first: nothing is left over sooner. Ties keep their order of appearance.
    let order = values.indices.sorted { (counts[$0], $1) > (counts[$1], $0) }
    values = order.map { values[$0] }
    counts = order.map { counts[$0] }
  }

  func replicates(resamples: Int, seed: UInt64) -> [Term] {
    var generator = Xoshiro256StarStar(seed: seed)
    return [Term](unsafeUninitializedCapacity: resamples) { sums, initialized in
      for index in 0..<resamples {
        sums.initializeElement(at: index, to: sum(&generator))
      }
      initialized = resamples
    }
  }

  private func sum(_ generator: inout Xoshiro256StarStar) -> Term {
    var sum = Term.zero
    var draws = total
    var others = total
    for index in values.indices where draws > 0 {
      let share = Double(counts[index]) / Double(others)
      let drawn =
        others == counts[index]
        ? draws : BinomialSampler.draw(trials: draws, probability: share, &generator)
      sum = sum + Double(drawn) * values[index]
      draws -= drawn
      others -= counts[index]
    }
    return sum
  }
}
