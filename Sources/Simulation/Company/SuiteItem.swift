internal import Records
internal import Statistics

/// An item of an evaluation suite: what it is about, where it comes from, and how hard it is.
struct SuiteItem: Sendable {
  var id: String
  /// Index of the intent (or class, or whatever the suite is divided by).
  var group: Int
  /// The document that the item was taken from: items of one document resemble each other.
  var document: String
  var difficulty: Double

  /// The name of its bytes.
  func sha256(suite: String) -> String { SHA256Digest(of: "\(suite)/\(id)").description }
}

/// Makes the items of a suite, a group after the other, in documents of skewed sizes.
struct SuiteItems {
  static func make(
    counts: [Int], prefix: String, response: ItemResponse, _ generator: inout Xoshiro256StarStar
  ) -> [SuiteItem] {
    var items: [SuiteItem] = []
    var documents = 0
    for (group, count) in counts.enumerated() {
      var left = count
      while left > 0 {
        let shared = response.documentDifficulty(&generator)
        documents += 1
        for _ in 0..<min(left, generator.skewedSize()) {
          items.append(
            SuiteItem(
              id: "\(prefix)-\(items.count + 1)", group: group, document: "\(prefix)-doc-\(documents)",
              difficulty: response.itemDifficulty(document: shared, &generator)))
          left -= 1
        }
      }
    }
    generator.shuffle(&items)
    return items
  }

  /// Whole numbers that add up to `total` in proportion to shares, by the largest remainder.
  static func counts(of total: Int, shares: [Double]) -> [Int] {
    let sum = shares.reduce(0, +)
    let exact = shares.map { Double(total) * $0 / sum }
    var counts = exact.map { Int($0) }
    let order = exact.indices.sorted {
      let (left, right) = (exact[$0] - Double(counts[$0]), exact[$1] - Double(counts[$1]))
      return left == right ? $0 < $1 : left > right
    }
    for index in order.prefix(total - counts.reduce(0, +)) { counts[index] += 1 }
    return counts
  }
}
