internal import Guards
internal import Records
internal import Store

/// A call by what its span says is wrong with it.
struct CallFaults: Equatable {
  /// Nil counts as no call: nobody was asked, the failure was played, or the caller went.
  let kinds: [FailureKind]?
  let agent: String?

  init(_ call: EndedCall) {
    let attributes = call.attributes.flatMap { try? JSONValue(parsing: $0) }
    agent = attributes?["agent"]?.text
    let error = call.errorType ?? ""
    guard !FailureWords.isNobodys(attributes, error: error) else {
      kinds = nil
      return
    }
    var kinds: [FailureKind] = []
    if error == FailureWords.emptyReply || attributes?["empty"]?.truth == true {
      kinds.append(.empty)
    } else if call.status != .ok {
      kinds.append(.error)
    }
    if call.isRefusal { kinds.append(.refused) }
    self.kinds = kinds
  }
}

/// One failure budget: how it stands, and which calls count in it, so that words on them find them.
struct FailureAccount {
  private struct Call {
    /// When it began.
    let at: Instant
    let faults: [FailureKind]
    var worst: FailureKind?
  }

  let entry: FailureDesk.Entry
  /// By their places among the names of the desk.
  private let judgements: [Int]
  private let intention: Int
  private(set) var meter: FailureMeter
  private var calls: RecentEntries<Call>
  private var lookedAt: Instant?

  /// Looks at the past are no closer together than this part of a period, unless something fails.
  private static let looks = 512

  /// - Parameters:
  ///   - names: of words, for all budgets.
  ///   - most: calls that a word may still find.
  init(_ entry: FailureDesk.Entry, names: [String], most: Int) {
    self.entry = entry
    judgements = entry.judgements.compactMap { names.firstIndex(of: $0) }
    intention = names.firstIndex(of: FailureWords.intention) ?? -1
    meter = FailureMeter(entry.rule)
    calls = RecentEntries(most: most)
  }

  /// A call has ended, or is said anew.
  mutating func take(_ call: EndedCall, _ faults: CallFaults, _ id: UInt64, _ words: CallWords?, now: Instant) {
    let known = calls[id]
    if let known { meter.remove(known.worst, at: known.at) }
    guard entry.rule.subject.covers(feature: call.feature, agent: faults.agent), let kinds = faults.kinds,
      let begin = now.advanced(by: .zero - entry.rule.period), call.startedAt > begin,
      entry.since.map({ call.startedAt >= $0 }) ?? true
    else {
      if known != nil { calls[id] = nil }
      return
    }
    // Whoever's clock is ahead begins now.
    let at = min(call.startedAt, now)
    let worst = worst(kinds, words)
    calls[id] = Call(at: at, faults: kinds, worst: worst)
    meter.add(worst, at: at)
    let isDue = lookedAt.map { $0.duration(to: at) >= entry.rule.period / FailureAccount.looks } ?? true
    // Calls come in the order of the ledger, which is not that of their beginnings.
    if worst != nil || isDue { look(at: min(now, max(at, lookedAt ?? at))) }
  }

  /// Words were said on a call.
  mutating func take(_ words: CallWords, on id: UInt64) {
    guard var call = calls[id] else { return }
    let worst = worst(call.faults, words)
    guard worst != call.worst else { return }
    meter.change(call.worst, to: worst, at: call.at)
    call.worst = worst
    calls[id] = call
  }

  private func worst(_ faults: [FailureKind], _ words: CallWords?) -> FailureKind? {
    var kinds = faults
    if let words {
      if judgements.contains(where: words.isBad) { kinds.append(.judgedBad) }
      if words.isBad(intention) { kinds.append(.unintended) }
    }
    return entry.rule.weights.worst(of: kinds)
  }

  mutating func look(at instant: Instant) {
    meter.look(entry.rule, at: instant)
    lookedAt = instant
  }
}
