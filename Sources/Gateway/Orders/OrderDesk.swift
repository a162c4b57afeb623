public import Guards
internal import Intake
public import Records
public import Store
internal import Synchronization

/// What people have ordered of calls: which are frozen, and to which a failure is played.
public final class OrderDesk: Sendable {
  public struct Statistics: Sendable, Equatable {
    /// By what is frozen: calls that were refused, and calls that would have been.
    public var refused: [String: Int] = [:]
    public var observed: [String: Int] = [:]
    /// By drill: calls that met it.
    public var drilled: [String: Int] = [:]
  }

  private struct State {
    var orders = CallOrders()
    var statistics = Statistics()
  }

  private let clock: @Sendable () -> Instant
  private let chance: @Sendable () -> Double
  private let state = Mutex(State())

  /// - Parameter chance: uniform in 0..<1.
  public init(clock: @escaping @Sendable () -> Instant, chance: @escaping @Sendable () -> Double) {
    self.clock = clock
    self.chance = chance
  }

  /// What the ledger says now.
  public func follow(_ orders: CallOrders) { state.withLock { $0.orders = orders } }

  /// What holds now.
  public var orders: CallOrders { state.withLock(\.orders).inForce(at: clock()) }

  public var statistics: Statistics { state.withLock(\.statistics) }

  /// Lets a call pass that is as those before it. O(freezes).
  /// - Parameter call: is told which freezes only watch, and which its break-glass key passes.
  /// - Throws: `CallRefusal` where it is not.
  public func heedFreezes(_ call: inout CallSpan) throws(CallRefusal) {
    let (feature, model) = (call.feature, call.request.model)
    let freezes = state.withLock(\.orders.freezes)
    guard !freezes.isEmpty else { return }
    let now = clock()
    for freeze in freezes where freeze.covers(feature: feature, model: model) && !freeze.order.isOver(at: now) {
      guard !freeze.permits(call.value(of: freeze.pin)) else { continue }
      guard freeze.mode == .enforce else {
        state.withLock { $0.statistics.observed[freeze.subject.text, default: 0] += 1 }
        call.observedFreezes.append(freeze.subject.text)
        continue
      }
      if call.breaks(.freeze, CallRefusal.frozen, freeze.subject.text) { continue }
      state.withLock { $0.statistics.refused[freeze.subject.text, default: 0] += 1 }
      throw CallRefusal(freeze, until: freeze.order.expiresAt)
    }
  }

  /// The failure that a call meets; nil where it meets none. O(drills).
  /// - Parameter call: is told which drill its break-glass key passes.
  public func drill(for call: inout CallSpan) -> CallDrill? {
    let drills = state.withLock(\.orders.drills)
    guard !drills.isEmpty else { return nil }
    let now = clock()
    let (key, model) = (call.principal.key?.name, call.request.model)
    let drill = drills.first { !$0.order.isOver(at: now) && $0.meets(key: key, model: model, chance: chance()) }
    guard let drill, !call.breaks(.drill, "DRILL", drill.name) else { return nil }
    state.withLock { $0.statistics.drilled[drill.name, default: 0] += 1 }
    return drill
  }
}

extension CallRefusal {
  static let frozen = "FROZEN"

  /// Why is the business of those who may read the ledger, and not of every caller.
  init(_ freeze: CallFreeze, until end: Instant) {
    let what = "The \(freeze.subject.word) '\(freeze.subject.name)'"
    let how =
      freeze.allowed == nil
      ? "\(what) is stopped until \(end): no call of it is made."
      : "\(what) is frozen until \(end): only calls with a \(freeze.pin.noun) that was in use before are made, and this one has another."
    self.init(status: 403, code: CallRefusal.frozen, message: "\(how) `tally freeze list` says by whom and why.")
  }
}

extension CallFreeze.Pin {
  fileprivate var noun: String {
    switch self {
    case .config: "configuration (model, parameters, system prompt and tools)"
    case .prompt: "prompt version"
    case .model: "model"
    }
  }
}

extension CallSpan {
  /// What a call has where a freeze pins it.
  fileprivate func value(of pin: CallFreeze.Pin) -> String? {
    switch pin {
    case .prompt: notes.prompt
    case .model: request.model
    case .config:
      // As it will be in the span. It is read a second time there; only calls of what is frozen are.
      if case .span(let record)? = batch.records.last { record.configSHA256 } else { nil }
    }
  }
}
