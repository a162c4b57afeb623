internal import Comparison
internal import Statistics

/// Worlds of items that share clusters, paired.
enum ClusteredWorlds {
  static let counts = [6, 10, 20, 50]
  static let correlations = [0, 0.1, 0.3, 0.5]

  static func binary() -> Design {
    var rows: [Row] = []
    for clusters in counts {
      for mean in [4.0, 20] {
        for sizes in ClusterSizes.allCases {
          for rate in PairedWorlds.rates {
            for correlation in correlations {
              let world = World(
                clusters: clusters, mean: mean, sizes: sizes, rate: rate, correlation: correlation, repeats: 1)
              rows.append(world.row)
            }
          }
        }
      }
    }
    return Design(title: "Paired, pass or fail in clusters", note: note, rows: rows)
  }

  static func repeated() -> Design {
    var rows: [Row] = []
    for clusters in counts {
      for sizes in ClusterSizes.allCases {
        for rate in [0.8, 0.95] {
          for correlation in [0.1, 0.5] {
            let world = World(
              clusters: clusters, mean: 5, sizes: sizes, rate: rate, correlation: correlation, repeats: 3)
            rows.append(world.row)
          }
        }
      }
    }
    return Design(title: "Paired, pass or fail with repeats in clusters", note: note, rows: rows)
  }

  static func real() -> Design {
    var rows: [Row] = []
    for clusters in counts {
      for sizes in ClusterSizes.allCases {
        for correlation in [0.1, 0.5] {
          let error = ((1 + 9 * correlation) / Double(10 * clusters)).squareRoot()
          rows.append(
            Row(label: "\(clusters) \(sizes.rawValue) clusters of 10, ICC \(correlation)") { truth in
              Cell(truth: truth, draws: Draws.resampled, policy: Draws.policy) { generator in
                .paired(
                  realPairs(clusters, mean: 10, sizes: sizes, correlation: correlation, effect: truth, &generator))
              }
            } effect: {
              2.5 * error
            })
        }
      }
    }
    return Design(
      title: "Paired, real-valued in clusters",
      note: "Sign-flip permutation of clusters and the cluster-robust t interval (Bell–McCaffrey). Normal.", rows: rows)
  }

  private static let note =
    "Sign-flip permutation of clusters and the cluster-robust t interval (Bell–McCaffrey), or Tango's on the effective sample where few clusters differ. Both arms' rates vary by cluster (beta); unequal sizes are log-normal."

  /// Pairs whose chances vary by cluster, in each arm by itself.
  struct World {
    var clusters: Int
    var mean: Double
    var sizes: ClusterSizes
    var rate: Double
    var correlation: Double
    var repeats: Int

    var row: Row {
      let draws = mean * Double(repeats)
      let size = Double(clusters) * draws / (1 + (draws - 1) * correlation)
      let error = (2 * rate * (1 - rate) / size).squareRoot()
      let repeated = repeats > 1 ? ", \(repeats) repeats" : ""
      return Row(
        label:
          "\(clusters) \(sizes.rawValue) clusters of \(Int(mean))\(repeated), rate \(rate), ICC \(correlation)"
      ) { truth in
        Cell(truth: truth, draws: Draws.resampled, policy: Draws.policy) { generator in
          .paired(pairs(effect: truth, &generator))
        }
      } effect: {
        Effect.visible(rate: rate, error: 1.1 * error)
      }
    }

    func pairs(effect: Double, _ generator: inout Xoshiro256StarStar) -> PairedColumns {
      var columns = PairedColumns()
      columns.kind = repeats > 1 ? .repeated : .binary
      for cluster in 0..<clusters {
        let base = generator.rate(mean: rate, correlation: correlation)
        let candidate = generator.rate(mean: rate + effect, correlation: correlation)
        for _ in 0..<sizes.draw(mean: mean, &generator) {
          columns.base.append(generator.average(of: repeats, base))
          columns.candidate.append(generator.average(of: repeats, candidate))
          columns.clusters.append(Int32(cluster))
        }
      }
      return columns
    }
  }

  static func realPairs(
    _ clusters: Int, mean: Double, sizes: ClusterSizes, correlation: Double, effect: Double,
    _ generator: inout Xoshiro256StarStar
  ) -> PairedColumns {
    var columns = PairedColumns()
    columns.kind = .real
    for cluster in 0..<clusters {
      let shared = effect + correlation.squareRoot() * generator.normal()
      for _ in 0..<sizes.draw(mean: mean, &generator) {
        columns.base.append(0)
        columns.candidate.append(shared + (1 - correlation).squareRoot() * generator.normal())
        columns.clusters.append(Int32(cluster))
      }
    }
    return columns
  }
}
