internal import Gateway
internal import Synchronization

/// What became of runs since the process began.
final class ScheduleStatistics: Sendable {
  struct Counts: Sendable {
    /// Findings by check and verdict; checks that could not run by the word `error`.
    var findings: [String: [String: Int]] = [:]
    var well = 0
    var failed = 0
    var seconds = 0.0
  }

  private let stored = Mutex([String: Counts]())

  var counts: [String: Counts] { stored.withLock { $0 } }

  func count(_ run: ScheduledRun, of schedule: String, took: Duration) {
    let isWell = run.problem == nil && run.failures.isEmpty
    stored.withLock { stored in
      var counts = stored[schedule] ?? Counts()
      if isWell { counts.well += 1 } else { counts.failed += 1 }
      counts.seconds += took / .seconds(1)
      for outcome in run.outcomes {
        counts.findings[outcome.check, default: [:]][outcome.verdict, default: 0] += outcome.count
      }
      stored[schedule] = counts
    }
  }

  /// A run that the ledger knows nothing of.
  func count(lost schedule: String) {
    stored.withLock { $0[schedule, default: Counts()].failed += 1 }
  }
}
