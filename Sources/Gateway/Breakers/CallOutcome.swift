public import Guards
internal import Records

/// What a call that has ended says of whom it was made to.
///
/// | what came | counts as |
/// |---|---|
/// | no connection, no trust, silence, broken off | transport |
/// | 429, 5xx, 529; an error in a reply that began as a success | overloaded |
/// | 402; 429 whose code, and 400 or 403 whose code or first words say that there is no quota or credit | quota |
/// | 200 with nothing in it, or with an end that is proper and no answer, unless the request says where it ends (`stop`) | empty |
/// | a stream whose first word came after `slow_first_token`, or whose caller went after waiting so long | slow |
/// | no JSON, no events, a stream without its end; an answer that is no JSON where JSON was asked for, but for `stop` | malformed |
/// | an answer, or arguments of a tool, that break a schema which the provider promised to keep (`ReplyForm`), but for `stop` | schema |
/// | such as break one that it only aimed at | schema where those are counted, else nothing |
/// | every other status; a caller that went or did not read | nothing |
public enum CallOutcome {
  /// How a call ended.
  /// - Parameters:
  ///   - isCallersKey: whether the caller's own key was used: then what is wrong with its quota is the caller's.
  ///   - countsMissed: whether a schema counts that nobody promised to keep.
  public static func outcome(_ span: CallSpan, isCallersKey: Bool, countsMissed: Bool = false) -> BreakerOutcome {
    let outcome = outcome(span, countsMissed: countsMissed)
    if isCallersKey, outcome == .failed(.quota) || span.status == 429 { return .uncounted }
    return outcome
  }

  static func outcome(_ span: CallSpan, countsMissed: Bool = false) -> BreakerOutcome {
    let observation = span.observation
    switch observation.fault {
    case .connectFailed, .connectTimeout, .tlsFailed, .firstByteTimeout, .idleTimeout, .upstreamReset:
      return .failed(.transport)
    case .malformedReply, .malformedStream, .truncatedStream: return .failed(.malformed)
    case .emptyReply: return .failed(.empty)
    case .clientDisconnected, .clientStalled: return hasWaited(span) ? .failed(.slow) : .uncounted
    // What was kept back is not the provider's fault.
    case .leak, .uncheckedReply: return .uncounted
    case nil: return outcome(status: span.status ?? 0, observation.substance, span, countsMissed)
    }
  }

  private static func outcome(
    status: Int, _ substance: ReplySubstance?, _ span: CallSpan, _ countsMissed: Bool
  ) -> BreakerOutcome {
    switch status {
    case 200..<300:
      guard let substance else { return .succeeded }
      if substance.isError {
        if let stated = substance.status, !(200..<300).contains(stated) {
          return outcome(status: stated, substance, span, countsMissed)
        }
        if saysQuota(substance) { return .failed(.quota) }
        return substance.words.contains { $0.hasPrefix("invalid_request") } ? .uncounted : .failed(.overloaded)
      }
      // Of what was not kept, nobody can say what it lacks.
      guard span.observation.unread == nil else { return isSlow(span) ? .failed(.slow) : .succeeded }
      // Whoever says where the answer ends may have it end before it begins.
      if substance.isHollow { return saysItsEnd(span) ? .uncounted : .failed(.empty) }
      let form = span.formOrJudged
      if form.isExcused { return .uncounted }
      if form.isNoJSON { return .failed(.malformed) }
      if form.broken != nil || countsMissed && form.missed != nil { return .failed(.schema) }
      return isSlow(span) ? .failed(.slow) : .succeeded
    case 402: return .failed(.quota)
    case 429: return substance.map(saysQuota) == true ? .failed(.quota) : .failed(.overloaded)
    case 400, 403:
      guard let substance else { return .uncounted }
      return saysQuota(substance) || complainsOfQuota(substance) ? .failed(.quota) : .uncounted
    case 500...: return .failed(.overloaded)
    default: return .uncounted
    }
  }

  // MARK: Quota

  /// Whether a code or type of the error speaks of want of credit or quota.
  private static func saysQuota(_ substance: ReplySubstance) -> Bool {
    substance.words.contains { FailureWords.quota.contains($0) }
  }

  /// Anthropic says it in words alone, of type `invalid_request_error`: "You have reached your specified API usage limits", "Your
  /// credit balance is too low".
  private static let complaints = ["you have reached your", "your credit balance"]

  /// An error that repeats what its caller wrote says nothing of the provider: its sentence must begin so, and none of them does with
  /// a caller's words.
  private static func complainsOfQuota(_ substance: ReplySubstance) -> Bool {
    guard let message = substance.message?.lowercased() else { return false }
    return complaints.contains { message.hasPrefix($0) }
  }

  // MARK: Ends

  /// Whether the request names words at which the answer ends. O(request), of answers that miss something.
  static func saysItsEnd(_ span: CallSpan) -> Bool {
    guard let body = try? JSONValue(parsing: span.request.body) else { return true }
    return ["stop", "stop_sequences"].contains { body[$0].map { $0 != .null } ?? false }
  }

  // MARK: Slowness

  private static func isSlow(_ span: CallSpan) -> Bool {
    guard let limit = span.upstream.slowFirstToken, let time = span.timeToFirst else { return false }
    return time > limit
  }

  /// Whether a caller went that had waited for the first word for longer than it may take.
  private static func hasWaited(_ span: CallSpan) -> Bool {
    guard span.request.isStream, let limit = span.upstream.slowFirstToken else { return false }
    return span.timeToFirst == nil && span.elapsed > limit
  }
}
