internal import Guards
internal import Records
internal import Synchronization

/// A call that a breaker has let in, until it has ended.
///
/// However the call ends, also where nobody comes to say how, the breaker is told once: a probe that nobody ends would keep
/// all others out.
public final class CallPassage: Sendable {
  let key: CallBreakers.Key
  private let breakers: CallBreakers
  /// Nil where the call passes although the breaker would refuse it.
  private let pass: Breaker.Pass?
  private let isCallersKey: Bool
  private let hasEnded = Mutex(false)
  /// The breaker's state when the call came, as its span says it; nil while it was closed.
  let word: String?
  /// Whether it passes a breaker that would refuse it, with a break-glass key.
  let isForced: Bool

  init(
    _ key: CallBreakers.Key, _ pass: Breaker.Pass?, _ state: Breaker.State, isCallersKey: Bool,
    isForced: Bool = false, _ breakers: CallBreakers
  ) {
    self.key = key
    self.isForced = isForced
    self.pass = pass
    self.isCallersKey = isCallersKey
    self.breakers = breakers
    word = state == .closed ? nil : state.rawValue
  }

  deinit { end(.uncounted, asked: nil) }

  /// Tells a call's span which breaker it passes that would have refused it.
  public func mark(_ call: inout CallSpan) {
    if isForced { _ = call.breaks(.breaker, CallBreakers.refused, key.name) }
  }

  /// The call is not made. Its span may wait long for the disk, and must not hold a probe's place meanwhile.
  public func abandon() { end(.uncounted, asked: nil) }

  /// The call has ended. Where its reply takes long to judge, that is done beside the caller, whose event loop others share.
  public func end(_ span: CallSpan) {
    guard pass != nil, span.form == nil, ReplyForm.takesLong(span) else { return judge(span) }
    Task.detached { self.judge(span) }
  }

  private func judge(_ span: CallSpan) {
    let outcome = CallOutcome.outcome(
      span, isCallersKey: isCallersKey, countsMissed: breakers.countsMissedSchemas)
    end(outcome, asked: span.retryAfter)
  }

  private func end(_ outcome: BreakerOutcome, asked: Duration?) {
    let isFirst = hasEnded.withLock { hasEnded in
      defer { hasEnded = true }
      return !hasEnded
    }
    if isFirst, let pass { breakers.report(key, pass, outcome, asked: asked) }
  }
}
