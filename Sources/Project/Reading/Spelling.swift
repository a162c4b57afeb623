/// Finds the known word that somebody meant.
package enum Spelling {
  /// The nearest of the known words; nil when none is near enough to be a slip of the fingers.
  ///
  /// Near means at most a third of the letters differ, and at least one may. Ties go to the earlier word.
  package static func nearest(to word: String, in known: some Sequence<String>) -> String? {
    let letters = Array(word.unicodeScalars)
    // Longer words than any key are no slips; and the distance is quadratic.
    guard letters.count <= 64 else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in known {
      let other = Array(candidate.unicodeScalars)
      let distance = distance(letters, other)
      guard distance <= max(1, max(letters.count, other.count) / 3), distance < (best?.distance ?? .max) else {
        continue
      }
      best = (candidate, distance)
    }
    return best?.word
  }

  /// Damerau–Levenshtein distance (optimal string alignment): insertions, deletions, substitutions and swaps of
  /// neighbours, each counting 1. O(m·n).
  static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 1...left.count {
      var current = [row]
      current.reserveCapacity(right.count + 1)
      for column in 1...right.count {
        let isSame = left[row - 1] == right[column - 1]
        var least = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
        if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
          least = min(least, beforeLast[column - 2] + 1)
        }
        current.append(least)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
