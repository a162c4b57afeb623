internal import Guards
internal import Records
public import Store
internal import Synchronization

/// Opens an incident in the ledger for a canary that crossed from one tenant to another: one a day for each canary and each who was
/// told it. It names the canary by its place in `tally.yaml`, and says nothing of its text.
public final class LeakJournal: Sendable {
  private struct Crossing: Hashable {
    let owner: String
    let number: Int
    let toldTo: String?
    let day: Int64
  }

  private struct State {
    var opened: Set<Crossing> = []
    var writing: [Int: Task<Void, Never>] = [:]
    var isEnding = false
    var next = 0
  }

  private let ledger: GroupCommit
  private let reception: Reception
  private let onLoss: @Sendable (_ problem: String) -> Void
  private let state = Mutex(State())

  static let signal = "canary"
  private static let day: Int64 = 86_400_000_000_000
  /// Crossings that are remembered; beyond, they are forgotten and may be opened again.
  private static let mostOpened = 65_536

  /// - Parameters:
  ///   - reception: what is done to records before they are kept.
  ///   - onLoss: is told of incidents that could not be written.
  public init(
    _ ledger: GroupCommit, _ reception: Reception, onLoss: @escaping @Sendable (_ problem: String) -> Void = { _ in }
  ) {
    self.ledger = ledger
    self.reception = reception
    self.onLoss = onLoss
  }

  /// - Parameter wasHeld: whether the words that hold it were kept back.
  public func open(_ call: CallSpan, wasHeld: Bool) {
    let tenant = call.principal.tenant ?? call.notes.tenant
    let incidents = state.withLock { state -> [(Crossing, IncidentRecord)] in
      if state.opened.count > LeakJournal.mostOpened { state.opened = [] }
      return call.canaries.compactMap { hit in
        let crossing = Crossing(
          owner: hit.owner, number: hit.number, toldTo: tenant, day: call.startedAt.nanoseconds / LeakJournal.day)
        guard state.opened.insert(crossing).inserted else { return nil }
        return (crossing, LeakJournal.incident(hit, call, toldTo: tenant, wasHeld: wasHeld))
      }
    }
    guard !incidents.isEmpty else { return }
    state.withLock { state in
      let number = state.next
      state.next += 1
      state.writing[number] = Task { [self] in
        await write(incidents)
        self.state.withLock { $0.writing[number] = nil }
      }
    }
  }

  private func write(_ incidents: [(crossing: Crossing, record: IncidentRecord)]) async {
    var batch = RecordBatch()
    for incident in incidents { batch.receive(.incident(incident.record)) }
    _ = reception.prepare(&batch)
    var pause = Duration.milliseconds(50)
    while true {
      do {
        let receipt = try await ledger.append(batch, source: "canaries")
        if let refusal = receipt.refusals.first { onLoss(refusal.problem) }
        return
      } catch let error as LedgerError where error.mayPass && !state.withLock(\.isEnding) {
        try? await Task.sleep(for: pause)
        pause = min(pause * 2, .seconds(5))
      } catch {
        // The next crossing opens it.
        state.withLock { $0.opened.subtract(incidents.map(\.crossing)) }
        return onLoss("\(error)")
      }
    }
  }

  /// Neither tenant's: each would learn of the other.
  private static func incident(
    _ hit: CanaryList.Hit, _ call: CallSpan, toldTo tenant: String?, wasHeld: Bool
  ) -> IncidentRecord {
    var incident = IncidentRecord()
    incident.incidentID = "leak-\(call.traceID)-\(call.spanID)-\(hit.owner)-\(hit.number)"
    incident.signal = LeakJournal.signal
    incident.feature = call.feature
    incident.state = "open"
    incident.severity = "SEV1"
    incident.harm = 4
    incident.isIrreversible = !wasHeld
    incident.onsetAt = call.startedAt
    incident.openedAt = call.startedAt.advanced(by: call.elapsed)
    incident.at = incident.openedAt ?? call.startedAt
    var leak = JSONObject()
    leak["owner"] = .string(hit.owner)
    leak["canary"] = .integer(Int64(hit.number))
    leak["told_to"] = tenant.map(JSONValue.string) ?? .null
    leak["was_held_back"] = .bool(wasHeld)
    leak["trace_id"] = .string(call.traceID)
    leak["span_id"] = .string(call.spanID)
    var attributes = JSONObject()
    attributes["leak"] = .object(leak)
    incident.attributes = try? JSONValue.object(attributes).canonical()
    return incident
  }

  /// Returns when everything is written that can be.
  public func drain() async {
    state.withLock { $0.isEnding = true }
    while let task = state.withLock({ $0.writing.values.first }) { await task.value }
  }
}
