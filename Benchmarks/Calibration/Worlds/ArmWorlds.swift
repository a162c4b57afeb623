import Foundation
internal import Statistics

/// Worlds of one arm.
enum ArmWorlds {
  static func binary() -> Design {
    var rows: [Row] = []
    for items in PairedWorlds.sizes {
      for rate in PairedWorlds.rates {
        rows.append(
          Row(
            label: "n \(items), rate \(rate)", null: nil,
            effect: Cell(truth: rate, draws: Draws.closedForm) { generator in
              .arm(rates(items, repeats: 1, rate: rate, spread: 0, &generator))
            }))
      }
    }
    return Design(title: "One arm, pass or fail", note: "Wilson's interval.", rows: rows)
  }

  static func repeated() -> Design {
    var rows: [Row] = []
    for items in [20, 50, 100, 500] {
      for repeats in [2, 5] {
        for rate in PairedWorlds.rates {
          for spread in [0.1, 0.5] {
            rows.append(
              Row(
                label: "n \(items), \(repeats) repeats, rate \(rate), item correlation \(spread)", null: nil,
                effect: Cell(truth: rate, draws: Draws.closedForm) { generator in
                  .arm(rates(items, repeats: repeats, rate: rate, spread: spread, &generator))
                }))
          }
        }
      }
    }
    return Design(
      title: "One arm, pass or fail with repeats", note: "Wilson's interval on the effective sample.", rows: rows)
  }

  static func clustered() -> Design {
    var rows: [Row] = []
    for count in ClusteredWorlds.counts {
      for sizes in ClusterSizes.allCases {
        for rate in PairedWorlds.rates {
          for correlation in ClusteredWorlds.correlations {
            rows.append(
              Row(
                label: "\(count) \(sizes.rawValue) clusters of 10, rate \(rate), ICC \(correlation)", null: nil,
                effect: Cell(truth: rate, draws: Draws.closedForm) { generator in
                  .arm(clusters(count, 10, sizes, rate: rate, correlation: correlation, &generator))
                }))
          }
        }
      }
    }
    return Design(
      title: "One arm, pass or fail in clusters", note: "Wilson's interval on the effective sample.", rows: rows)
  }

  static func real() -> Design {
    var rows: [Row] = []
    for items in PairedWorlds.sizes {
      for isSkewed in [false, true] {
        rows.append(
          Row(
            label: "n \(items), \(isSkewed ? "log-normal" : "normal")", null: nil,
            effect: Cell(truth: isSkewed ? exp(0.5) : 0, draws: Draws.closedForm) { generator in
              .arm(real(items, isSkewed: isSkewed, shift: 0, factor: 1, &generator))
            }))
      }
    }
    return Design(title: "One arm, real-valued", note: "The t interval.", rows: rows)
  }

  static func rates(
    _ items: Int, repeats: Int, rate: Double, spread: Double, _ generator: inout Xoshiro256StarStar
  ) -> ArmColumns {
    var columns = ArmColumns()
    columns.kind = repeats > 1 ? .repeated : .binary
    columns.scores.reserveCapacity(items)
    for _ in 0..<items {
      columns.scores.append(generator.average(of: repeats, generator.rate(mean: rate, correlation: spread)))
    }
    return columns
  }

  static func clusters(
    _ count: Int, _ mean: Double, _ sizes: ClusterSizes, rate: Double, correlation: Double,
    _ generator: inout Xoshiro256StarStar
  ) -> ArmColumns {
    var columns = ArmColumns()
    for cluster in 0..<count {
      let chance = generator.rate(mean: rate, correlation: correlation)
      for _ in 0..<sizes.draw(mean: mean, &generator) {
        columns.scores.append(generator.bernoulli(chance))
        columns.clusters.append(Int32(cluster))
      }
    }
    return columns
  }

  static func realClusters(
    _ count: Int, _ mean: Double, _ sizes: ClusterSizes, mean centre: Double, correlation: Double,
    _ generator: inout Xoshiro256StarStar
  ) -> ArmColumns {
    var columns = ArmColumns()
    columns.kind = .real
    for cluster in 0..<count {
      let shared = centre + correlation.squareRoot() * generator.normal()
      for _ in 0..<sizes.draw(mean: mean, &generator) {
        columns.scores.append(shared + (1 - correlation).squareRoot() * generator.normal())
        columns.clusters.append(Int32(cluster))
      }
    }
    return columns
  }

  static func real(
    _ items: Int, isSkewed: Bool, shift: Double, factor: Double, _ generator: inout Xoshiro256StarStar
  ) -> ArmColumns {
    var columns = ArmColumns()
    columns.kind = .real
    columns.scores.reserveCapacity(items)
    for _ in 0..<items {
      columns.scores.append(
        isSkewed ? factor * generator.logNormal(deviation: 1) : shift + generator.normal())
    }
    return columns
  }
}
