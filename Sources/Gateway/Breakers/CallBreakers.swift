public import Guards
public import Records
internal import Synchronization

/// The breakers of a server: one for each upstream and model, as the upstream calls it. A call asks before its upstream is asked, and
/// reports how it ended.
///
/// A breaker comes into being with the first call that says something, so that names of models that nobody runs fill no memory; of
/// those that are, at most so many are kept. States are this server's own; what people say (`BreakerHold`) holds for
/// every server of the ledger.
public final class CallBreakers: Sendable {
  /// Whose breaker it is.
  public struct Key: Hashable, Comparable, Sendable {
    public let upstream: String
    public let model: String

    public init(_ upstream: String, _ model: String) {
      self.upstream = upstream
      self.model = model
    }

    /// As people write it.
    public var name: String { "\(upstream)/\(model)" }

    public static func < (left: Key, right: Key) -> Bool {
      (left.upstream, left.model) < (right.upstream, right.model)
    }
  }

  /// A breaker, for those who watch.
  public struct Reading: Sendable {
    public let key: Key
    public let breaker: Breaker
    /// Calls that were refused, and those that would have been where breakers only observe.
    public let refused: Int
    public let observed: Int
    /// How often it took each state by itself.
    public let transitions: [Breaker.State: Int]
  }

  /// A breaker took another state by itself.
  public struct Transition: Sendable, Equatable {
    public let key: Key
    public let from: Breaker.State
    public let to: Breaker.State
    public let cause: BreakerCause?
    public let until: Instant?
    public let at: Instant
  }

  /// How much a call wants to pass.
  public enum Urgency: Sendable {
    case usual
    /// It comes again where nobody lets it in: a refusal is none yet.
    case asks
    /// It passes whatever the breaker says, which it tells nothing: that is about everybody's calls.
    case insists
  }

  public enum Admission {
    /// Nil where nobody counts.
    case passed(CallPassage?)
    case refused(CallRefusal)
  }

  private struct Entry {
    var breaker = Breaker()
    var used: Instant
    var refused = 0
    var observed = 0
    var transitions: [Breaker.State: Int] = [:]
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    var holds: [String: BreakerHold] = [:]
  }

  public let mode: BreakerRule.Mode
  public let rule: BreakerRule
  /// Whether an answer counts as failed that breaks a schema which its provider only aimed at.
  public let countsMissedSchemas: Bool
  /// Calls that began before it are judged by nobody here: what the breakers of another run were told is theirs.
  public let begin: Instant
  private let most: Int
  private let clock: @Sendable () -> Instant
  private let onTransition: @Sendable (Transition) -> Void
  private let state = Mutex(State())

  /// - Parameters:
  ///   - countsMissedSchemas: whether an answer counts as failed that breaks a schema which its provider only aimed at.
  ///   - most: breakers that are kept; beyond, those that are closed and were not asked for the longest time are forgotten.
  ///   - onTransition: is told, after it has happened, of every change that calls and time make.
  public init(
    _ mode: BreakerRule.Mode, _ rule: BreakerRule, countsMissedSchemas: Bool = false, most: Int = 1_024,
    clock: @escaping @Sendable () -> Instant,
    onTransition: @escaping @Sendable (Transition) -> Void = { _ in }
  ) {
    self.mode = mode
    self.rule = rule
    self.countsMissedSchemas = countsMissedSchemas
    begin = clock()
    self.most = most
    self.clock = clock
    self.onTransition = onTransition
  }

  // MARK: Calls

  /// Asks whether an upstream may be asked for a model. O(1).
  /// - Parameters:
  ///   - isCallersKey: whether the caller's own key goes on.
  ///   - urgency: of calls with a break-glass key.
  public func admit(_ key: Key, isCallersKey: Bool = false, urgency: Urgency = .usual) -> Admission {
    let now = clock()
    let (admission, transition) = state.withLock { state -> (Admission, Transition?) in
      let hold = CallBreakers.hold(on: key, state.holds, now)
      guard mode != .off || hold?.position == .open else { return (.passed(nil), nil) }
      guard state.entries[key] != nil || hold != nil else {
        return (.passed(CallPassage(key, .first, .closed, isCallersKey: isCallersKey, self)), nil)
      }
      make(key, now, &state)
      return change(key, now, &state) { entry in
        entry.used = now
        switch entry.breaker.admit(rule, at: now) {
        case .passed(let pass):
          return .passed(CallPassage(key, pass, entry.breaker.state, isCallersKey: isCallersKey, self))
        case .refused(let until):
          // What a person says holds in every mode.
          guard entry.breaker.hold != nil || mode == .enforce else {
            entry.observed += 1
            return .passed(CallPassage(key, nil, entry.breaker.state, isCallersKey: isCallersKey, self))
          }
          if urgency == .insists {
            return .passed(
              CallPassage(key, nil, entry.breaker.state, isCallersKey: isCallersKey, isForced: true, self))
          }
          if urgency == .usual { entry.refused += 1 }
          return .refused(CallBreakers.refusal(key, entry.breaker, until: until, now))
        }
      }
    }
    if let transition { onTransition(transition) }
    return admission
  }

