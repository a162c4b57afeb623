import RealModule

/// Whether two samples can come from one distribution, whatever it is.
public enum KolmogorovSmirnov {
  /// The two-sample test: the largest distance D between the two empirical distribution functions, with the asymptotic
  /// p-value of √(n₁n₂/(n₁ + n₂))·D.
  ///
  /// For values that can only be few (a flag, a whole number) the p-value is larger than it need be, never smaller. nil
  /// where either sample is empty. Linear in the distinct values.
  /// Source: N. V. Smirnov, "Table for estimating the goodness of fit of empirical distributions", Annals of Mathematical
  /// Statistics 19 (1948).
  /// - Parameter values: how many of each sample have each value, from the lowest value to the highest.
  public static func twoSample(_ values: some Sequence<(first: Int, second: Int)>) -> TestResult? {
    var (seen1, seen2) = (0, 0)
    var steps: [(Int, Int)] = []
    for (first, second) in values {
      precondition(first >= 0 && second >= 0, "a count is not negative")
      seen1 += first
      seen2 += second
      steps.append((seen1, seen2))
    }
    guard seen1 > 0, seen2 > 0 else { return nil }
    let (n1, n2) = (Double(seen1), Double(seen2))
    let distance = steps.reduce(0.0) { max($0, abs(Double($1.0) / n1 - Double($1.1) / n2)) }
    return TestResult(statistic: distance, pValue: survival((n1 * n2 / (n1 + n2)).squareRoot() * distance))
  }

  /// P(K > x) of Kolmogorov's distribution, the limit of √n·D; 1 for x ≤ 0.
  ///
  /// Two series that are each other's theta transform: above 1 the one in e^(−2k²x²), below it the other; either then has
  /// at most four terms that count. Source: W. Feller, "On the Kolmogorov-Smirnov limit theorems", Annals of Mathematical
  /// Statistics 19 (1948).
  public static func survival(_ x: Double) -> Double {
    guard x > 0 else { return 1 }
    guard x > 1 else {
      let base = -Double.pi * Double.pi / (8 * x * x)
      let sum = [1.0, 3, 5, 7].reduce(0) { $0 + Double.exp(base * $1 * $1) }
      return 1 - (2 * Double.pi).squareRoot() / x * sum
    }
    return [1.0, 2, 3, 4].reduce(0) { sum, k in
      sum + 2 * (k.truncatingRemainder(dividingBy: 2) == 1 ? 1 : -1) * Double.exp(-2 * k * k * x * x)
    }
  }
}
