import RealModule

/// What k tries of one item would bring, estimated without bias from n ≥ k tries of which c passed.
///
/// Means over items take only those with enough tries. Complexity: O(k), no allocation.
public enum PassAtK {
  /// pass@k = 1 − C(n − c, k)/C(n, k), the chance that at least one of k tries passes, in 0...1.
  ///
  /// nil for k < 1 and for fewer than k tries. Summed as logarithms: no coefficient is ever formed.
  /// Source: M. Chen and others, "Evaluating large language models trained on code", arXiv:2107.03374 (2021), section 2.1.
  /// - Parameters:
  ///   - passed: c, in 0...tries.
  ///   - tries: n.
  public static func any(passed: Int, tries: Int, k: Int) -> Double? {
    guard k >= 1, k <= tries, (0...tries).contains(passed) else { return nil }
    guard tries - passed >= k else { return 1 }
    var logarithm = 0.0
    for i in 0..<k { logarithm += .log(onePlus: -Double(passed) / Double(tries - i)) }
    return -.expMinusOne(logarithm)
  }

  /// pass^k = C(c, k)/C(n, k), the chance that all of k tries pass, in 0...1.
  ///
  /// nil for k < 1 and for fewer than k tries.
  /// Source: S. Yao and others, "τ-bench: a benchmark for tool-agent-user interaction in real-world domains",
  /// arXiv:2406.12045 (2024).
  public static func all(passed: Int, tries: Int, k: Int) -> Double? {
    guard k >= 1, k <= tries, (0...tries).contains(passed) else { return nil }
    guard passed >= k else { return 0 }
    return (0..<k).reduce(1) { $0 * (Double(passed - $1) / Double(tries - $1)) }
  }
}
