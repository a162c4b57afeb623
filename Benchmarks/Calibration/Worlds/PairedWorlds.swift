internal import Comparison
import Foundation
internal import Statistics

/// Worlds of independent items that both arms have.
enum PairedWorlds {
  static let sizes = [20, 50, 100, 200, 500, 2_000]
  static let rates = [0.5, 0.8, 0.95, 0.99]

  static func binary() -> Design {
    var rows: [Row] = []
    for items in sizes {
      for rate in rates {
        for dependence in [0.0, 0.5] {
          let spread = 2 * rate * (1 - rate) * (1 - dependence)
          let effect = Effect.visible(rate: rate, error: (spread / Double(items)).squareRoot())
          rows.append(
            Row(label: "n \(items), rate \(rate), correlation \(dependence)") { truth in
              Cell(truth: truth, draws: Draws.closedForm) { generator in
                .paired(pairs(items, rate: rate, effect: truth, dependence: dependence, &generator))
              }
            } effect: {
              effect
            })
        }
      }
    }
    return Design(
      title: "Paired, pass or fail",
      note: "Exact McNemar and Tango's interval. Correlation: of the two arms' outcomes of an item.", rows: rows)
  }

  static func repeated() -> Design {
    var rows: [Row] = []
    for items in sizes {
      for repeats in [2, 3, 5] {
        for rate in rates {
          for spread in [0.1, 0.5] {
            let variance = 2 * rate * (1 - rate) * (1 - spread) / Double(repeats * items)
            let effect = Effect.visible(rate: rate, error: variance.squareRoot())
            rows.append(
              Row(label: "n \(items), \(repeats) repeats, rate \(rate), item correlation \(spread)") { truth in
                Cell(truth: truth, draws: Draws.resampled, policy: Draws.policy) { generator in
                  .paired(
                    repeatedPairs(items, repeats: repeats, rate: rate, effect: truth, spread: spread, &generator))
                }
              } effect: {
                effect
              })
          }
        }
      }
    }
    return Design(
      title: "Paired, pass or fail with repeats",
      note:
        "Sign-flip permutation of items and the t interval, or Tango's on the effective sample where few items differ. Items differ in difficulty (beta); a repeat is a new draw.",
      rows: rows)
  }

  static func real() -> Design {
    var rows: [Row] = []
    for items in sizes {
      for isSkewed in [false, true] {
        let factor = 1 + 1.5 / Double(items).squareRoot()
        let effect = isSkewed ? exp(0.125) * exp(0.5) * (factor - 1) : 3 / Double(items).squareRoot()
        rows.append(
          Row(label: "n \(items), \(isSkewed ? "log-normal" : "normal") noise") { truth in
            Cell(truth: truth, draws: Draws.resampled, policy: Draws.policy) { generator in
              .paired(
                isSkewed
                  ? skewedPairs(items, factor: truth > 0 ? factor : 1, &generator)
                  : normalPairs(items, effect: truth, &generator))
            }
          } effect: {
            effect
          })
      }
    }
    return Design(
      title: "Paired, real-valued",
      note: "Sign-flip permutation of items and the paired t interval. Log-normal: multiplicative noise and effect.",
      rows: rows)
  }

  /// Discordant with chances that give the rates and the correlation.
  static func pairs(
    _ items: Int, rate: Double, effect: Double, dependence: Double, _ generator: inout Xoshiro256StarStar
  ) -> PairedColumns {
    let baseOnly = rate * (1 - rate - effect) * (1 - dependence)
    let candidateOnly = baseOnly + effect
    var columns = PairedColumns()
    columns.base = [Double](repeating: 1, count: items)
    columns.candidate = columns.base
    for item in 0..<items {
      let draw = generator.nextUnit()
      if draw < baseOnly {
        columns.candidate[item] = 0
      } else if draw < baseOnly + candidateOnly {
        columns.base[item] = 0
      }
    }
    return columns
  }

  static func repeatedPairs(
    _ items: Int, repeats: Int, rate: Double, effect: Double, spread: Double, _ generator: inout Xoshiro256StarStar
  ) -> PairedColumns {
    var columns = PairedColumns()
    columns.kind = .repeated
    columns.base.reserveCapacity(items)
    columns.candidate.reserveCapacity(items)
    for _ in 0..<items {
      let chance = generator.rate(mean: rate, correlation: spread)
      let better = chance + (1 - chance) * effect / (1 - rate)
      columns.base.append(generator.average(of: repeats, chance))
      columns.candidate.append(generator.average(of: repeats, better))
    }
    return columns
  }

  private static func normalPairs(
    _ items: Int, effect: Double, _ generator: inout Xoshiro256StarStar
  ) -> PairedColumns {
    var columns = PairedColumns()
    columns.kind = .real
    for _ in 0..<items {
      let item = generator.normal()
      columns.base.append(item + generator.normal())
      columns.candidate.append(item + generator.normal() + effect)
    }
    return columns
  }

  private static func skewedPairs(
    _ items: Int, factor: Double, _ generator: inout Xoshiro256StarStar
  ) -> PairedColumns {
    var columns = PairedColumns()
    columns.kind = .real
    for _ in 0..<items {
      let item = generator.logNormal(deviation: 0.5)
      columns.base.append(item * generator.logNormal(deviation: 1))
      columns.candidate.append(item * generator.logNormal(deviation: 1) * factor)
    }
    return columns
  }
}

/// How many draws a cell gets.
enum Draws {
  static let closedForm = 10_000
  static let resampled = 2_000

  /// The default policy with 999 resamples.
  static let policy: ComparisonPolicy = {
    var policy = ComparisonPolicy()
    policy.resamples = 999
    return policy
  }()
}

/// Effects that a design can see about half of the time, so that power and coverage are told where they matter.
enum Effect {
  static func visible(rate: Double, error: Double) -> Double {
    min(0.8 * (1 - rate), 2 * error)
  }
}

extension Row {
  /// The same world with no effect and with one.
  init(label: String, _ cell: (_ truth: Double) -> Cell, effect: () -> Double) {
    self.init(label: label, null: cell(0), effect: cell(effect()))
  }
}
