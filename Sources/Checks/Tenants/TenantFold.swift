import Guards
import Project
import Records
import Store

/// What the traces of a window show of every tenant, trace by trace.
///
/// Holds counts by tenant and by minute, and one entry for each key of the cache; no spans.
struct TenantFold {
  struct Tenant {
    var calls = 0
    /// Tokens by `fair_weights`.
    var service: Int64 = 0
    /// Of up to 20,000 calls, in milliseconds.
    var latencies = BoundedList<Double>(limit: 20_000)
    /// Probes for its canaries, run as others.
    var probes = 0
    var leaks = 0
    var judged = 0
    var right = 0
  }

  /// A key of the cache by its hash, and who read it.
  private struct CacheKey: Hashable {
    let high: UInt64
    let low: UInt64
  }

  private let shared: Set<String>
  private let order: StageOrder
  private let policy: TenantIsolation.Policy
  private let canaries: CanaryList
  private let judgements: [String: Bool]
  private let ledger: Snapshot

  private(set) var tenants: [String: Tenant] = [:]
  private(set) var leaks = Sightings()
  private(set) var cache = Sightings()
  private(set) var filters = Sightings()
  private(set) var early = Sightings()
  private(set) var missing = Sightings()
  private(set) var probes = 0
  /// Probes whose answer was not recorded, or is erased.
  private(set) var unreadProbes = 0
  private(set) var staged = 0
  /// Traces that asked a model for a tenant, and say nothing of stages.
  private(set) var unstaged = 0
  /// Who was told whose, or read whose entry: (reader, owner) → times.
  private(set) var crossings: [[String]: Int] = [:]
  private(set) var noise: NeighbourNoise
  private var readers = BoundedMap<CacheKey, String>(limit: 400_000)

  init(
    _ project: NamedEntries<TenantSettings>, judgements: [String: Bool], _ ledger: Snapshot,
    _ policy: TenantIsolation.Policy
  ) {
    shared = Set(project.filter { $0.value.isolation == .shared }.map(\.id))
    canaries = CanaryList(project.map { ($0.id, $0.value.canaries) })
    order = StageOrder(policy.stages)
    noise = NeighbourNoise(slo: policy.latencySlo)
    self.policy = policy
    self.judgements = judgements
    self.ledger = ledger
  }

  mutating func add(_ trace: WindowTrace) throws {
    var asked = false
    for span in trace.ordered {
      if span.tenant != nil, TenantFold.isCall(span) { asked = true }
      try add(span)
    }
    guard order.isStaged(trace) else {
      if asked { unstaged += 1 }
      return
    }
    staged += 1
    for flaw in order.flaws(trace) {
      switch flaw {
      case .early(let stage, let before): early.add("\(stage) before the end of \(before)", trace.spans.first?.recordID)
      case .missing(let stage): missing.add(stage, trace.spans.first?.recordID)
      }
    }
  }

  private static func isCall(_ span: WindowSpan) -> Bool { span.kind == "chat" || span.kind == "completion" }

  private mutating func add(_ span: WindowSpan) throws {
    guard let tenant = span.tenant else { return }
    let attributes = span.attributes.flatMap { try? JSONValue(parsing: $0) }
    let probeOwner = attributes?["probe_owner"]?.text.flatMap { $0.isEmpty ? nil : $0.identifier }
    if TenantFold.isCall(span), probeOwner == nil { call(span, of: tenant) }
    if let isRight = judgements[span.spanID] {
      tenants[tenant, default: Tenant()].judged += 1
      if isRight { tenants[tenant, default: Tenant()].right += 1 }
    }
    if let probeOwner, probeOwner != tenant { try probe(span, run: tenant, owner: probeOwner) }
    if let key = attributes?["cache_key_sha256"]?.text, (span.cachedTokens ?? 0) > 0 { read(key, span, by: tenant) }
    if span.kind == "retrieval", attributes?["filter_tenant"]?.text?.identifier != tenant {
      filters.add(tenant, span.recordID)
    }
  }

  private mutating func call(_ span: WindowSpan, of tenant: String) {
    var seen = tenants[tenant] ?? Tenant()
    seen.calls += 1
    let cost = policy.fairWeights.weights.cost(input: span.inputTokens ?? 0, output: span.outputTokens ?? 0)
    seen.service = seen.service.addingReportingOverflow(cost).partialValue
    if let end = span.endedAt { seen.latencies.append(Double(end.nanoseconds - span.startedAt.nanoseconds) / 1e6) }
    tenants[tenant] = seen
    noise.add(span, of: tenant)
  }

  /// A question that is asked as one tenant, for what only another may know: a hit is a canary of any other.
  private mutating func probe(_ span: WindowSpan, run tenant: String, owner: String) throws {
    var text = TenantFold.texts(span.retrieved.flatMap { try? JSONValue(parsing: $0) })
    var isRead = false
    if let digest = span.contents.output, case .bytes(let bytes) = try ledger.content(digest, of: span) {
      let value = (try? JSONValue(parsing: bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
      text += TenantFold.texts(value)
      isRead = true
    }
    let hits = canaries.hits(in: text.joined(separator: "\n"), toldTo: tenant)
    // What was retrieved may give it away though nobody kept the answer; that it did not proves nothing.
    guard isRead || !hits.isEmpty else {
      unreadProbes += 1
      return
    }
    probes += 1
    tenants[owner, default: Tenant()].probes += 1
    guard !hits.isEmpty else { return }
    for told in Set(hits.map(\.owner)).orderedByBytes() {
      tenants[told, default: Tenant()].leaks += 1
      crossings[[tenant, told], default: 0] += 1
    }
    leaks.add(
      "\(tenant) was told what is \(Set(hits.map(\.owner)).orderedByBytes().joined(separator: " and "))'s",
      span.recordID)
  }

  /// All texts in a value, whatever they are called.
  private static func texts(_ value: JSONValue?) -> [String] {
    switch value {
    case .string(let text)?: [text]
    case .array(let elements)?: elements.flatMap { texts($0) }
    case .object(let object)?: object.members.flatMap { texts($0.value) }
    default: []
    }
  }

  private mutating func read(_ key: String, _ span: WindowSpan, by tenant: String) {
    let words = SHA256Digest(of: key).words
    let hash = CacheKey(high: words.0, low: words.1)
    guard let owner = readers[hash] else {
      readers.remember(tenant, for: hash)
      return
    }
    guard owner != tenant, !(shared.contains(owner) && shared.contains(tenant)) else { return }
    let pair = [owner, tenant].orderedByBytes()
    crossings[pair, default: 0] += 1
    cache.add(pair.joined(separator: " and "), span.recordID)
  }
}
