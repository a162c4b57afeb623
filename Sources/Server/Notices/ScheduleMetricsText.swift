internal import Gateway
internal import Records
internal import Store

/// How schedules and notices do, as Prometheus reads it.
enum ScheduleMetricsText {
  /// - Parameters:
  ///   - runs: of this server.
  ///   - spool: nil when it cannot be read now; so too what the ledger knows of schedules.
  static func text(
    _ plan: SchedulePlan, _ runs: [String: ScheduleStatistics.Counts], _ sent: [String: ForwardStatistics.Counts],
    _ spool: [SpoolStatus]?, _ states: [ScheduleState]?
  ) -> String {
    var lines: [String] = []
    func metric(_ name: String, _ kind: String, _ help: String, _ samples: [(labels: String, value: String)]) {
      lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(kind)"]
      lines += samples.map { "\(name){\($0.labels)} \($0.value)" }
    }
    let schedules = plan.entries.map { (label("schedule", $0.name), runs[$0.name] ?? ScheduleStatistics.Counts()) }
    metric(
      "tally_schedule_runs_total", "counter",
      "Runs of schedules by this server: well, or with checks that could not run.",
      schedules.flatMap {
        [("\($0),outcome=\"well\"", "\($1.well)"), ("\($0),outcome=\"failed\"", "\($1.failed)")]
      })
    metric(
      "tally_schedule_findings_total", "counter", "What checks said in runs; error: they could not run.",
      schedules.flatMap { schedule, counts in
        counts.findings.sorted { $0.key < $1.key }.flatMap { check, verdicts in
          verdicts.sorted { $0.key < $1.key }.map {
            ("\(schedule),\(label("check", check)),\(label("verdict", $0.key))", "\($0.value)")
          }
        }
      })
    metric(
      "tally_schedule_run_seconds_total", "counter", "How long runs took together.",
      schedules.map { ($0, "\($1.seconds)") })
    metric(
      "tally_schedule_last_success_timestamp_seconds", "gauge", "When a run last ended well, on any server.",
      plan.entries.compactMap { entry in
        guard let well = states?.first(where: { $0.name == entry.name })?.wellAt else { return nil }
        return (label("schedule", entry.name), "\(well.nanoseconds / 1_000_000_000)")
      })
    let targets = plan.targets.map { ($0, label("target", $0.name)) }
    metric(
      "tally_notices_total", "counter", "Notices by what became of them: sent, or refused by the target.",
      targets.flatMap { target, name in
        let counts = sent[target.address.name] ?? ForwardStatistics.Counts()
        return [("\(name),outcome=\"sent\"", "\(counts.sent)"), ("\(name),outcome=\"refused\"", "\(counts.givenUp)")]
      })
    if let spool {
      metric(
        "tally_notices_waiting", "gauge", "Notices that wait for their target.",
        targets.map { target, name in (name, "\(spool.first { $0.target == target.lane.target }?.deliveries ?? 0)") })
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func label(_ name: String, _ value: String) -> String {
    "\(name)=\"\(PrometheusLabel.escaped(value))\""
  }
}
