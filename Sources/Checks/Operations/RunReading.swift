import Guards
import Records
import Store

/// Reads what is known of the items of a run, so many items at a time.
struct RunReading {
  /// Memory is bounded by these items and what is known of them, not by the run.
  static let step = 10_000

  let run: RunRecord
  let policy: SilentFailure.Policy
  private let volatile: Set<String>

  init(_ run: RunRecord, _ policy: SilentFailure.Policy) {
    self.run = run
    self.policy = policy
    volatile = Set(policy.volatileArgs.map(\.identifier))
  }

  /// One item with its record and what is known of it.
  struct Item {
    let id: RecordID
    let record: ItemRecord
    let evidence: ItemEvidence
  }

  /// Hands out the items by the bytes of their ids.
  func forEachItem(_ ledger: Snapshot, _ body: (Item) throws -> Void) throws {
    var last: String?
    while true {
      let items = try ledger.items(ofRun: run.runID, after: last, limit: RunReading.step)
      guard let first = items.first, let end = items.last else { return }
      last = end.item.itemID
      var evidence: [String: ItemEvidence] = [:]
      for (_, item) in items {
        var known = evidence[item.itemID] ?? ItemEvidence()
        known.declaredSteps = item.declaredSteps
        known.deadline = item.deadlineAt
        known.budget = item.budget
        evidence[item.itemID] = known
      }
      let range = ItemRange(run: run.runID, first: first.item.itemID, last: end.item.itemID)
      try add(to: &evidence, range, ledger)
      var done: Set<String> = []
      for (id, item) in items where done.insert(item.itemID).inserted {
        try body(Item(id: id, record: item, evidence: evidence[item.itemID] ?? ItemEvidence()))
      }
      if items.count < RunReading.step { return }
    }
  }

  private func add(to evidence: inout [String: ItemEvidence], _ range: ItemRange, _ ledger: Snapshot) throws {
    var window = Window(ledger.asOf)
    let attempts = try addAttempts(to: &evidence, range, ledger, &window)
    let keys = try addReceipts(to: &evidence, range, ledger, &window)
    try ledger.forEachHeartbeat(of: range) { beat in
      guard let item = beat.itemID ?? beat.attemptID.flatMap({ attempts[$0] }), let marker = beat.progress else {
        return
      }
      window.add(beat.at)
      evidence[item]?.progress.append(ItemEvidence.Progress(marker, at: beat.at))
    }
    try addChecks(to: &evidence, range, ledger)
    guard let times = window.range else { return }
    try ledger.forEachToolCall(in: times) { span in
      guard let item = self.item(of: span, keys), evidence[item] != nil else { return }
      evidence[item]?.calls.append(call(span, item: item))
      if let cost = span.cost, cost.currency == "USD" { evidence[item]?.cost += cost.units }
    }
  }

  /// When the items were worked on, with an hour before it: calls begin before what comes of them.
  private struct Window {
    private let asOf: Instant
    private var first: Instant?

    init(_ asOf: Instant) { self.asOf = asOf }

    mutating func add(_ time: Instant) { first = min(first ?? time, time) }

    var range: ClosedRange<Instant>? {
      guard let first, first <= asOf else { return nil }
      return (first.advanced(by: .seconds(-3600)) ?? first)...asOf
    }
  }

  /// - Returns: the items of the attempts.
  private func addAttempts(
    to evidence: inout [String: ItemEvidence], _ range: ItemRange, _ ledger: Snapshot, _ window: inout Window
  ) throws -> [String: String] {
    var items: [String: String] = [:]
    var tries: [String: [String: Int]] = [:]
    try ledger.forEachAttempt(at: range) { attempt in
      guard evidence[attempt.itemID] != nil, attempt.claimedAt <= ledger.asOf else { return }
      window.add(attempt.claimedAt)
      items[attempt.attemptID] = attempt.itemID
      tries[attempt.itemID, default: [:]][attempt.stepID ?? "", default: 0] += 1
      // Of attempts that were taken at one instant the later row counts.
      if let known = evidence[attempt.itemID]?.claimedAt, known > attempt.claimedAt { return }
      evidence[attempt.itemID]?.claimedAt = attempt.claimedAt
      evidence[attempt.itemID]?.claim =
        switch attempt.statusClaimed {
        case "succeeded", "degraded": .complete
        case "failed": .failed
        case "cancelled": .cancelled
        default: .open
        }
    }
    for (item, steps) in tries { evidence[item]?.attempts = steps.values.max() ?? 0 }
    return items
  }

