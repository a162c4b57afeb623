/// Models by provider, found by rules on their names: the form of the table of genai-prices.
///
/// The provider is asked for by its id, then by its rule; where none is said, the first whose rule fits the model's name counts.
/// In it, the first model whose rule fits counts; then those of the providers that it falls back to (Azure sells OpenAI's
/// models). A name that ends in a compact date (`-20251211`) is looked for with dashes too.
///
/// Source: https://github.com/pydantic/genai-prices, `find_provider_model`.
public struct RuleDirectory: PriceDirectory {
  public struct Provider: Sendable {
    public var id: String
    /// Which other names it has.
    public var names: NameRule?
    /// Names of models by which it is known where no provider is said.
    public var models: NameRule?
    public var offered: [Model] = []
    /// Ids of providers whose models it sells at their price.
    public var fallbacks: [String] = []

    public init(id: String) { self.id = id }
  }

  public struct Model: Sendable {
    public var rule: NameRule
    public var prices: ModelPrices

    public init(_ rule: NameRule, _ prices: ModelPrices) {
      self.rule = rule
      self.prices = prices
    }
  }

  private let providers: [Provider]
  private let places: [String: Int]

  /// Of providers with the same id the first counts.
  public init(_ providers: [Provider]) {
    self.providers = providers
    places = Dictionary(providers.enumerated().map { ($0.element.id, $0.offset) }) { first, _ in first }
  }

  public var count: Int { providers.reduce(0) { $0 + $1.offered.count } }

  public func prices(of model: String, provider: ProviderName?) -> Result<ModelPrices, PriceGap> {
    var name = model.lowercased()
    if name.hasPrefix("models/") { name.removeFirst("models/".count) }
    guard let provider else { return prices(ofUnsaid: name, model) }
    guard let place = place(of: provider) else { return .failure(.unknownProvider(provider.reported)) }
    if let found = find(name, in: providers[place]) { return .success(found) }
    // A gateway's prefix that says the provider again: `openai/gpt-4o` of openai.
    if let (prefix, rest) = NamePrefix.split(name), ProviderName(prefix)?.id == provider.id,
      let found = find(rest, in: providers[place])
    {
      return .success(found)
    }
    return .failure(.unknownModel(model: model, provider: providers[place].id))
  }

  private func prices(ofUnsaid name: String, _ model: String) -> Result<ModelPrices, PriceGap> {
    // The prefix of a name may say the provider.
    if let (prefix, rest) = NamePrefix.split(name), let provider = ProviderName(prefix),
      let place = place(of: provider),
      let found = find(rest, in: providers[place])
    {
      return .success(found)
    }
    guard let provider = providers.first(where: { $0.models?.matches(name) ?? false }) else {
      return .failure(.unknownModel(model: model, provider: nil))
    }
    return find(name, in: provider).map(Result.success)
      ?? .failure(.unknownModel(model: model, provider: provider.id))
  }

  private func place(of provider: ProviderName) -> Int? {
    places[provider.reported] ?? places[provider.id]
      ?? providers.firstIndex { $0.names?.matches(provider.reported) ?? false }
  }

  private func find(_ name: String, in provider: Provider) -> ModelPrices? {
    for name in [name, NamePrefix.withDashedDate(name)].compactMap(\.self) {
      if let model = provider.offered.first(where: { $0.rule.matches(name) }) { return model.prices }
      for fallback in provider.fallbacks {
        guard let place = places[fallback] else { continue }
        if let model = providers[place].offered.first(where: { $0.rule.matches(name) }) { return model.prices }
      }
    }
    return nil
  }
}
