internal import Gateway

/// What tenants use and what waits, as Prometheus reads it.
enum TenantMetricsText {
  static func text(_ tenants: CallTenants?, _ queues: [CallQueue]) -> String {
    var lines: [String] = []
    func add(_ name: String, _ kind: String, _ help: String, _ values: [(labels: String, value: Int)]) {
      guard !values.isEmpty else { return }
      lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(kind)"]
      lines += values.map { "\(name){\($0.labels)} \($0.value)" }
    }
    if let tenants {
      let readings = tenants.readings().map { reading in
        (labels: "tenant=\"\(PrometheusLabel.escaped(reading.entry.name))\"", reading: reading)
      }
      add(
        "tally_tenant_calls_total", "counter", "Calls that the limits of tenants let in.",
        readings.map { ($0.labels, $0.reading.calls) })
      add("tally_tenant_calls_open", "gauge", "Calls under way.", readings.map { ($0.labels, $0.reading.underWay) })
      add(
        "tally_tenant_refusals_total", "counter", "Calls beyond the limits of tenants; observe lets them pass.",
        readings.flatMap { entry in
          [
            (entry.labels + ",mode=\"enforce\"", entry.reading.refused),
            (entry.labels + ",mode=\"observe\"", entry.reading.observed),
          ]
        })
      add(
        "tally_tenant_leaks_total", "counter", "Replies to a tenant that held a canary of another one.",
        readings.map { ($0.labels, $0.reading.leaks) })
      let nobodys = tenants.nobodys
      add(
        "tally_tenant_unknown_total", "counter", "Calls of no tenant that is declared; observe lets them pass.",
        [("mode=\"enforce\"", nobodys.refused), ("mode=\"observe\"", nobodys.observed)])
    }
    let waits = queues.map { queue in
      (labels: "upstream=\"\(PrometheusLabel.escaped(queue.upstream))\"", statistics: queue.statistics)
    }
    add(
      "tally_queue_places_taken", "gauge", "Calls under way at upstreams with a concurrency.",
      waits.map { ($0.labels, $0.statistics.underWay) })
    add(
      "tally_queue_waiting", "gauge", "Calls that wait for a place.", waits.map { ($0.labels, $0.statistics.waiting) })
    add(
      "tally_queue_waited_total", "counter", "Calls that waited for a place.",
      waits.map { ($0.labels, $0.statistics.waited) })
    add(
      "tally_queue_refused_total", "counter", "Calls that got none.", waits.map { ($0.labels, $0.statistics.refused) })
    return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
  }
}
