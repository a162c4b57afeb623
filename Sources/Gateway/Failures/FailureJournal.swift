internal import Guards
internal import Records
public import Store
internal import Synchronization

/// Writes into the ledger when a failure budget is spent, and when it is so no more: each is a record of kind `change`.
///
/// Several servers of a ledger see the same at moments of their own, and so does one that starts anew. What was last written says
/// how the budget stands; a server whose reading has come to say something else, or that has just begun to read, writes that, unless
/// it is written by then. Looking and writing are one transaction: whoever comes second finds that it is said.
///
/// | this server's reading | it stood so at the reading before | last written | written |
/// |---|---|---|---|
/// | spent | no, or there was none | nothing, fine, burning | … → spent |
/// | fine, burning | no, or there was none | spent | spent → … |
/// | any | yes | anything | nothing: another server has come to say something else, and knows more, or will know less soon |
/// | any | any | the same | nothing |
public final class FailureJournal: Sendable {
  private let ledger: Ledger
  private let reception: Reception
  private let onLoss: @Sendable (_ problem: String) -> Void
  /// By budget: whether it was spent when this server last looked, and the ledger said so.
  private let known = Mutex<[String: Bool]>([:])

  /// What its records say that they are about.
  static let subject = "failure_budget"
  private static let source = "failure budgets"
  /// Changes that are looked at together.
  private static let atOnce = 500

  /// - Parameters:
  ///   - reception: what is done to records before they are kept.
  ///   - onLoss: is told of changes that could not be written. They are written at the next reading.
  public init(
    _ ledger: Ledger, _ reception: Reception, onLoss: @escaping @Sendable (_ problem: String) -> Void = { _ in }
  ) {
    self.ledger = ledger
    self.reception = reception
    self.onLoss = onLoss
  }

  /// Writes what has changed since the reading before.
  public func follow(_ desk: FailureDesk) async {
    let (board, known) = (desk.standings, known.withLock(\.self))
    let turned = Set(
      board.standings.compactMap { name, standing in known[name] != (standing.state == .spent) ? name : nil })
    // Figures cost more than a look, and hardly ever is there something to write.
    guard !turned.isEmpty else { return }
    let isWhole = board.isWhole
    for reading in desk.readings() where turned.contains(reading.entry.rule.name) {
      let (name, isSpent) = (reading.entry.rule.name, reading.state == .spent)
      let before = known[name]
      do {
        // Whoever could not read all that counts does not know that it is over.
        if before != nil || isSpent || isWhole { try await write(reading, at: desk.clock()) }
        self.known.withLock { $0[name] = isSpent }
      } catch {
        onLoss("\(error)")
      }
    }
  }

  private func write(_ reading: FailureDesk.Reading, at now: Instant) async throws {
    let (name, isSpent) = (reading.entry.rule.name, reading.state == .spent)
    // Hardly ever is there something to write: others need not wait for a look.
    let last = try await ledger.read { try FailureJournal.lastState(of: name, $0) }
    guard (last == FailureMeter.State.spent.rawValue) != isSpent else { return }
    try await ledger.append(source: FailureJournal.source) { [reception] snapshot, appender in
      let last = try FailureJournal.lastState(of: name, snapshot)
      guard (last == FailureMeter.State.spent.rawValue) != isSpent else { return }
      var batch = RecordBatch()
      batch.receive(
        .change(FailureJournal.change(reading, from: last ?? FailureMeter.State.fine.rawValue, now).record))
      reception.prepare(&batch)
      for record in batch.records { try appender.append(record) }
    }
  }

  /// As it was last written; nil where nothing ever was.
  private static func lastState(of name: String, _ snapshot: Snapshot) throws -> String? {
    var last: String?
    try GuardChange.newest(of: snapshot, atOnce: atOnce) { changes in
      last = changes.first { GuardChange.facts(subject, of: $0)?["budget"]?.text == name }?.to
      return last != nil
    }
    return last
  }

  private static func change(_ reading: FailureDesk.Reading, from last: String, _ now: Instant) -> GuardChange {
    let rule = reading.entry.rule
    var facts = JSONObject()
    facts["budget"] = .string(rule.name)
    facts["subject"] = .string(rule.subject.text)
    facts["mode"] = .string(rule.mode.rawValue)
    facts["rate"] = .number(rule.rate)
    facts["per"] = .string(FailureFigures.text(rule.period))
    FailureFigures.add(reading.whole, to: &facts)
    facts["confidence"] = .number(rule.confidence)
    facts["moves_on_at"] = reading.recovery.map { .string($0.description) }
    return GuardChange(
      from: last, to: reading.state.rawValue, reason: reason(reading), at: reading.since ?? now,
      subject: (subject, facts))
  }

  private static func reason(_ reading: FailureDesk.Reading) -> String {
    let (rule, whole) = (reading.entry.rule, reading.whole)
    let tolerated = "\(FailureFigures.text(rule.rate)) a call is tolerated in \(FailureFigures.text(rule.period))"
    guard let mean = whole.mean else { return "\(tolerated), and no call of that time is left" }
    let calls = whole.calls == 1 ? "its call weighs" : "its \(whole.calls) calls weigh"
    let weight = "\(tolerated), and \(calls) \(FailureFigures.text(mean)) on average"
    guard reading.state == .spent else { return weight }
    return
      "\(weight), at least \(FailureFigures.text(whole.low)) (\(FailureFigures.text(rule.confidence * 100)) % confidence)"
  }
}
