internal import Store
internal import Synchronization

/// What became of deliveries on their way to targets, since the process began.
final class ForwardStatistics: Sendable {
  struct Counts: Sendable, Equatable {
    var sent = 0
    var givenUp = 0
  }

  private let stored = Mutex([String: Counts]())

  var counts: [String: Counts] { stored.withLock { $0 } }

  func count(_ target: String, sent: Int, givenUp: Int) {
    stored.withLock { counts in
      counts[target, default: Counts()].sent += sent
      counts[target, default: Counts()].givenUp += givenUp
    }
  }
}

/// The same for Prometheus.
enum ForwardMetricsText {
  /// - Parameters:
  ///   - targets: their names; all are there from the start, since a rate needs where it began.
  ///   - spool: nil when it cannot be read now.
  static func text(
    _ targets: [String], _ queued: SpoolCounts, _ sent: [String: ForwardStatistics.Counts], withheld: [String: Int],
    _ spool: [SpoolStatus]?
  ) -> String {
    guard !targets.isEmpty else { return "" }
    func waiting(_ target: String) -> SpoolStatus? { spool?.first { $0.target == target } }
    let metrics: [(name: String, kind: String, help: String, value: (String) -> Int?)] = [
      (
        "tally_forward_queued_total", "counter", "Deliveries that were put into the spool.",
        { queued.queued[$0] ?? 0 }
      ),
      ("tally_forward_sent_total", "counter", "Deliveries that the target has.", { sent[$0]?.sent ?? 0 }),
      (
        "tally_forward_given_up_total", "counter", "Deliveries that the target does not take.",
        { sent[$0]?.givenUp ?? 0 }
      ),
      (
        "tally_forward_skipped_total", "counter", "Deliveries that found no room in the spool.",
        { queued.skipped[$0] ?? 0 }
      ),
      (
        "tally_forward_withheld_total", "counter",
        "Deliveries that did not go on, as what must not go on could not be taken out of them.",
        { withheld[$0] ?? 0 }
      ),
      (
        "tally_spool_deliveries", "gauge", "Deliveries that wait.",
        { target in spool.map { _ in Int(waiting(target)?.deliveries ?? 0) } }
      ),
      (
        "tally_spool_bytes", "gauge", "Bytes of what waits, as they are stored.",
        { target in spool.map { _ in Int(waiting(target)?.bytes ?? 0) } }
      ),
    ]
    var lines: [String] = []
    for metric in metrics {
      lines += ["# HELP \(metric.name) \(metric.help)", "# TYPE \(metric.name) \(metric.kind)"]
      for target in targets {
        guard let value = metric.value(target) else { continue }
        lines.append("\(metric.name){target=\"\(PrometheusLabel.escaped(target))\"} \(value)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