  /// What may tell how a call ended that another server, or an earlier run of this one, let in: while the breaker is closed here, a
  /// call is a call. Nil otherwise: what was let in before it opened says nothing new.
  func witness(_ key: Key) -> CallPassage? {
    let isClosed = state.withLock { state in state.entries[key].map { $0.breaker.state == .closed } ?? true }
    guard isClosed, case .passed(let passage) = admit(key) else { return nil }
    return passage
  }

  func report(_ key: Key, _ pass: Breaker.Pass, _ outcome: BreakerOutcome, asked: Duration?) {
    let now = clock()
    let transition = state.withLock { state -> Transition? in
      if state.entries[key] == nil {
        guard outcome != .uncounted else { return nil }
        make(key, now, &state)
      }
      return change(key, now, &state) { $0.breaker.report(pass, outcome, asked: asked, rule, at: now) }.1
    }
    if let transition { onTransition(transition) }
  }

  /// Takes what judges say of a call that was made by the ledger's servers, here or elsewhere: whether any of them calls it bad.
  /// - Parameters:
  ///   - call: tells calls apart.
  ///   - began: when the call did.
  func judge(_ key: Key, _ call: UInt64, began: Instant, isBad: Bool) {
    guard mode != .off, began >= begin else { return }
    let now = clock()
    let transition = state.withLock { state -> Transition? in
      make(key, now, &state)
      return change(key, now, &state) { $0.breaker.judge(call, began: began, isBad: isBad, rule, at: now) }.1
    }
    if let transition { onTransition(transition) }
  }

  private func make(_ key: Key, _ now: Instant, _ state: inout State) {
    guard state.entries[key] == nil else { return }
    if state.entries.count >= most {
      func order(_ entry: Entry) -> (Int, Int64) {
        (entry.breaker.state == .closed ? 0 : 1, entry.used.nanoseconds)
      }
      if let oldest = state.entries.min(by: { order($0.value) < order($1.value) }) {
        state.entries[oldest.key] = nil
      }
    }
    var entry = Entry(used: now)
    entry.breaker.hold(CallBreakers.hold(on: key, state.holds, now), rule, at: now)
    state.entries[key] = entry
  }

  private func change<Output>(
    _ key: Key, _ now: Instant, _ state: inout State, _ body: (inout Entry) -> Output
  ) -> (Output, Transition?) {
    // Nobody else may hold the entry, or its window would be copied.
    var entry = state.entries.removeValue(forKey: key) ?? Entry(used: now)
    let (era, before) = (entry.breaker.era, entry.breaker.state)
    let output = body(&entry)
    var transition: Transition?
    if entry.breaker.era != era {
      let after = entry.breaker.state
      entry.transitions[after, default: 0] += 1
      transition = Transition(
        key: key, from: before, to: after, cause: entry.breaker.cause, until: entry.breaker.until, at: now)
    }
    state.entries[key] = entry
    return (output, transition)
  }

  // MARK: People

  /// What is said of one breaker counts before what is said of all of its upstream.
  private static func hold(on key: Key, _ holds: [String: BreakerHold], _ now: Instant) -> BreakerHold? {
    guard !holds.isEmpty else { return nil }
    return [key.name, key.upstream].compactMap { holds[$0] }.first { !$0.isOver(at: now) }
  }

  /// Takes what people say now, by the names of breakers or upstreams.
  public func follow(_ holds: [String: BreakerHold]) {
    let now = clock()
    state.withLock { state in
      guard state.holds != holds else { return }
      state.holds = holds
      for key in Array(state.entries.keys) {
        state.entries[key]?.breaker.hold(CallBreakers.hold(on: key, holds, now), rule, at: now)
      }
    }
  }

  /// What people say now, by the names of breakers or upstreams; what is over is left out.
  public var holds: [String: BreakerHold] {
    let now = clock()
    return state.withLock { $0.holds.filter { !$0.value.isOver(at: now) } }
  }

  // MARK: Readings

  /// All breakers, by name.
  public func readings() -> [Reading] {
    let now = clock()
    let (readings, transitions) = state.withLock { state -> ([Reading], [Transition]) in
      let transitions = Array(state.entries.keys).compactMap { key in
        change(key, now, &state) { $0.breaker.advance(to: now, rule) }.1
      }
      return (
        state.entries.map { key, entry in
          Reading(
            key: key, breaker: entry.breaker, refused: entry.refused, observed: entry.observed,
            transitions: entry.transitions)
        }, transitions
      )
    }
    transitions.forEach(onTransition)
    return readings.sorted { $0.key < $1.key }
  }

  static let refused = "breaker_open"

  private static func refusal(_ key: Key, _ breaker: Breaker, until: Instant, _ now: Instant) -> CallRefusal {
    let seconds = max(1, Int((now.duration(to: until) + .nanoseconds(999_999_999)).components.seconds))
    let why = breaker.cause?.clause ?? "it is not well"
    // To the second: it is read by people.
    let end = Instant(nanoseconds: until.nanoseconds - until.nanoseconds % 1_000_000_000)
    let what =
      breaker.state == .halfOpen
      ? "is being tried again with a few calls" : "is not asked before \(end)"
    return CallRefusal(
      status: 503, code: refused, message: "The upstream '\(key.upstream)' \(what) for '\(key.model)': \(why).",
      retryAfter: seconds)
  }
}