  /// - Returns: the items of the receipts' keys.
  private func addReceipts(
    to evidence: inout [String: ItemEvidence], _ range: ItemRange, _ ledger: Snapshot, _ window: inout Window
  ) throws -> [String: String] {
    var places: [String: (item: String, place: Int)] = [:]
    var replaced: [String] = []
    var keys: [String: String] = [:]
    try ledger.forEachReceipt(for: range) { receipt in
      guard let known = evidence[receipt.itemID], receipt.at <= ledger.asOf else { return }
      window.add(receipt.at)
      places[receipt.receiptID] = (receipt.itemID, known.receipts.count)
      if let older = receipt.supersedes { replaced.append(older) }
      if let key = receipt.idempotencyKey { keys[key] = receipt.itemID }
      evidence[receipt.itemID]?.receipts.append(
        ItemEvidence.Receipt(
          step: receipt.stepID, output: receipt.outputName, key: receipt.idempotencyKey,
          effect: receipt.effectReference, readBack: receipt.confirmation, at: receipt.at))
    }
    for place in replaced.compactMap({ places[$0] }) { evidence[place.item]?.receipts[place.place].isReplaced = true }
    return keys
  }

  private func addChecks(
    to evidence: inout [String: ItemEvidence], _ range: ItemRange, _ ledger: Snapshot
  ) throws {
    var newest: [String: Instant] = [:]
    let prefix = run.runID + "/"
    try ledger.forEachAnnotation(named: "output_check", on: range) { annotation in
      let isQualified = annotation.subject.hasPrefix(prefix)
      let item = isQualified ? String(annotation.subject.dropFirst(prefix.count)) : annotation.subject
      guard evidence[item] != nil, annotation.at <= ledger.asOf, let passed = annotation.value.isPass else { return }
      let attributes = annotation.attributes.flatMap { try? JSONValue(parsing: $0) }
      if let named = attributes?["run_id"]?.text, named != run.runID { return }
      // One annotation may speak for several checks.
      for check in annotation.reasonTags.isEmpty ? ["unnamed"] : annotation.reasonTags {
        let key = "\(item)\u{0}\(check)"
        if let known = newest[key], known > annotation.at { continue }
        newest[key] = annotation.at
        evidence[item]?.checks[check] = passed
      }
    }
  }

  // MARK: Calls

  /// By `run_id` and `item_id` among the span's attributes or tags, else by the key of a receipt.
  private func item(of span: SpanRecord, _ keys: [String: String]) -> String? {
    let isNamed = span.attributes?.contains("\"run_id\"") == true || span.tags.canonical.contains("\"run_id\"")
    if isNamed {
      let attributes = span.attributes.flatMap { try? JSONValue(parsing: $0) }
      let tags = span.tags.values
      guard (attributes?["run_id"]?.text ?? tags["run_id"]) == run.runID else { return nil }
      if let item = attributes?["item_id"]?.text ?? tags["item_id"] ?? span.subject { return item }
    }
    return span.idempotencyKey.flatMap { keys[$0] }
  }

  private func call(_ span: SpanRecord, item: String) -> ItemEvidence.Call {
    let attributes = span.attributes.flatMap { try? JSONValue(parsing: $0) }
    let tool = span.tool ?? span.name
    let step = attributes?["step_id"]?.text ?? span.tags.values["step_id"] ?? ""
    var call = ItemEvidence.Call(key: span.idempotencyKey, at: span.startedAt)
    if let arguments = attributes?["args"] {
      call.signature = IntentKey.canonical(arguments, without: volatile).map { "\(tool)\u{0}\($0)" }
      call.intent =
        IntentKey.digest(
          run: run.runID, item: item, step: step, tool: tool, arguments: arguments, volatile: volatile
        )?.description
    } else if let digest = attributes?["args_sha256"]?.text {
      // The arguments as they were sent: equal ones are equal, though those that differ by what is volatile go unseen.
      call.signature = "\(tool)\u{0}\(digest)"
      call.intent = "\(step)\u{0}\(tool)\u{0}\(digest)"
    }
    return call
  }
}

extension ReceiptRecord {
  /// What reading back said. An object that is not the claimed one refutes the receipt, whatever `ok` says.
  fileprivate var confirmation: ItemEvidence.Receipt.ReadBack {
    guard let readBack, let seen = try? JSONValue(parsing: readBack) else { return .none }
    if seen["exists"]?.truth == false || seen["ok"]?.truth == false { return .refuted }
    if let found = seen["sha256"]?.text, let sha256, found.lowercased() != sha256.lowercased() { return .refuted }
    if let found = seen["bytes"]?.whole, let bytes, found != bytes { return .refuted }
    return seen["ok"]?.truth == true ? .confirmed : .none
  }
}
