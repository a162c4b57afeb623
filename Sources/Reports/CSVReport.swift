public import Comparison

/// Results as comma-separated values (RFC 4180): one header, CRLF line ends, numbers in the shortest exact form.
///
/// Names are data and stand unaltered: `=1+1` stays `=1+1`. What does not exist is an empty field.
public enum CSVReport {
  /// The total, then the slices in their order.
  public static func render(_ result: ComparisonResult) -> String {
    var table = CSVTable(header: [
      "row", "slice", "value", "base_name", "candidate_name", "metric", "verdict", "outcome", "items", "base",
      "candidate",
      "difference", "low", "high", "confidence", "interval_method", "test", "statistic", "p", "p_adjusted", "reasons",
    ])
    let names = [result.base.name, result.candidate.name, result.metric ?? ""]
    table.add(
      ["total", "", ""] + names
        + [result.verdict.rawValue, result.outcome.rawValue, String(result.design.items)]
        + [CSVTable.number(result.base.mean), CSVTable.number(result.candidate.mean)]
        + evidence(result.evidence, adjusted: result.evidence?.adjustedPValue) + [codes(result.reasons)])
    for slice in result.slices {
      table.add(
        ["slice", slice.slice, slice.value] + names
          + [slice.verdict.rawValue, slice.outcome.rawValue, String(slice.items)]
          + [CSVTable.number(slice.baseMean), CSVTable.number(slice.candidateMean)]
          + evidence(slice.evidence, adjusted: slice.adjustedPValue) + [codes(slice.reasons)])
    }
    return table.text
  }

  /// One row a variant, best first; with several tasks, each task's variants after the total.
  public static func render(_ result: RankingResult) -> String {
    var table = CSVTable(header: [
      "row", "task", "variant", "metric", "mean", "low", "high", "method", "items", "best_rank", "worst_rank", "winner",
    ])
    func add(_ row: String, _ task: String, _ variants: [RankingResult.Variant]) {
      for variant in variants {
        table.add([
          row, task, variant.name, result.metric ?? "", CSVTable.number(variant.mean), CSVTable.number(variant.low),
          CSVTable.number(variant.high), variant.method, String(variant.items), String(variant.bestRank),
          String(variant.worstRank), variant.isWinner ? "true" : "false",
        ])
      }
    }
    add("total", "", result.variants)
    for task in result.tasks { add("task", task.name, task.variants) }
    return table.text
  }

  /// The suite asked about, then the ruler.
  public static func render(_ plan: PowerPlan) -> String {
    var table = CSVTable(header: ["row", "items", "unit", "detectable_gain", "detectable_loss"])
    if let items = plan.items {
      table.add([
        "suite", String(items), plan.unit, CSVTable.number(plan.detectableGain), CSVTable.number(plan.detectableLoss),
      ])
    }
    for mark in plan.ruler {
      table.add([
        "ruler", String(mark.items), plan.unit, CSVTable.number(mark.detectableGain),
        CSVTable.number(mark.detectableLoss),
      ])
    }
    return table.text
  }

  private static func evidence(_ evidence: Evidence?, adjusted: Double?) -> [String] {
    [
      CSVTable.number(evidence?.estimate), CSVTable.number(evidence?.low), CSVTable.number(evidence?.high),
      CSVTable.number(evidence?.confidence), evidence?.intervalMethod ?? "", evidence?.testName ?? "",
      CSVTable.number(evidence?.statistic), CSVTable.number(evidence?.pValue), CSVTable.number(adjusted),
    ]
  }

  private static func codes(_ reasons: [Reason]) -> String {
    reasons.map(\.code.rawValue).joined(separator: " ")
  }
}
