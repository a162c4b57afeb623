import RealModule

extension JensenShannon {
  /// How much further one mix is from a reference than another mix is: JS(reference, treated) − JS(reference, holdout), in
  /// bits, with the interval that the delta method gives it.
  ///
  /// All three are independent samples: the variance adds, for each of them, that of the derivative of the difference by
  /// its shares, v(w, g) = Σw·g² − (Σw·g)², over its size. A mix whose count is 0 in a category adds nothing there. Where
  /// both divergences are 0, the interval is a point. nil where any of the three has no counts. Linear in the categories.
  /// Source: C. R. Rao, "Linear statistical inference and its applications", 1973, section 6a.2.
  /// - Parameters: counts ≥ 0 of the same categories in the same order.
  public static func difference(
    reference: [Int], treated: [Int], holdout: [Int], level: Double = 0.95
  ) -> BoundedEstimate? {
    guard let far = divergence(reference, treated), let near = divergence(reference, holdout) else { return nil }
    func shares(_ counts: [Int]) -> (shares: [Double], total: Double) {
      let total = Double(counts.reduce(0, +))
      return (counts.map { Double($0) / total }, total)
    }
    let (l, t, h) = (shares(reference), shares(treated), shares(holdout))
    let categories = reference.indices
    func spread(_ weights: [Double], _ derivative: (Int) -> Double) -> Double {
      // Around the mean: the two sums of the definition nearly cancel where all derivatives are alike.
      let terms = categories.filter { weights[$0] > 0 }.map { (weight: weights[$0], value: derivative($0)) }
      let mean = terms.reduce(0) { $0 + $1.weight * $1.value }
      return terms.reduce(0) { $0 + $1.weight * ($1.value - mean) * ($1.value - mean) }
    }
    let treatedPart = spread(t.shares) { Double.log2(2 * t.shares[$0] / (l.shares[$0] + t.shares[$0])) / 2 }
    let holdoutPart = spread(h.shares) { Double.log2(2 * h.shares[$0] / (l.shares[$0] + h.shares[$0])) / 2 }
    let referencePart = spread(l.shares) {
      Double.log2((l.shares[$0] + h.shares[$0]) / (l.shares[$0] + t.shares[$0])) / 2
    }
    let variance = treatedPart / t.total + holdoutPart / h.total + referencePart / l.total
    let reach = CriticalValue.normal(level: level) * variance.squareRoot()
    return BoundedEstimate(estimate: far - near, interval: Interval(centre: far - near, halfWidth: reach))
  }
}
