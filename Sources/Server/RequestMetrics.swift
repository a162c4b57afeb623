internal import Gateway
internal import HTTPTypes
internal import Hummingbird
internal import Store
internal import Synchronization

/// How many requests there were, by path and status.
final class RequestMetrics: Sendable {
  struct Key: Hashable, Comparable {
    let path: String
    let status: Int

    static func < (left: Key, right: Key) -> Bool { (left.path, left.status) < (right.path, right.status) }
  }

  private let stored = Mutex([Key: Int]())

  var counts: [Key: Int] { stored.withLock { $0 } }

  func count(_ key: Key) { stored.withLock { $0[key, default: 0] += 1 } }
}

/// Counts requests. Paths that there are not count as one: nobody can fill the memory with names.
struct MetricsMiddleware: RouterMiddleware {
  typealias Context = ServerContext

  let metrics: RequestMetrics

  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    do {
      let response = try await next(request, context)
      metrics.count(.init(path: context.endpointPath ?? "other", status: response.status.code))
      return response
    } catch {
      let status = (error as? any HTTPResponseError)?.status.code ?? 500
      metrics.count(.init(path: context.endpointPath ?? "other", status: status))
      throw error
    }
  }
}

/// The numbers as Prometheus reads them: its text format, version 0.0.4.
enum MetricsText {
  static func text(
    _ requests: [RequestMetrics.Key: Int], _ group: GroupCommit.Statistics, _ denials: [AccessDenial.Reason: Int]
  ) -> String {
    var lines = [
      "# HELP tally_requests_total Requests by path and status.", "# TYPE tally_requests_total counter",
    ]
    for (key, count) in requests.sorted(by: { $0.key < $1.key }) {
      lines.append("tally_requests_total{path=\"\(key.path)\",status=\"\(key.status)\"} \(count)")
    }
    lines += [
      "# HELP tally_authentications_failed_total Requests that were not let in, by why not.",
      "# TYPE tally_authentications_failed_total counter",
    ]
    // Also those that never happened: a rate needs where it began.
    for reason in AccessDenial.Reason.allCases {
      lines.append("tally_authentications_failed_total{reason=\"\(reason.rawValue)\"} \(denials[reason] ?? 0)")
    }
    for (name, kind, help, value) in [
      ("tally_deliveries_total", "counter", "Deliveries that were let in.", group.deliveries),
      ("tally_deliveries_turned_away_total", "counter", "Deliveries that found no room.", group.turnedAway),
      ("tally_deliveries_failed_total", "counter", "Deliveries that could not be written.", group.failed),
      ("tally_records_kept_total", "counter", "Records that are durable.", group.kept),
      ("tally_records_refused_total", "counter", "Records that cannot be kept.", group.refused),
      ("tally_commits_total", "counter", "Commits of the ledger.", group.commits),
      ("tally_records_waiting", "gauge", "Records that wait for the next commit.", group.waiting),
    ] {
      lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(kind)", "\(name) \(value)"]
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
