internal import Comparison

/// `tally.rank/1`.
struct RankingJSON {
  let result: RankingResult
  let options: ReportOptions

  var value: JSONValue {
    .object([
      ("schema", .string("tally.rank/1")),
      ("version", options.version.isEmpty ? .null : .string(options.version)),
      ("winners", .array(result.variants.filter(\.isWinner).map { .string($0.name) })),
      ("metric", .string(result.metric)),
      ("binary", .bool(result.isBinary)),
      ("population", .string(result.population)),
      ("confidence", .number(result.confidence)),
      ("variants", .array(result.variants.map(variant))),
      ("pairs", .array(result.pairs.map(pair))),
      (
        "tasks",
        .array(
          result.tasks.map { task in
            .object([
              ("name", .string(task.name)), ("items", .integer(task.items)),
              ("variants", .array(task.variants.map(variant))),
            ])
          })
      ),
      ("reasons", .array(result.reasons.map { .string($0.code.rawValue) })),
      ("warnings", .array(result.reasons.map { .string($0.message) })),
      ("policy", JSONParts.policy(result.policy)),
      ("seed", .string(String(result.seed))),
    ])
  }

  private func variant(_ variant: RankingResult.Variant) -> JSONValue {
    .object([
      ("name", .string(variant.name)), ("mean", .number(variant.mean)), ("low", .number(variant.low)),
      ("high", .number(variant.high)), ("method", .string(variant.method)), ("n", .integer(variant.items)),
      ("best_rank", .integer(variant.bestRank)), ("worst_rank", .integer(variant.worstRank)),
      ("winner", .bool(variant.isWinner)),
    ])
  }

  private func pair(_ pair: RankingResult.Pair) -> JSONValue {
    .object([
      ("first", .string(pair.first)), ("second", .string(pair.second)), ("n", .integer(pair.items)),
      ("significant", .bool(pair.significant)),
      ("difference", JSONParts.difference(pair.evidence)), ("test", JSONParts.test(pair.evidence)),
    ])
  }
}
