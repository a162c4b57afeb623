internal import Dispatch

/// Runs the task that writes commits on a queue of its own.
///
/// Among the threads of all tasks it would stand in line behind the deliveries that are being read, a millisecond each:
/// meanwhile the disk would rest, and whoever waits for an acknowledgement would wait on.
final class CommitExecutor: TaskExecutor {
  private let queue = DispatchQueue(label: "tallystick.commits")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
