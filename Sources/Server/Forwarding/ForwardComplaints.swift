internal import Gateway
internal import Logging
internal import Synchronization

/// Says what is to be said of a target, which has several forwarders.
final class ForwardComplaints: Sendable {
  private let state: Mutex<ForwardComplaint>
  private let logger: Logger

  init(_ target: ForwardTarget, section: String = "forward", logger: Logger) {
    state = Mutex(ForwardComplaint(target, section: section))
    self.logger = logger
  }

  func say(_ complaint: (inout ForwardComplaint) -> String?) {
    if let text = state.withLock({ complaint(&$0) }) { logger.warning("\(text)") }
  }
}
