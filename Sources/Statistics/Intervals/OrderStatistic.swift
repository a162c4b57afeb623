/// Quantiles of a sample as one of its values, and their intervals between two of its values.
///
/// Samples are sorted ascending and free of NaN; the unit of a result is that of the values.
public enum OrderStatistic {
  /// An interval of a quantile; a side that the sample is too small to bound is nil.
  public struct OpenInterval: Sendable, Equatable {
    public let low: Double?
    public let high: Double?

    public init(low: Double?, high: Double?) {
      self.low = low
      self.high = high
    }
  }

  /// The nearest rank ⌈q·n⌉, in 1...n; nil without values.
  ///
  /// A product that is whole up to rounding is not raised: rank 7 for q = .07 of 100.
  /// - Parameter q: in 0...1.
  public static func rank(quantile q: Double, count: Int) -> Int? {
    requireProbability(q)
    guard count > 0 else { return nil }
    let position = (q * Double(count) * (1 - 4 * Double.ulpOfOne)).rounded(.up)
    return min(count, max(1, Int(position)))
  }

  /// The value at the nearest rank; nil without values.
  /// - Parameter q: in 0...1.
  public static func quantile(_ q: Double, sorted values: [Double]) -> Double? {
    rank(quantile: q, count: values.count).map { values[$0 - 1] }
  }

  /// The middle value, or the mean of the two in the middle; nil without values.
  public static func median(sorted values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let middle = values.count / 2
    return values.count % 2 == 1 ? values[middle] : values[middle - 1] / 2 + values[middle] / 2
  }

  /// The ranks, from 1, between which the q-th quantile lies with at least `level` confidence whatever the distribution:
  /// BinomInv(α/2; n, q) and BinomInv(1 − α/2; n, q) + 1. A rank outside 1...n is nil: that side is open.
  ///
  /// Source: W. J. Conover, "Practical nonparametric statistics", 1999, section 3.2.
  /// - Parameters:
  ///   - q: in 0...1.
  ///   - count: n, in 0...2³¹.
  public static func intervalRanks(
    quantile q: Double, count: Int, level: Double = 0.95
  ) -> (low: Int?, high: Int?) {
    guard count > 0 else { return (nil, nil) }
    let binomial = Binomial(trials: count, probability: q)
    let tail = (1 - level) / 2
    // A probability that equals the tail up to rounding has reached it.
    let low = binomial.quantile(tail * (1 - 1e-12))
    let high = binomial.quantile(1 - tail * (1 + 1e-12)) + 1
    return (low >= 1 ? low : nil, high <= count ? high : nil)
  }

  /// The values at the ranks of ``intervalRanks(quantile:count:level:)``; open on both sides without values.
  public static func interval(
    quantile q: Double, sorted values: [Double], level: Double = 0.95
  ) -> OpenInterval {
    let ranks = intervalRanks(quantile: q, count: values.count, level: level)
    return OpenInterval(low: ranks.low.map { values[$0 - 1] }, high: ranks.high.map { values[$0 - 1] })
  }
}
