internal import Glibc
internal import Store

/// Runs the jobs of one actor on a thread of its own, so that what blocks there holds up nobody else.
final class ThreadExecutor: SerialExecutor {
  private let queue = JobQueue()
  private let thread: pthread_t

  /// Starts the thread.
  init() {
    var thread = pthread_t()
    // The thread keeps the queue, not the executor, which ends it.
    let queue = Unmanaged.passRetained(queue)
    let code = pthread_create(&thread, nil, { JobQueue.serve($0) }, queue.toOpaque())
    precondition(code == 0, "no thread can be started")
    self.thread = thread
  }

  func enqueue(_ job: consuming ExecutorJob) {
    queue.add(UnownedJob(job), asUnownedSerialExecutor())
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  /// Runs what is enqueued and then a last thing, and ends the thread; waits for that unless called on it.
  func stop(_ last: @escaping @Sendable () -> Void) {
    guard queue.stop(last) else { return }
    if pthread_equal(thread, pthread_self()) != 0 { pthread_detach(thread) } else { pthread_join(thread, nil) }
  }

  func checkIsolated() {
    precondition(pthread_equal(thread, pthread_self()) != 0, "on the thread of another connection")
  }

  deinit {
    if queue.stop({}) { pthread_detach(thread) }
  }
}

/// Jobs that wait for a thread.
// Safe: everything that changes is touched within the monitor; `last` by its thread, once nothing can change it.
private final class JobQueue: @unchecked Sendable {
  private let monitor = Monitor()
  private var jobs: [(UnownedJob, UnownedSerialExecutor)] = []
  private var isStopped = false
  private var last: @Sendable () -> Void = {}

  func add(_ job: UnownedJob, _ executor: UnownedSerialExecutor) {
    let isLate = monitor.change {
      if !isStopped { jobs.append((job, executor)) }
      return isStopped
    }
    // After the end: what is asked of a closed connection is refused, by whoever asks.
    if isLate { job.runSynchronously(on: executor) }
  }

  /// False when it was stopped before.
  func stop(_ last: @escaping @Sendable () -> Void) -> Bool {
    monitor.change {
      if isStopped { return false }
      isStopped = true
      self.last = last
      return true
    }
  }

  /// All jobs that wait; nil when there will be none any more.
  private func next() -> [(UnownedJob, UnownedSerialExecutor)]? {
    monitor.withLock {
      while jobs.isEmpty, !isStopped { monitor.wait() }
      if jobs.isEmpty { return nil }
      defer { jobs.removeAll(keepingCapacity: true) }
      return jobs
    }
  }

  static func serve(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let queue = Unmanaged<JobQueue>.fromOpaque(argument).takeRetainedValue()
    while let jobs = queue.next() {
      for (job, executor) in jobs { job.runSynchronously(on: executor) }
    }
    queue.last()
    queue.last = {}
    return nil
  }
}
