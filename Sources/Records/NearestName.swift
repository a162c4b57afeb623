/// The name that a misspelt one is probably meant to be.
public enum NearestName {
  /// The candidate with the fewest edits, in any case; nil when none is near: more than a third of the letters differ.
  ///
  /// O(candidates · length²), with at most 64 letters of each looked at.
  public static func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
    let name = Array(name.prefix(64).lowercased().utf8)
    let limit = max(1, (name.count + 1) / 3)
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let distance = edits(name, Array(candidate.prefix(64).lowercased().utf8))
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// Insertions, deletions and replacements between two words (Levenshtein).
  private static func edits(_ first: [UInt8], _ second: [UInt8]) -> Int {
    var row = Array(0...second.count)
    for (place, byte) in first.enumerated() {
      var diagonal = row[0]
      row[0] = place + 1
      for index in second.indices {
        let replaced = diagonal + (byte == second[index] ? 0 : 1)
        diagonal = row[index + 1]
        row[index + 1] = min(replaced, min(row[index], row[index + 1]) + 1)
      }
    }
    return row[second.count]
  }
}
