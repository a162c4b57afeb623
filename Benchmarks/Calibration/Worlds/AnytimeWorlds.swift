internal import Comparison
internal import Statistics

/// Worlds that somebody looks at every day, from the first valid look to twice the planned number of items.
enum AnytimeWorlds {
  static func binary() -> Design {
    var rows: [Row] = []
    for planned in [200, 1_000] {
      for rate in PairedWorlds.rates {
        for dependence in [0.0, 0.5] {
          let spread = 2 * rate * (1 - rate) * (1 - dependence)
          let error = (spread / Double(planned)).squareRoot()
          rows.append(
            Row(label: "planned \(planned), rate \(rate), correlation \(dependence)") { truth in
              cell(truth, planned: planned, draws: Draws.closedForm) { generator in
                .paired(
                  PairedWorlds.pairs(
                    2 * planned, rate: rate, effect: truth, dependence: dependence, &generator))
              }
            } effect: {
              Effect.visible(rate: rate, error: 1.5 * error)
            })
        }
      }
    }
    return Design(
      title: "Paired, pass or fail, a look a day",
      note:
        "E-value and confidence sequence, or Tango's interval at the sequence's limit below ten discordant pairs. A look every 50 items from 100 to twice the plan; every look must hold.",
      rows: rows)
  }

  static func others() -> Design {
    var rows: [Row] = []
    for rate in [0.8, 0.99] {
      let error = (2 * rate * (1 - rate) * 0.7 / 3 / 500).squareRoot()
      rows.append(
        Row(label: "3 repeats, planned 500, rate \(rate)") { truth in
          cell(truth, planned: 500, draws: Draws.resampled) { generator in
            .paired(
              PairedWorlds.repeatedPairs(1_000, repeats: 3, rate: rate, effect: truth, spread: 0.3, &generator))
          }
        } effect: {
          Effect.visible(rate: rate, error: 1.5 * error)
        })
      for sizes in ClusterSizes.allCases {
        rows.append(clusters(rate: rate, sizes: sizes))
      }
      rows.append(unpairedClusters(rate: rate))
      let unpaired = (2 * rate * (1 - rate) / 500).squareRoot()
      rows.append(
        Row(label: "unpaired, planned 500 an arm, rate \(rate)") { truth in
          cell(truth, planned: 500, draws: Draws.resampled) { generator in
            .unpaired(
              base: ArmWorlds.rates(1_000, repeats: 1, rate: rate, spread: 0, &generator),
              candidate: ArmWorlds.rates(1_000, repeats: 1, rate: rate + truth, spread: 0, &generator))
          }
        } effect: {
          Effect.visible(rate: rate, error: 1.5 * unpaired)
        })
    }
    for isSkewed in [false, true] {
      rows.append(
        Row(label: "unpaired real, planned 500 an arm, \(isSkewed ? "log-normal" : "normal")") { truth in
          cell(truth, planned: 500, draws: Draws.resampled) { generator in
            .unpaired(
              base: ArmWorlds.real(1_000, isSkewed: isSkewed, shift: 0, factor: 1, &generator),
              candidate: ArmWorlds.real(
                1_000, isSkewed: isSkewed, shift: 0, factor: 1, &generator
              ).shifted(truth))
          }
        } effect: {
          3 * (isSkewed ? 2.16 : 1) * (2.0 / 500).squareRoot()
        })
    }
    return Design(
      title: "Repeats, clusters and unpaired arms, a look a day",
      note:
        "Confidence sequence, or at its limit Tango's interval on the effective sample (paired) or Newcombe's (unpaired) where few items differ, or few pass or fail.",
      rows: rows)
  }

  /// Clusters of about five items; what is planned and counted are clusters.
  private static func clusters(rate: Double, sizes: ClusterSizes) -> Row {
    let world = ClusteredWorlds.World(
      clusters: 400, mean: 5, sizes: sizes, rate: rate, correlation: 0.3, repeats: 1)
    let error = (2 * rate * (1 - rate) * (1 + 4 * 0.3) / 1_000).squareRoot()
    return Row(label: "planned 200 \(sizes.rawValue) clusters of 5, rate \(rate), ICC 0.3") { truth in
      var policy = ComparisonPolicy()
      policy.sequential = true
      policy.plannedItems = 200
      // Looks count items; unequal clusters make the number of clusters at a look vary around a fifth.
      let looks = Array(stride(from: 600, through: 2_000, by: 100))
      return Cell(truth: truth, draws: Draws.resampled, policy: policy, looks: looks) { generator in
        .paired(world.pairs(effect: truth, &generator))
      }
    } effect: {
      Effect.visible(rate: rate, error: 1.5 * error)
    }
  }

  private static func unpairedClusters(rate: Double) -> Row {
    let error = (2 * rate * (1 - rate) * (1 + 4 * 0.3) / 1_000).squareRoot()
    return Row(label: "unpaired, planned 200 clusters of 5 an arm, rate \(rate), ICC 0.3") { truth in
      var policy = ComparisonPolicy()
      policy.sequential = true
      policy.plannedItems = 200
      let looks = Array(stride(from: 500, through: 2_000, by: 100))
      return Cell(truth: truth, draws: Draws.resampled, policy: policy, looks: looks) { generator in
        .unpaired(
          base: ArmWorlds.clusters(400, 5, .equal, rate: rate, correlation: 0.3, &generator),
          candidate: ArmWorlds.clusters(400, 5, .equal, rate: rate + truth, correlation: 0.3, &generator))
      }
    } effect: {
      Effect.visible(rate: rate, error: 1.5 * error)
    }
  }

  private static func cell(
    _ truth: Double, planned: Int, draws: Int, draw: @escaping @Sendable (inout Xoshiro256StarStar) -> Drawn
  ) -> Cell {
    var policy = ComparisonPolicy()
    policy.sequential = true
    policy.plannedItems = planned
    return Cell(
      truth: truth, draws: draws, policy: policy, looks: Array(stride(from: 100, through: 2 * planned, by: 50)),
      draw: draw)
  }
}

extension ArmColumns {
  func shifted(_ shift: Double) -> ArmColumns {
    var columns = self
    for index in columns.scores.indices { columns.scores[index] += shift }
    return columns
  }
}
