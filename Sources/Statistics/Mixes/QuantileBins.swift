/// Bins that each hold an equal share of a reference sample: what the mixes of a real-valued feature are counted in.
///
/// Source: N. Siddiqi, "Credit risk scorecards", 2006, chapter 6, for the custom of ten.
public struct QuantileBins: Sendable, Equatable {
  /// The upper edges of all bins but the last, rising; edges that are equal are one.
  public let edges: [Double]

  /// The edges are the nearest-rank quantiles k/bins for 0 < k < bins. nil without values.
  /// - Parameters:
  ///   - reference: sorted, finite.
  ///   - bins: ≥ 1.
  public init?(reference: [Double], bins: Int = 10) {
    precondition(bins >= 1, "there is at least one bin")
    guard !reference.isEmpty else { return nil }
    var edges: [Double] = []
    for bin in 0..<bins - 1 {
      // The rank ⌈n·k/bins⌉ in whole numbers.
      let edge = reference[(reference.count * (bin + 1) + bins - 1) / bins - 1]
      if edges.last != edge { edges.append(edge) }
    }
    self.edges = edges
  }

  public var count: Int { edges.count + 1 }

  /// The bin of a value, in 0..<count; a value that equals an edge lies below it. O(log bins).
  public func place(_ value: Double) -> Int {
    var (low, high) = (0, edges.count)
    while low < high {
      let middle = (low + high) / 2
      if value <= edges[middle] { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
