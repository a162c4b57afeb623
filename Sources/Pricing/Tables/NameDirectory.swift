/// Models by their exact names, each with the provider that it is of: the form of LiteLLM's map.
///
/// A model of a provider is looked for as `provider/model`, then as `model` in a row of that provider; where no provider is
/// said, by its name alone. Upper and lower case are the same.
public struct NameDirectory: PriceDirectory {
  public struct Row: Sendable {
    /// As the table calls it; nil when it does not say.
    public var provider: String?
    public var prices: ModelPrices

    public init(provider: String?, _ prices: ModelPrices) {
      self.provider = provider
      self.prices = prices
    }
  }

  private let rows: [String: Row]
  /// Of providers, by id, what stands before the names of their models.
  private let prefixes: [String: [String]]

  /// Of rows with the same name the last counts, as in JSON.
  public init(_ rows: [Row]) {
    self.rows = Dictionary(rows.map { ($0.prices.id.lowercased(), $0) }) { _, last in last }
    var prefixes: [String: [String]] = [:]
    for row in rows {
      guard let (prefix, _) = NamePrefix.split(row.prices.id.lowercased()), let id = ProviderName(prefix)?.id,
        prefixes[id]?.contains(prefix) != true
      else { continue }
      prefixes[id, default: []].append(prefix)
    }
    self.prefixes = prefixes.mapValues { $0.sorted() }
  }

  public var count: Int { rows.count }

  public func prices(of model: String, provider: ProviderName?) -> Result<ModelPrices, PriceGap> {
    var name = model.lowercased()
    if name.hasPrefix("models/") { name.removeFirst("models/".count) }
    guard let provider else {
      return rows[name].map { .success($0.prices) } ?? .failure(.unknownModel(model: model, provider: nil))
    }
    let ownPrefixes = [provider.reported] + prefixes[provider.id, default: []].filter { $0 != provider.reported }
    for prefix in ownPrefixes {
      if let row = rows["\(prefix)/\(name)"] { return .success(row.prices) }
    }
    if let row = rows[name], row.provider.map({ NameDirectory.isOf(provider, $0) }) ?? true {
      return .success(row.prices)
    }
    return .failure(.unknownModel(model: model, provider: provider.reported))
  }

  /// Whether a row's provider is the one that is asked for: `vertex_ai-language-models` is Vertex AI.
  private static func isOf(_ provider: ProviderName, _ row: String) -> Bool {
    let row = row.lowercased()
    if row == provider.reported { return true }
    let first = row.split(separator: "-").first.map(String.init) ?? row
    return ProviderName(row)?.id == provider.id || ProviderName(first)?.id == provider.id
  }
}
