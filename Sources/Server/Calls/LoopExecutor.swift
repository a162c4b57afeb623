internal import NIOCore

/// Runs a task on an event loop, so that what answers a call changes threads only where it waits for something else than the
/// loop's own connections: a change costs more than all that is done between two.
final class LoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(_ loop: any EventLoop) {
    self.loop = loop
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
