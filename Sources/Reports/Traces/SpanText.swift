internal import Records

/// What columns say of a span.
enum SpanText {
  /// A tool by its own name: the operation's is the same for all tools.
  static func name(_ span: SpanRecord) -> String { span.tool ?? span.name }

  /// What answered, or else what was asked for.
  static func model(_ span: SpanRecord) -> String { span.modelServed ?? span.modelRequested ?? "-" }

  static func count(_ value: Int64?) -> String { value.map { NumberFormat.count(Int($0)) } ?? "-" }

  /// An amount of another currency than dollars keeps its name.
  static func amount(_ money: Money) -> String {
    money.currency == "USD" ? "$\(Money.decimal(money.units))" : money.description
  }

  /// What a span costs by the prices, else what its exporter stated, marked `*`; an unknown cost is unknown, never nothing.
  static func cost(_ span: SpanRecord, _ cost: CostRecord?) -> String {
    if let amount = cost?.amount { return SpanText.amount(amount) }
    if let stated = span.cost { return SpanText.amount(stated) + "*" }
    return cost == nil ? "-" : "unknown"
  }

  /// The beginning of the version of the prices, by which tables are told apart.
  static func prices(_ cost: CostRecord?) -> String {
    guard let cost, cost.amount != nil, let version = cost.priceVersion else { return "-" }
    return String(version.prefix(8))
  }

  /// "840 ms", "2.31 s", "3 min 20 s".
  static func duration(_ duration: Duration) -> String {
    let milliseconds = Double(duration.components.seconds) * 1e3 + Double(duration.components.attoseconds) / 1e15
    if milliseconds < 1 { return "\(NumberFormat.plain(milliseconds, decimals: 2)) ms" }
    if milliseconds < 1_000 { return "\(NumberFormat.plain(milliseconds, decimals: 0)) ms" }
    if milliseconds < 100_000 { return "\(NumberFormat.plain(milliseconds / 1e3, decimals: 2)) s" }
    let seconds = Int(milliseconds / 1e3)
    return "\(seconds / 60) min \(seconds % 60) s"
  }

  static func joined(_ parts: [String?]) -> String? {
    let known = parts.compactMap(\.self)
    return known.isEmpty ? nil : known.joined(separator: ", ")
  }

  /// "3 chunks, 2 of them in the context: doc-1, doc-2"; nothing found is said, nothing recorded is not.
  static func retrieved(_ list: String?) -> String? {
    guard let list, case .array(let chunks)? = try? Records.JSONValue(parsing: list) else { return nil }
    if chunks.isEmpty { return "ran and found nothing" }
    let used = chunks.filter { $0["in_context"] == .bool(true) }.count
    let names = chunks.compactMap { $0["doc_id"]?.text ?? $0["chunk_id"]?.text }
    let more = names.count > 8 ? " and \(names.count - 8) more" : ""
    return "\(chunks.count) \(chunks.count == 1 ? "chunk" : "chunks"), \(used) of them in the context: "
      + names.prefix(8).joined(separator: ", ") + more
  }
}
