internal import Gateway
internal import Guards

/// How calls of models went, as Prometheus reads it.
enum CallMetricsText {
  static func text(_ counts: CallCounts, _ recorder: CallRecorder.Statistics, _ budgets: CallBudgets?) -> String {
    var lines = [
      "# HELP tally_calls_total Calls of models that have ended, by how.", "# TYPE tally_calls_total counter",
    ]
    for (key, count) in counts.ended.sorted(by: { $0.key < $1.key }) {
      lines.append(
        "tally_calls_total{endpoint=\"\(key.endpoint)\",upstream=\"\(PrometheusLabel.escaped(key.upstream))\",outcome=\"\(key.outcome)\"} \(count)"
      )
    }
    for (name, kind, help, value) in [
      ("tally_calls_open", "gauge", "Calls of models that are under way.", counts.open),
      ("tally_call_spans_recorded_total", "counter", "Spans of calls that are durable.", recorder.recorded),
      ("tally_call_spans_lost_total", "counter", "Spans of calls that could not be written.", recorder.lost),
      ("tally_call_spans_shed_total", "counter", "Calls without a span: the ledger could not keep up.", recorder.shed),
      ("tally_calls_refused_total", "counter", "Calls refused: the ledger could not keep up.", recorder.refused),
      ("tally_calls_waited_total", "counter", "Calls that waited: the ledger could not keep up.", recorder.waited),
      ("tally_call_places", "gauge", "Calls under way or waiting for the disk.", recorder.places),
      ("tally_call_place_bytes", "gauge", "Bytes of their requests.", recorder.bytes),
    ] {
      lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(kind)", "\(name) \(value)"]
    }
    if let budgets { lines += self.lines(budgets) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(_ budgets: CallBudgets) -> [String] {
    let statistics = budgets.statistics
    var lines = [
      "# HELP tally_budget_refusals_total Calls for which a budget had too little left; observe lets them pass.",
      "# TYPE tally_budget_refusals_total counter",
    ]
    for entry in budgets.entries {
      let name = PrometheusLabel.escaped(entry.rule.name)
      for (mode, counts) in [("enforce", statistics.refused), ("observe", statistics.observed)] {
        lines.append(
          "tally_budget_refusals_total{budget=\"\(name)\",mode=\"\(mode)\"} \(counts[entry.rule.name] ?? 0)")
      }
    }
    return lines + [
      "# HELP tally_budget_unsettled Calls that have ended, of which the ledger does not know yet what they used.",
      "# TYPE tally_budget_unsettled gauge", "tally_budget_unsettled \(statistics.unsettled)",
      "# HELP tally_budget_unchecked_total Calls that went on unasked: the ledger was away, and on_failure is open.",
      "# TYPE tally_budget_unchecked_total counter", "tally_budget_unchecked_total \(statistics.unchecked)",
    ]
  }
}
