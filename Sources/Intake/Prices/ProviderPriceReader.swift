import Pricing
import Records

/// Reads the data file of genai-prices: a list of providers, each with its models.
///
/// `[{"id", "provider_match", "model_match", "fallback_model_providers", "models": [{"id", "match", "prices",
/// "price_variants"}]}]`; `prices` are an object, or a list of `{"constraint", "prices"}` of which the last that holds counts.
/// Keys that do not concern prices are passed over.
///
/// Source: https://github.com/pydantic/genai-prices, `prices/data.schema.json`.
enum ProviderPriceReader {
  static func read(_ reader: inout JSONReader) throws -> RuleDirectory {
    var providers: [RuleDirectory.Provider] = []
    var ids: Set<String> = []
    try reader.enterArray()
    while try reader.nextElement() {
      let start = reader.offset
      let provider = try readProvider(&reader)
      guard ids.insert(provider.id).inserted else {
        throw reader.error(atOffset: start, problem: "provider '\(provider.id)' is there twice")
      }
      providers.append(provider)
      reader.recycleTexts()
    }
    return RuleDirectory(providers)
  }

  private static func readProvider(_ reader: inout JSONReader) throws -> RuleDirectory.Provider {
    _ = try reader.peek()
    let start = reader.offset
    try reader.requireObject("a provider")
    var provider = RuleDirectory.Provider(id: "")
    while let key = try reader.nextKey() {
      if key.equals("id") {
        provider.id = try reader.requireText("id").lowercased()
      } else if key.equals("provider_match") {
        provider.names = try NameRuleReader.readIfAny(&reader)
      } else if key.equals("model_match") {
        provider.models = try NameRuleReader.readIfAny(&reader)
      } else if key.equals("fallback_model_providers") {
        if try reader.peek() == .null {
          try reader.readNull()
          continue
        }
        try reader.requireArray("fallback_model_providers")
        while try reader.nextElement() {
          provider.fallbacks.append(try reader.requireText("a provider's id").lowercased())
        }
      } else if key.equals("models") {
        try reader.requireArray("models")
        while try reader.nextElement() { provider.offered.append(try readModel(&reader)) }
      } else {
        try reader.skipValue()
      }
    }
    guard !provider.id.isEmpty else { throw reader.error(atOffset: start, problem: "a provider has no id") }
    return provider
  }

  private static func readModel(_ reader: inout JSONReader) throws -> RuleDirectory.Model {
    _ = try reader.peek()
    let start = reader.offset
    try reader.requireObject("a model")
    var id: String?
    var rule: NameRule?
    var offers: [ModelPrices.Offer] = []
    var variants: [ModelPrices.Variant] = []
    while let key = try reader.nextKey() {
      if key.equals("id") {
        id = try reader.requireText("id")
      } else if key.equals("match") {
        rule = try NameRuleReader.readIfAny(&reader)
      } else if key.equals("prices") {
        offers = try readOffers(&reader)
      } else if key.equals("price_variants"), try reader.peek() == .array {
        try reader.enterArray()
        while try reader.nextElement() {
          let variant = try readConditional(&reader, "a variant")
          variants.append(.init(variant.modes, variant.sheet, variant.validity, isPartial: true))
        }
      } else {
        try reader.skipValue()
      }
    }
    guard let id else { throw reader.error(atOffset: start, problem: "a model has no id") }
    // Without a rule a model bears its id alone.
    return .init(rule ?? .equals(id.lowercased()), ModelPrices(id, offers: offers, variants: variants))
  }

  // MARK: Prices

  private static func readOffers(_ reader: inout JSONReader) throws -> [ModelPrices.Offer] {
    guard try reader.peek() == .array else {
      return [.init(complete(try PriceSheetReader.read(&reader)))]
    }
    var offers: [ModelPrices.Offer] = []
    try reader.enterArray()
    while try reader.nextElement() {
      let offer = try readConditional(&reader, "a price")
      offers.append(.init(complete(offer.sheet), offer.validity))
    }
    return offers
  }

  /// What a price of this table covers that does not name it: audio costs what all input costs, unless it is named.
  private static func complete(_ sheet: PriceSheet) -> PriceSheet {
    var sheet = sheet
    sheet[.inputAudio] = sheet[.inputAudio] ?? sheet[.input]
    sheet[.outputAudio] = sheet[.outputAudio] ?? sheet[.output]
    sheet[.cacheReadAudio] = sheet[.cacheReadAudio] ?? sheet[.cacheRead]
    return sheet
  }

  private static func readConditional(
    _ reader: inout JSONReader, _ what: String
  ) throws -> (sheet: PriceSheet, validity: Validity, modes: CallModes) {
    var sheet = PriceSheet()
    var validity = Validity.always
    var modes = CallModes()
    try reader.requireObject(what)
    while let key = try reader.nextKey() {
      if key.equals("prices") {
        sheet = try PriceSheetReader.read(&reader)
      } else if key.equals("constraint") {
        validity = try PriceSheetReader.readConstraint(&reader)
      } else if key.equals("when") {
        try reader.requireObject("when")
        while let name = try reader.nextKey()?.string { modes.set(name, try reader.requireText(name)) }
      } else {
        try reader.skipValue()
      }
    }
    return (sheet, validity, modes)
  }
}
