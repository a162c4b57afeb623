internal import Glibc

/// A mutex and a condition, for threads of engines that wait for each other: tasks must not wait so.
// Safe: it is nothing but the two, which are made to be shared, and they stay where they are.
package final class Monitor: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  package init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  package func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }

  /// Lets go of the lock, which the caller has, until something has changed.
  package func wait() { pthread_cond_wait(condition, mutex) }

  /// The same with a change that others wait for.
  package func change<Result>(_ body: () throws -> Result) rethrows -> Result {
    try withLock {
      defer { pthread_cond_broadcast(condition) }
      return try body()
    }
  }
}
