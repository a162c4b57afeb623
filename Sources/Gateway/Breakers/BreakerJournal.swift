public import Guards
internal import Records
public import Store
internal import Synchronization

/// Writes into the ledger how breakers change, beside the calls: each change is a record of kind `change`.
public final class BreakerJournal: Sendable {
  private struct State {
    var writing: [Int: Task<Void, Never>] = [:]
    var next = 0
  }

  private let ledger: GroupCommit
  private let reception: Reception
  private let mode: BreakerRule.Mode
  private let onLoss: @Sendable (_ problem: String) -> Void
  private let state = Mutex(State())

  /// What its records say that they are about.
  static let subject = "breaker"

  /// Changes that may wait for the disk; more are lost, and said to be.
  private static let mostWaiting = 4_096

  /// - Parameters:
  ///   - reception: what is done to records before they are kept.
  ///   - onLoss: is told of changes that could not be written.
  public init(
    _ ledger: GroupCommit, _ reception: Reception, _ mode: BreakerRule.Mode,
    onLoss: @escaping @Sendable (_ problem: String) -> Void = { _ in }
  ) {
    self.ledger = ledger
    self.reception = reception
    self.mode = mode
    self.onLoss = onLoss
  }

  public func record(_ transition: CallBreakers.Transition) {
    let isTooMany = state.withLock { state -> Bool in
      guard state.writing.count < BreakerJournal.mostWaiting else { return true }
      let number = state.next
      state.next += 1
      state.writing[number] = Task { [self] in
        await write(transition)
        self.state.withLock { $0.writing[number] = nil }
      }
      return false
    }
    if isTooMany { onLoss("too many wait for the disk") }
  }

  private func write(_ transition: CallBreakers.Transition) async {
    var batch = RecordBatch()
    batch.receive(.change(change(transition)))
    _ = reception.prepare(&batch)
    do {
      let receipt = try await ledger.append(batch, source: "breakers")
      if let refusal = receipt.refusals.first { onLoss(refusal.problem) }
    } catch {
      onLoss("\(error)")
    }
  }

  private func change(_ transition: CallBreakers.Transition) -> ChangeRecord {
    let reason: String? =
      switch transition.to {
      case .open: transition.cause?.clause
      case .halfOpen: "it is tried again"
      case .closed: "it is well again"
      }
    var breaker = JSONObject()
    breaker["name"] = .string(transition.key.name)
    breaker["mode"] = .string(mode.rawValue)
    breaker["cause"] = transition.cause.map { .string($0.word) }
    breaker["fault"] = transition.cause?.fault.map { .string($0.rawValue) }
    breaker["until"] = transition.until.map { .string($0.description) }
    return GuardChange(
      from: transition.from.rawValue, to: transition.to.rawValue, reason: reason, at: transition.at,
      subject: (BreakerJournal.subject, breaker)
    ).record
  }

  /// Returns when everything is written that can be.
  public func drain() async {
    while let task = state.withLock({ $0.writing.values.first }) { await task.value }
  }
}
