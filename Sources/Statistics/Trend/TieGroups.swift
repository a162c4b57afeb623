/// Runs of equal values.
enum TieGroups {
  /// The length of each run of equal values, in order; they add up to the number of values.
  static func sizes(sorted values: [Double]) -> [Int] {
    var sizes: [Int] = []
    for index in values.indices {
      if index > 0, values[index] == values[index - 1] {
        sizes[sizes.count - 1] += 1
      } else {
        sizes.append(1)
      }
    }
    return sizes
  }

  /// The rank of each value from 1, equal values sharing the mean of their ranks. O(n log n).
  static func midRanks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    for size in sizes(sorted: order.map { values[$0] }) {
      let rank = Double(start) + Double(size + 1) / 2
      for position in start..<(start + size) { ranks[order[position]] = rank }
      start += size
    }
    return ranks
  }
}
