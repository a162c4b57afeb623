import Pricing
import Records
import Store

/// What pricing calls anew changed, as sentences for people or as JSON (`tally.reprice/1`).
struct RepriceReport {
  let ledger: String
  let isDryRun: Bool
  let since: Instant?
  let until: Instant?
  let tables: [PriceTable]

  /// Calls of models that were looked at.
  private(set) var calls = 0
  /// Among them: those that got a cost for the first time, those whose cost changed, and those that kept theirs.
  private(set) var first = 0
  private(set) var changed = 0
  private(set) var same = 0
  /// Known costs by currency, before and after.
  private(set) var before = CostSums()
  private(set) var after = CostSums()
  private(set) var commits = 0
  private var named: Set<SHA256Digest> = []

  init(ledger: String, isDryRun: Bool, since: Instant?, until: Instant?, tables: [PriceTable]) {
    self.ledger = ledger
    self.isDryRun = isDryRun
    self.since = since
    self.until = until
    self.tables = tables
  }

  /// Prices a page of spans.
  /// - Parameter costs: what they cost so far.
  /// - Returns: the costs that differ from those.
  mutating func add(_ spans: [SpanRecord], _ costs: [CostRecord?], _ pricing: SpanPricing) -> [CostRecord] {
    var differing: [CostRecord] = []
    for (span, old) in zip(spans, costs) {
      guard let new = pricing.cost(of: span) else { continue }
      calls += 1
      if let old { before.add(old) } else { before.add(unpriced: span) }
      after.add(new)
      if let old, new.costsTheSame(as: old) {
        same += 1
        continue
      }
      if old == nil { first += 1 } else { changed += 1 }
      differing.append(new)
    }
    return differing
  }

  /// The tables that these costs name and that no earlier ones did.
  mutating func newTables(of costs: [CostRecord]) -> [PriceTable] {
    let versions = Set(costs.compactMap(\.priceVersion))
    return tables.filter { versions.contains($0.version.description) && named.insert($0.version).inserted }
  }

  mutating func note(_ receipt: AppendReceipt) {
    if receipt.commit != nil { commits += 1 }
  }

  // MARK: Text

  var text: String {
    guard calls > 0 else { return "No calls of models \(window)in \(ledger): nothing to price." }
    var lines = [headline, "  before  \(before.text)", "  now     \(after.text)"]
    let reasons = after.reasons
    if !reasons.isEmpty {
      lines.append("Unknown costs are not nothing; \(RepriceReport.count(after.unknown, "call")) of these have one:")
      for (reason, count) in reasons.prefix(20) { lines.append("  \(count)  \(reason)") }
      if reasons.count > 20 { lines.append("  … and \(reasons.count - 20) more reasons") }
    }
    let names = tables.map { "\($0.source) (\($0.version.description.prefix(12)))" }.joined(separator: ", ")
    lines.append("Prices: \(names).")
    return lines.joined(separator: "\n")
  }

  private var headline: String {
    let writes = first + changed
    let seen = "\(RepriceReport.count(calls, "call")) of models \(window)in \(ledger)"
    if writes == 0 { return "Nothing changed: \(seen) cost what they did." }
    let verb = isDryRun ? "Would price" : "Priced"
    var parts: [String] = []
    if changed > 0 { parts.append("\(changed) \(isDryRun ? "would change" : "changed")") }
    if first > 0 { parts.append("\(first) for the first time") }
    if same > 0 { parts.append("\(same) as before") }
    let tail = isDryRun ? "; nothing was written" : ""
    return "\(verb) \(seen): \(parts.joined(separator: ", "))\(tail)."
  }

  private var window: String {
    switch (since, until) {
    case (let since?, let until?): "from \(since) until \(until) "
    case (let since?, nil): "since \(since) "
    case (nil, let until?): "until \(until) "
    case (nil, nil): ""
    }
  }

  static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  // MARK: JSON

  var json: JSONValue {
    var object = JSONObject()
    object["schema"] = "tally.reprice/1"
    object["ledger"] = .string(ledger)
    object["dry_run"] = .bool(isDryRun)
    object["since"] = since.map { .string($0.description) } ?? .null
    object["until"] = until.map { .string($0.description) } ?? .null
    object["calls"] = .integer(Int64(calls))
    object["first"] = .integer(Int64(first))
    object["changed"] = .integer(Int64(changed))
    object["same"] = .integer(Int64(same))
    object["commits"] = .integer(Int64(commits))
    object["before"] = before.json
    object["after"] = after.json
    object["tables"] = .array(
      tables.map { ["source": .string($0.source), "version": .string($0.version.description)] })
    return .object(object)
  }
}

/// Costs added up, by currency, and how many are unknown and why.
struct CostSums {
  /// In 10⁻¹² of the currency.
  private var units: [String: Int128] = [:]
  private(set) var unknown = 0
  private var counts: [String: Int] = [:]

  mutating func add(_ cost: CostRecord) {
    guard let amount = cost.amount else {
      unknown += 1
      counts[cost.reason ?? "", default: 0] += 1
      return
    }
    // A record holds at most 10⁹: sums of all of them stay far within 128 bits.
    units[amount.currency, default: 0] += amount.units
  }

  mutating func add(unpriced span: SpanRecord) {
    unknown += 1
    counts["it was not priced", default: 0] += 1
  }

  /// Reasons of unknown costs, the most frequent first.
  var reasons: [(reason: String, count: Int)] {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { (reason: $0.key, count: $0.value) }
  }

  var amounts: [Money] {
    units.sorted { $0.key < $1.key }.compactMap { Money(units: $0.value, currency: $0.key) }
  }

  var text: String {
    let known = amounts.isEmpty ? "nothing known" : amounts.map(\.description).joined(separator: " and ")
    return unknown == 0 ? known : "\(known), and \(RepriceReport.count(unknown, "call")) of unknown cost"
  }

  var json: JSONValue {
    var known = JSONObject()
    for amount in amounts { known[amount.currency] = .string(Money.decimal(amount.units)) }
    return [
      "known": .object(known), "unknown": .integer(Int64(unknown)),
      "reasons": .array(reasons.map { ["reason": .string($0.reason), "calls": .integer(Int64($0.count))] }),
    ]
  }
}
