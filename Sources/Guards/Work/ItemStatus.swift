public import Records

/// How one unit of batch work stands. It follows from evidence alone: what a worker says of itself is a claim.
///
/// Source: the `silent-failure` specification, "Computes".
public struct ItemStatus: Sendable, Equatable {
  /// What may be wrong, the gravest first.
  public enum Class: Sendable, Hashable {
    /// One intent took effect more than once.
    case duplicate
    /// What a receipt claims was looked for, and is not there or is something else.
    case falseSuccess
    /// An output check failed.
    case semantic(String)
    /// The same call again and again, or many calls, without progress.
    case loop
    case budget
    /// Claimed complete, with steps that nobody has proved.
    case partial
    case stalled
    case timeout
    /// The last attempt failed, and what it should have done is not proved.
    case exception

    public var code: String {
      switch self {
      case .duplicate: "DUPLICATE"
      case .falseSuccess: "FALSE_SUCCESS"
      case .semantic: "SEMANTIC"
      case .loop: "LOOP"
      case .budget: "BUDGET"
      case .partial: "PARTIAL"
      case .stalled: "STALLED"
      case .timeout: "TIMEOUT"
      case .exception: "EXCEPTION"
      }
    }

    /// As people read it: `SEMANTIC(referential)`.
    public var name: String { if case .semantic(let check) = self { "SEMANTIC(\(check))" } else { code } }
  }

  /// The limits that decide.
  public struct Rules: Sendable, Equatable {
    /// Without progress for longer, an open item is stalled.
    public var stall: Duration
    public var attemptsMax: Int
    /// Equal calls without progress from which on it is a loop.
    public var loopRepeat: Int
    /// Calls of any kind without progress from which on it is a loop.
    public var noProgressSteps: Int

    public init(stall: Duration, attemptsMax: Int, loopRepeat: Int, noProgressSteps: Int) {
      self.stall = stall
      self.attemptsMax = attemptsMax
      self.loopRepeat = loopRepeat
      self.noProgressSteps = noProgressSteps
    }
  }

  /// All that apply; the first is the primary one. Empty: it is done (`isVerified`) or open.
  public let classes: [Class]
  /// Every declared step is proved, nothing took effect twice, no receipt is refuted, and no output check failed.
  public let isVerified: Bool
  public let claimsComplete: Bool
  /// Declared steps without a confirmed receipt.
  public let missing: [String]
  /// Equal intents came under different keys, so that nothing could stop a second effect.
  public let usesKeyPerCall: Bool
  public let hasAttemptsLeft: Bool
  /// How long nothing has moved, for an open item that somebody has taken.
  public let idle: Duration?

  /// O(n log n) in what is known of the item.
  public init(_ evidence: ItemEvidence, rules: Rules, asOf: Instant) {
    let confirmed = Set(
      evidence.receipts.filter { $0.readBack == .confirmed && !$0.isReplaced }.compactMap(\.step))
    missing = evidence.declaredSteps.filter { !confirmed.contains($0) }
    let intents = Intents(evidence.calls)
    usesKeyPerCall = intents.differ
    let isDuplicate = ItemStatus.hasDuplicate(evidence.receipts, intents)
    let isRefuted = evidence.receipts.contains { $0.isRefuted(among: evidence.receipts) }
    let failedChecks = evidence.checks.filter { !$0.value }.keys.sorted { ItemStatus.rank($0) < ItemStatus.rank($1) }
    isVerified =
      !evidence.declaredSteps.isEmpty && missing.isEmpty && !isDuplicate && !isRefuted && failedChecks.isEmpty
    claimsComplete = evidence.claim == .complete
    hasAttemptsLeft = evidence.attempts < rules.attemptsMax
    let last = ([evidence.claimedAt] + evidence.markers.map(Optional.some) + evidence.receipts.map(\.at))
      .compactMap(\.self).max()
    let isClosed = isVerified || [.complete, .failed, .cancelled].contains(evidence.claim)
    idle = isClosed || evidence.claim == .none ? nil : last.map { $0.duration(to: asOf) }

    var classes: [Class] = []
    if isDuplicate { classes.append(.duplicate) }
    if isRefuted { classes.append(.falseSuccess) }
    classes += failedChecks.map(Class.semantic)
    if ItemStatus.loops(evidence, rules) { classes.append(.loop) }
    if let budget = evidence.budget, evidence.cost > budget { classes.append(.budget) }
    if claimsComplete, !missing.isEmpty { classes.append(.partial) }
    if let idle, idle > rules.stall { classes.append(.stalled) }
    if let deadline = evidence.deadline, evidence.claim != .cancelled {
      let end = isVerified ? evidence.receipts.map(\.at).max() ?? asOf : asOf
      if end > deadline { classes.append(.timeout) }
    }
    if evidence.claim == .failed, !isVerified { classes.append(.exception) }
    self.classes = classes
  }

  /// The order in which checks are run, the cheapest first; others follow by name.
  private static func rank(_ check: String) -> String {
    let known = ["schema", "referential", "conservation", "coverage", "grounding"]
    return "\(known.firstIndex(of: check) ?? known.count) \(check)"
  }

  /// More than one effect under one intent. A given key stands for the intent that its call had.
  private static func hasDuplicate(_ receipts: [ItemEvidence.Receipt], _ intents: Intents) -> Bool {
    var effects: [String: Set<String>] = [:]
    for receipt in receipts {
      guard let key = receipt.key, let effect = receipt.effect else { continue }
      effects[intents.intent(of: key), default: []].insert(effect)
    }
    return effects.values.contains { $0.count > 1 }
  }

  private static func loops(_ evidence: ItemEvidence, _ rules: Rules) -> Bool {
    let marks = (evidence.markers + evidence.receipts.map(\.at)).sorted()
    var next = 0
    var equal: [String: Int] = [:]
    var all = 0
    for call in evidence.calls.sorted(by: { $0.at < $1.at }) {
      if next < marks.count, marks[next] <= call.at {
        while next < marks.count, marks[next] <= call.at { next += 1 }
        equal.removeAll(keepingCapacity: true)
        all = 0
      }
      all += 1
      if let signature = call.signature { equal[signature, default: 0] += 1 }
      let repeats = call.signature.flatMap { equal[$0] } ?? 0
      if repeats >= rules.loopRepeat || all >= rules.noProgressSteps { return true }
    }
    return false
  }

  /// Which keys came with which intents.
  private struct Intents {
    private var byKey: [String: String] = [:]
    private(set) var differ = false

    init(_ calls: [ItemEvidence.Call]) {
      var keys: [String: String] = [:]
      for call in calls {
        guard let intent = call.intent, let key = call.key else { continue }
        byKey[key] = intent
        if let known = keys[intent], known != key { differ = true }
        keys[intent] = key
      }
    }

    func intent(of key: String) -> String { byKey[key] ?? key }
  }
}

extension ItemEvidence {
  /// When work came on: the first time of each marker. A marker that is stated again is a sign of life and nothing more.
  var markers: [Instant] {
    var first: [String: Instant] = [:]
    for one in progress { first[one.marker] = min(first[one.marker] ?? one.at, one.at) }
    return Array(first.values)
  }
}

extension ItemEvidence.Receipt {
  /// Refuted, and neither replaced nor made good by a later, confirmed one of the same step and output.
  func isRefuted(among all: [ItemEvidence.Receipt]) -> Bool {
    guard readBack == .refuted, !isReplaced else { return false }
    return !all.contains {
      $0.readBack == .confirmed && !$0.isReplaced && $0.step == step && $0.output == output && $0.at > at
    }
  }
}
