/// Fisher's exact test of independence in a 2 × 2 table.
public enum Fisher {
  /// The exact p-value of the table [[a, b], [c, d]] given its margins.
  ///
  /// Two-sided: the total probability of all tables that are at most as probable as the observed one, with relative slack
  /// 1e-7 so that tables of equal probability are not told apart by rounding. `less` and `greater` refer to `a`.
  /// A table with an empty row or column has p = 1. Values below 1e-307 underflow to 0.
  /// Source: R. A. Fisher, "The logic of inductive inference", JRSS 98 (1935).
  ///
  /// Complexity: proportional to the tables visited between the mode and where probabilities no longer count, a few
  /// dozen standard deviations of `a`; cells of millions take a fraction of a millisecond.
  public static func exact(a: Int, b: Int, c: Int, d: Int, alternative: Alternative = .twoSided) -> TestResult {
    let tables = FixedMargins(a: a, b: b, c: c, d: d)
    guard tables.smallest < tables.largest else { return TestResult(pValue: 1) }
    let p =
      switch alternative {
      case .twoSided: tables.pointProbabilityTail(observed: a)
      case .less: tables.tail(upTo: a)
      case .greater: FixedMargins(a: b, b: a, c: d, d: c).tail(upTo: b)
      }
    return TestResult(pValue: min(1, p))
  }
}

/// All 2 × 2 tables with the margins of one table, indexed by their upper left cell.
///
/// Probabilities are kept relative to the most probable table and summed by the ratio of neighbours. That needs no
/// logarithm of a factorial, whose rounding grows with the cells: at cells of a million it costs nine of sixteen digits.
private struct FixedMargins {
  let row: Double
  let column: Double
  let rest: Double
  let smallest: Int
  let largest: Int
  let mode: Int

  /// A term this far below the sum of its tail cannot change it, nor can all the terms behind it.
  static let negligible = 1e-22

  init(a: Int, b: Int, c: Int, d: Int) {
    row = Double(a + b)
    column = Double(a + c)
    rest = Double(d - a)
    smallest = max(0, a - d)
    largest = min(a + b, a + c)
    let expected = (row + 1) / (Double(a + b + c + d) + 2) * (column + 1)
    mode = min(max(smallest, Int(expected)), largest)
  }

  /// P(k + 1) / P(k).
  func rise(_ k: Int) -> Double {
    let k = Double(k)
    return (row - k) / (k + 1) * ((column - k) / (rest + k + 1))
  }

  /// The probability of `k` relative to the mode.
  func relativeProbability(_ k: Int) -> Double {
    var weight = 1.0
    var at = mode
    while at < k {
      weight *= rise(at)
      at += 1
    }
    while at > k {
      at -= 1
      weight /= rise(at)
    }
    return weight
  }

  /// The probability of all tables at most as probable as `observed`.
  func pointProbabilityTail(observed: Int) -> Double {
    let limit = relativeProbability(observed) * (1 + 1e-7)
    return limit >= 1 ? 1 : tail { _, weight in weight <= limit }
  }

  /// P(cell ≤ observed).
  func tail(upTo observed: Int) -> Double {
    tail { cell, _ in cell <= observed }
  }

  /// The probability of the tables that `counts` selects by cell and relative probability.
  private func tail(_ counts: (Int, Double) -> Bool) -> Double {
    var total = 1.0
    var selected = counts(mode, 1) ? 1.0 : 0
    for direction in [1, -1] {
      var weight = 1.0
      var side = 0.0
      var at = mode
      let end = direction > 0 ? largest : smallest
      while at != end {
        weight = direction > 0 ? weight * rise(at) : weight / rise(at - 1)
        at += direction
        total += weight
        if counts(at, weight) {
          side += weight
          if weight <= FixedMargins.negligible * side { break }
        } else if weight == 0 {
          break
        }
      }
      selected += side
    }
    return selected / total
  }
}
