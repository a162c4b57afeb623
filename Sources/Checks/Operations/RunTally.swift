import Guards
import Records

/// The items of one run, folded. Memory does not grow with the run.
struct RunTally {
  /// An item that is not done, for the table.
  struct Problem {
    let item: String
    let status: ItemStatus
    let isHidden: Bool
    let isDeadLetter: Bool
    let attempts: Int
    /// The last step that was proved.
    let lastGood: String?
    let cost: Int128
  }

  /// How many items are named.
  static let shown = 50

  private(set) var items = 0
  private(set) var claimed = 0
  private(set) var failed = 0
  private(set) var verified = 0
  private(set) var withReceipts = 0
  /// Items that declare no steps, so that nothing proves them done.
  private(set) var undeclared = 0
  /// Claimed complete and shown not to be: by an effect, a receipt or an output check; by missing proof alone.
  private(set) var refuted = 0
  private(set) var unproved = 0
  /// Claimed complete and without declared steps, with nothing against them.
  private(set) var undecided = 0
  /// Items by what is wrong, with some of their names; of all, and of those claimed complete.
  private(set) var classes: [ItemStatus.Class: Names] = [:]
  private(set) var claimedClasses: [ItemStatus.Class: Names] = [:]
  private(set) var exhausted = Names()
  private(set) var retryable = Names()
  private(set) var keyPerCall = Names()
  /// Items that nobody has finished or given up.
  private(set) var unfinished = Names()
  /// Items claimed complete that have a word of every configured output check, and those of them that all pass.
  private(set) var audited = 0
  private(set) var auditedClean = 0
  /// Attempts beyond those that are allowed.
  private(set) var attemptsBeyond = 0
  private(set) var problems: [Problem] = []
  private(set) var evidence: [RecordID] = []

  struct Names {
    var count = 0
    var first: [String] = []

    mutating func add(_ name: String) {
      count += 1
      if first.count < 5 { first.append(name) }
    }

    var listed: String {
      first.joined(separator: ", ") + (count > first.count ? " and \(count - first.count) more" : "")
    }
  }

  var allVerified: Bool { items > 0 && verified == items }

  mutating func add(_ item: RunReading.Item, _ policy: SilentFailure.Policy, asOf: Instant) {
    let evidence = item.evidence
    let status = ItemStatus(evidence, rules: policy.rules, asOf: asOf)
    let name = item.record.itemID
    items += 1
    if !evidence.receipts.isEmpty { withReceipts += 1 }
    if status.isVerified { verified += 1 }
    if evidence.declaredSteps.isEmpty { undeclared += 1 }
    if status.usesKeyPerCall { keyPerCall.add(name) }
    attemptsBeyond += max(0, evidence.attempts - policy.attemptsMax)
    var isHidden = false
    if status.claimsComplete {
      claimed += 1
      isHidden = addClaim(status, evidence, policy)
    }
    if !status.isVerified, evidence.claim == .none || evidence.claim == .open { unfinished.add(name) }
    let hasFailed = evidence.claim == .failed && !status.isVerified
    let isDeadLetter = hasFailed && !status.hasAttemptsLeft
    if hasFailed {
      failed += 1
      if status.hasAttemptsLeft { retryable.add(name) } else { exhausted.add(name) }
    }
    for one in status.classes {
      let shown = one == .partial ? "\(name) (\(NumberWords.list(status.missing)))" : name
      classes[one, default: Names()].add(shown)
      if isHidden { claimedClasses[one, default: Names()].add(shown) }
    }
    guard !status.classes.isEmpty else { return }
    if self.evidence.count < RunTally.shown { self.evidence.append(item.id) }
    if problems.count < RunTally.shown {
      let good = evidence.receipts.filter { $0.readBack == .confirmed }.greatest(by: \.at)?.step
      problems.append(
        Problem(
          item: name, status: status, isHidden: isHidden, isDeadLetter: isDeadLetter, attempts: evidence.attempts,
          lastGood: good, cost: evidence.cost))
    }
  }

  /// - Returns: whether it is a hidden failure, as far as one item can say.
  private mutating func addClaim(
    _ status: ItemStatus, _ evidence: ItemEvidence, _ policy: SilentFailure.Policy
  ) -> Bool {
    let isAudited = !policy.outputChecks.isEmpty && policy.outputChecks.allSatisfy { evidence.checks[$0] != nil }
    if isAudited {
      audited += 1
      if evidence.checks.values.allSatisfy(\.self) { auditedClean += 1 }
    }
    guard !status.isVerified else { return false }
    let isRefuted = status.classes.contains { one in
      switch one {
      case .duplicate, .falseSuccess, .semantic: true
      default: false
      }
    }
    if isRefuted {
      refuted += 1
    } else if evidence.declaredSteps.isEmpty {
      undecided += 1
      return false
    } else {
      unproved += 1
    }
    return true
  }

  /// Hidden failures. Without a single receipt in the run nobody kept any, and their absence shows nothing.
  var hidden: Int { withReceipts > 0 ? refuted + unproved : refuted }

  /// Items claimed complete that can be told verified or not.
  var judged: Int { claimed - undecided - (withReceipts > 0 ? 0 : unproved) }
}
