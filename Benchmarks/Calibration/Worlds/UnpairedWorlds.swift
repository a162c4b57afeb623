internal import Comparison
import Foundation
internal import Statistics

/// Worlds of arms without common items.
enum UnpairedWorlds {
  static func binary() -> Design {
    let arms = PairedWorlds.sizes.map { ($0, $0) } + [(20, 50), (50, 200), (100, 2_000)]
    var rows: [Row] = []
    for (base, candidate) in arms {
      for rate in PairedWorlds.rates {
        let error = (rate * (1 - rate) * (1 / Double(base) + 1 / Double(candidate))).squareRoot()
        rows.append(
          Row(label: "n \(base) and \(candidate), rate \(rate)") { truth in
            Cell(truth: truth, draws: Draws.closedForm) { generator in
              .unpaired(
                base: ArmWorlds.rates(base, repeats: 1, rate: rate, spread: 0, &generator),
                candidate: ArmWorlds.rates(candidate, repeats: 1, rate: rate + truth, spread: 0, &generator))
            }
          } effect: {
            Effect.visible(rate: rate, error: error)
          })
      }
    }
    return Design(
      title: "Unpaired, pass or fail",
      note:
        "Pooled z test (Storer–Kim's p where it is larger, in small samples; Fisher's test where an expected cell is below 5) and Newcombe's interval.",
      rows: rows)
  }

  static func repeated() -> Design {
    var rows: [Row] = []
    for (base, candidate) in [(20, 20), (50, 50), (100, 100), (200, 200), (500, 500), (50, 200)] {
      for repeats in [2, 5] {
        for rate in PairedWorlds.rates {
          let spread = 0.3
          let variance = rate * (1 - rate) * (spread + (1 - spread) / Double(repeats))
          let error = (variance * (1 / Double(base) + 1 / Double(candidate))).squareRoot()
          rows.append(
            Row(label: "n \(base) and \(candidate), \(repeats) repeats, rate \(rate)") { truth in
              Cell(truth: truth, draws: Draws.resampled, policy: Draws.policy) { generator in
                .unpaired(
                  base: ArmWorlds.rates(base, repeats: repeats, rate: rate, spread: spread, &generator),
                  candidate: ArmWorlds.rates(
                    candidate, repeats: repeats, rate: rate + truth, spread: spread, &generator))
              }
            } effect: {
              Effect.visible(rate: rate, error: error)
            })
        }
      }
    }
    return Design(
      title: "Unpaired, pass or fail with repeats",
      note:
        "Permutation of items between the arms and Newcombe's interval from Wilson limits on the effective sample. Item correlation 0.3.",
      rows: rows)
  }

  static func clustered() -> Design {
    var rows: [Row] = []
    for (base, candidate) in [(6, 6), (10, 10), (20, 20), (50, 50), (6, 20), (10, 50)] {
      for sizes in ClusterSizes.allCases {
        for rate in PairedWorlds.rates {
          for correlation in [0, 0.1, 0.5] {
            let variance = rate * (1 - rate) * (1 + 9 * correlation) / 10
            let error = (variance * (1 / Double(base) + 1 / Double(candidate))).squareRoot()
            rows.append(
              Row(
                label: "\(base) and \(candidate) \(sizes.rawValue) clusters of 10, rate \(rate), ICC \(correlation)"
              ) { truth in
                Cell(truth: truth, draws: Draws.resampled, policy: Draws.policy) { generator in
                  .unpaired(
                    base: ArmWorlds.clusters(base, 10, sizes, rate: rate, correlation: correlation, &generator),
                    candidate: ArmWorlds.clusters(
                      candidate, 10, sizes, rate: rate + truth, correlation: correlation, &generator))
                }
              } effect: {
                Effect.visible(rate: rate, error: 1.1 * error)
              })
          }
        }
      }
    }
    return Design(
      title: "Unpaired, pass or fail in clusters",
      note: "Permutation of whole clusters between the arms and Newcombe's interval from cluster-robust Wilson limits.",
      rows: rows)
  }

  static func realClustered() -> Design {
    var rows: [Row] = []
    for (base, candidate) in [(6, 6), (10, 10), (20, 20), (50, 50), (6, 20)] {
      for sizes in ClusterSizes.allCases {
        for correlation in [0.1, 0.5] {
          let variance = (1 + 9 * correlation) / 10
          let error = (variance * (1 / Double(base) + 1 / Double(candidate))).squareRoot()
          rows.append(
            Row(label: "\(base) and \(candidate) \(sizes.rawValue) clusters of 10, ICC \(correlation)") { truth in
              Cell(truth: truth, draws: Draws.resampled, policy: Draws.policy) { generator in
                .unpaired(
                  base: ArmWorlds.realClusters(base, 10, sizes, mean: 0, correlation: correlation, &generator),
                  candidate: ArmWorlds.realClusters(
                    candidate, 10, sizes, mean: truth, correlation: correlation, &generator))
              }
            } effect: {
              2.5 * error
            })
        }
      }
    }
    return Design(
      title: "Unpaired, real-valued in clusters",
      note: "Permutation of whole clusters between the arms and the cluster-robust t interval. Normal.", rows: rows)
  }

  static func real() -> Design {
    let arms = PairedWorlds.sizes.map { ($0, $0) } + [(20, 50), (20, 200), (50, 200), (200, 500)]
    var rows: [Row] = []
    for (base, candidate) in arms {
      for isSkewed in [false, true] {
        let size = 1 / (1 / Double(base) + 1 / Double(candidate))
        let factor = 1 + 2 / size.squareRoot()
        let effect = isSkewed ? exp(0.5) * (factor - 1) : 2.2 / size.squareRoot()
        rows.append(
          Row(label: "n \(base) and \(candidate), \(isSkewed ? "log-normal" : "normal")") { truth in
            Cell(truth: truth, draws: Draws.resampled, policy: Draws.policy) { generator in
              .unpaired(
                base: ArmWorlds.real(base, isSkewed: isSkewed, shift: 0, factor: 1, &generator),
                candidate: ArmWorlds.real(
                  candidate, isSkewed: isSkewed, shift: isSkewed ? 0 : truth,
                  factor: isSkewed && truth > 0 ? factor : 1, &generator))
            }
          } effect: {
            effect
          })
      }
    }
    return Design(
      title: "Unpaired, real-valued",
      note:
        "Welch's test and interval; the studentised permutation's p where the arms are unequal and the smaller is below 100. Log-normal: multiplicative effect, so that the spread grows with the mean.",
      rows: rows)
  }
}
