public import Records

/// `models.<model>`: a model as spans name it, and what it costs.
public struct ModelSettings: Configurable {
  /// What tokens cost; nil when nobody said.
  public var price: PriceSettings?

  public init() {}

  public static let keys: [Key<ModelSettings>] = [
    Key("price", \.price, .optional(.object), "What its tokens cost")
  ]
}

/// `models.<model>.price`: what a million tokens cost.
public struct PriceSettings: Configurable {
  /// Of the prompt.
  public var input: Money?
  /// Of the part of the prompt that the provider had in its cache; nil for the price of the rest.
  public var cachedInput: Money?
  /// Of the answer.
  public var output: Money?

  public init() {}

  public static let keys: [Key<PriceSettings>] = [
    Key("input_per_mtok", \.input, .optional(.money), "A million tokens of the prompt"),
    Key("cached_input_per_mtok", \.cachedInput, .optional(.money), "A million tokens of the prompt from the cache"),
    Key("output_per_mtok", \.output, .optional(.money), "A million tokens of the answer"),
  ]

  public func faults() -> [Fault] {
    let currencies = Set([input, cachedInput, output].compactMap { $0?.currency }).sorted()
    guard currencies.count > 1 else { return [] }
    return [
      Fault(
        key: "input_per_mtok", problem: "prices are in \(currencies.joined(separator: " and "))",
        remedy: "Write all prices of a model in one currency.")
    ]
  }
}
