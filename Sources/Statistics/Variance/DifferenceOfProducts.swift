extension Double {
  /// a·b − c·d to within two units in the last place, also where the products nearly cancel.
  ///
  /// Kahan's algorithm: C.-P. Jeannerod, N. Louvet, J.-M. Muller, "Further analysis of Kahan's algorithm for the accurate
  /// computation of 2 × 2 determinants", Mathematics of Computation 82 (2013).
  static func differenceOfProducts(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> Double {
    let product = c * d
    let lost = product.addingProduct(-c, d)
    return (-product).addingProduct(a, b) + lost
  }
}
