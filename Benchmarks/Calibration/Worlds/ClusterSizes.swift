internal import Statistics

/// How the items of a world are spread over its clusters.
enum ClusterSizes: String, CaseIterable {
  case equal
  /// Log-normal with deviation 1, at least 1: a few clusters hold most items.
  case unequal

  /// A cluster's number of items, `mean` on average (a little more where unequal ones are rounded up to 1).
  func draw(mean: Double, _ generator: inout Xoshiro256StarStar) -> Int {
    switch self {
    case .equal: Int(mean)
    case .unequal: max(1, Int((generator.logNormal(deviation: 1) * mean / 1.6487212707001282).rounded()))
    }
  }
}
