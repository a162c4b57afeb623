internal import Gateway
internal import Guards

/// What freezes and drills did to calls, as Prometheus reads it.
enum OrderMetricsText {
  static func text(_ desk: OrderDesk) -> String {
    let statistics = desk.statistics
    var lines = [
      "# HELP tally_freeze_refusals_total Calls that a freeze refuses; observe lets them pass.",
      "# TYPE tally_freeze_refusals_total counter",
    ]
    for (mode, counts) in [("enforce", statistics.refused), ("observe", statistics.observed)] {
      for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
        lines.append(
          "tally_freeze_refusals_total{subject=\"\(PrometheusLabel.escaped(name))\",mode=\"\(mode)\"} \(count)")
      }
    }
    lines += ["# HELP tally_drilled_calls_total Calls that met a drill.", "# TYPE tally_drilled_calls_total counter"]
    for (name, count) in statistics.drilled.sorted(by: { $0.key < $1.key }) {
      lines.append("tally_drilled_calls_total{drill=\"\(PrometheusLabel.escaped(name))\"} \(count)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
