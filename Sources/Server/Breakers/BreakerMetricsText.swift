internal import Gateway
internal import Guards

/// How breakers stand, as Prometheus reads it.
enum BreakerMetricsText {
  static func text(_ breakers: CallDesk.Breakers) -> String {
    let readings = breakers.all.readings()
    var lines = [
      "# HELP tally_breaker_state Breakers by upstream and model: 0 closed, 1 half-open, 2 open.",
      "# TYPE tally_breaker_state gauge",
    ]
    for reading in readings { lines.append("tally_breaker_state{\(labels(reading))} \(number(reading.breaker.state))") }
    lines += [
      "# HELP tally_breaker_transitions_total How often breakers took a state by themselves.",
      "# TYPE tally_breaker_transitions_total counter",
    ]
    for reading in readings {
      for state in Breaker.State.allCases {
        lines.append(
          "tally_breaker_transitions_total{\(labels(reading)),to=\"\(state.rawValue)\"} \(reading.transitions[state] ?? 0)"
        )
      }
    }
    lines += [
      "# HELP tally_breaker_refusals_total Calls that breakers kept back; observe lets them pass.",
      "# TYPE tally_breaker_refusals_total counter",
    ]
    for reading in readings {
      for (mode, count) in [("enforce", reading.refused), ("observe", reading.observed)] {
        lines.append("tally_breaker_refusals_total{\(labels(reading)),mode=\"\(mode)\"} \(count)")
      }
    }
    let budget = breakers.budget.statistics
    for (name, help, value) in [
      ("tally_fallbacks_total", "Calls that were made at a fallback.", budget.tried),
      ("tally_fallbacks_withheld_total", "Calls that were not, because too many were.", budget.withheld),
    ] {
      lines += ["# HELP \(name) \(help)", "# TYPE \(name) counter", "\(name) \(value)"]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func labels(_ reading: CallBreakers.Reading) -> String {
    let (upstream, model) = (PrometheusLabel.escaped(reading.key.upstream), PrometheusLabel.escaped(reading.key.model))
    return "upstream=\"\(upstream)\",model=\"\(model)\""
  }

  private static func number(_ state: Breaker.State) -> Int {
    switch state {
    case .closed: 0
    case .halfOpen: 1
    case .open: 2
    }
  }
}
