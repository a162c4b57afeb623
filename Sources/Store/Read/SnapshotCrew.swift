internal import Synchronization

/// Two threads that look at one state of a ledger together: the one that it was lent to hands out jobs, and both take them.
///
/// Each has a connection of its own. Records are the same on both, whenever a connection was opened: nothing that is stored later lies
/// within the horizon. An engine may have no second connection for a while: then the first thread does all the jobs.
// Safe: what changes is touched within the monitor; `isBusy` by the first thread alone.
final class SnapshotCrew: @unchecked Sendable {
  typealias Job = @Sendable (Snapshot) -> Void

  private let monitor = Monitor()
  private var horizon: Horizon?
  private var jobs: ArraySlice<Job> = []
  /// Jobs that somebody has taken and not finished.
  private var running = 0
  /// Whether the first thread is among its jobs.
  private(set) var isBusy = false
  private var hasEnded = false

  /// Takes jobs until the end.
  func serve(_ reader: any EngineReader, _ ahead: ReadAhead) {
    var snapshot: Snapshot?
    while let (job, horizon) = next() {
      let known = snapshot ?? Snapshot(reader, horizon: horizon, ahead: ahead)
      snapshot = known
      job(known)
      finish()
    }
  }

  private func next() -> (Job, Horizon)? {
    monitor.withLock {
      while true {
        if hasEnded { return nil }
        if let horizon, let job = jobs.popFirst() {
          running += 1
          return (job, horizon)
        }
        monitor.wait()
      }
    }
  }

  private func finish() { monitor.change { running -= 1 } }

  /// Does all jobs, the first ones first; returns when none is left. Called by the first thread, and not from a job.
  func run(_ all: [Job], _ snapshot: Snapshot) {
    isBusy = true
    defer { isBusy = false }
    monitor.change {
      horizon = snapshot.horizon
      jobs = all[...]
    }
    while let job = monitor.withLock({ jobs.popFirst() }) { job(snapshot) }
    monitor.withLock { while running > 0 { monitor.wait() } }
  }

  func end() { monitor.change { hasEnded = true } }
}

extension Snapshot {
  /// Does jobs that do not depend on each other, several at once where the ledger was lent to several threads. What a job shares is done
  /// by its own thread.
  /// - Returns: what they gave, in the order of the jobs.
  /// - Throws: the error of the first that failed; jobs that had not begun by then are left undone.
  public func share<Value: Sendable>(_ jobs: [@Sendable (Snapshot) throws -> Value]) throws -> [Value] {
    guard let crew, !crew.isBusy, jobs.count > 1 else { return try jobs.map { try $0(self) } }
    let hasLimits = scan.hasLimits
    let results = Mutex<[Result<Value, any Error>?]>(jobs.map { _ in nil })
    crew.run(
      jobs.enumerated().map { place, job in
        { snapshot in
          if results.withLock({ $0.contains { $0?.isFailure ?? false } }) { return }
          snapshot.scan.hasLimits = hasLimits
          let result = Result { try job(snapshot) }
          results.withLock { $0[place] = result }
        }
      }, self)
    let all = results.withLock(\.self)
    if let failed = all.first(where: { $0?.isFailure ?? false }) { _ = try failed?.get() }
    return try all.compactMap { try $0?.get() }
  }
}

extension Result {
  fileprivate var isFailure: Bool { if case .failure = self { true } else { false } }
}
