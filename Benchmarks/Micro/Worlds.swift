import Statistics

/// The data that is resampled; the peers make theirs in the same way.
enum Worlds {
  /// Differences of two scores in 0…1 with two decimals, as a judge gives them: none of them zero.
  static func differences(_ count: Int) -> [Double] {
    var generator = Xoshiro256StarStar(seed: 1)
    return (0..<count).map { _ in
      while true {
        let difference = (generator.nextUnit() - generator.nextUnit() * 1.001).rounded(toPlaces: 4)
        if difference != 0 { return difference }
      }
    }
  }

  /// Sums of differences by cluster and cluster sizes, items dealt to clusters at random.
  static func clusters(items: Int, clusters: Int) -> (sums: [Double], sizes: [Double]) {
    var generator = Xoshiro256StarStar(seed: 2)
    var sums = [Double](repeating: 0, count: clusters)
    var sizes = [Double](repeating: 0, count: clusters)
    for (item, difference) in differences(items).enumerated() {
      let cluster = item < clusters ? item : Int.random(in: 0..<clusters, using: &generator)
      sums[cluster] += difference
      sizes[cluster] += 1
    }
    return (sums, sizes)
  }
}

extension Double {
  fileprivate func rounded(toPlaces places: Int) -> Double {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    return (self * scale).rounded() / scale
  }
}
