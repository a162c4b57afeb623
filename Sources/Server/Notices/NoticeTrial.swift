public import Gateway
public import Records

/// Sends a notice that says that it is a test, and tells what came back.
public enum NoticeTrial {
  public struct Answer: Sendable {
    /// Whether the target took it.
    public let isSent: Bool
    /// The status and the target's words, or why nobody answered; on one line, without secrets.
    public let message: String
  }

  /// What PagerDuty opens for it is resolved in a second request; Alertmanager's alert ends by itself.
  public static func send(
    to target: NoticeTarget, _ notice: Notice, clock: @escaping @Sendable () -> Instant
  ) async throws -> [Answer] {
    let client = ForwardClient(clock: clock)
    var notices = [notice]
    if target.kind == .pagerduty {
      var over = notice
      over.event = .resolve
      notices.append(over)
    }
    let hidden = ForwardComplaint(target.address, section: "notify")
    var answers: [Answer] = []
    for notice in notices {
      let reply = await client.send(notice, to: target)
      answers.append(Answer(isSent: reply.verdict == .sent, message: hidden.shown(reply.message)))
    }
    try await client.shutdown()
    return answers
  }
}
