internal import Gateway
internal import Guards

/// How failure budgets stand, as Prometheus reads it.
enum FailureMetricsText {
  static func text(_ desk: FailureDesk) -> String {
    var lines: [String] = []
    func add(_ name: String, _ kind: String, _ help: String, _ values: [(labels: String, value: String)]) {
      guard !values.isEmpty else { return }
      lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(kind)"]
      lines += values.map { "\(name){\($0.labels)} \($0.value)" }
    }
    let (readings, statistics) = (desk.readings(), desk.statistics)
    func label(_ reading: FailureDesk.Reading) -> String {
      "budget=\"\(PrometheusLabel.escaped(reading.entry.rule.name))\""
    }
    add(
      "tally_failure_budget_state", "gauge", "1 for the state that a failure budget is in.",
      readings.flatMap { reading in
        FailureMeter.State.allCases.map {
          (label(reading) + ",state=\"\($0.rawValue)\"", reading.state == $0 ? "1" : "0")
        }
      })
    add(
      "tally_failure_budget_tolerated", "gauge", "What calls may weigh on average.",
      readings.map { (label($0), "\($0.entry.rule.rate)") })
    add(
      "tally_failure_budget_calls", "gauge", "Calls that count in it now.",
      readings.map { (label($0), "\($0.whole.calls)") })
    add(
      "tally_failure_budget_mean", "gauge", "What they weigh on average.",
      readings.compactMap { reading in reading.whole.mean.map { (label(reading), "\($0)") } })
    add(
      "tally_failure_budget_low", "gauge", "What they are shown to weigh at least.",
      readings.map { (label($0), "\($0.whole.low)") })
    add(
      "tally_failure_budget_refusals_total", "counter", "Calls that a spent one refuses; observe lets them pass.",
      readings.flatMap { reading in
        let name = reading.entry.rule.name
        return [
          (label(reading) + ",mode=\"enforce\"", "\(statistics.refused[name] ?? 0)"),
          (label(reading) + ",mode=\"observe\"", "\(statistics.observed[name] ?? 0)"),
        ]
      })
    add(
      "tally_failure_budget_approved_total", "counter", "Calls that a person approved while it was spent.",
      readings.map { (label($0), "\(statistics.approved[$0.entry.rule.name] ?? 0)") })
    return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
  }
}
