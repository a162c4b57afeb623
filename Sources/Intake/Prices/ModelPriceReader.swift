import Pricing
import Records

/// Reads LiteLLM's map of models, `model_prices_and_context_window.json`: `{"gpt-4o": {"input_cost_per_token": 2.5e-06, …}}`.
///
/// A file says what its prices are, not since when: the user says from when to when it holds. Prices for long contexts
/// (`…_above_200k_tokens`) become tiers; a kind that has none there, in a model that has tiers, has no price in such calls.
/// Prices of modes (`…_flex`, `…_priority`, `…_batches`) become variants, in which only what they name has a price.
///
/// Source: https://github.com/BerriAI/litellm, `litellm/types/utils.py` (`ModelInfoBase`) and `llm_cost_calc/utils.py`.
enum ModelPriceReader {
  static func read(_ reader: inout JSONReader) throws -> NameDirectory {
    var rows: [NameDirectory.Row] = []
    try reader.enterObject()
    while let name = try reader.nextKey()?.string {
      // A description of the fields in the place of a model, and what copies of the map say about themselves.
      if try name == "sample_spec" || reader.peek() == .string {
        try reader.skipValue()
      } else {
        rows.append(try readRow(&reader, name))
      }
      reader.recycleTexts()
    }
    return NameDirectory(rows)
  }

  private static func readRow(_ reader: inout JSONReader, _ name: String) throws -> NameDirectory.Row {
    try reader.requireObject("model '\(name.prefix(80))'")
    var provider: String?
    var cells = ModelPriceCells()
    while let key = try reader.nextKey()?.string {
      if key == "litellm_provider" {
        provider = try reader.readStringIfAny()
      } else if key == "search_context_cost_per_query" {
        try readSearches(&reader, &cells)
      } else if let cell = ModelPriceKey(key) {
        let price = try PriceNumber.read(&reader, key, per: cell.per)
        if let price { cells.add(cell, price) }
      } else {
        try reader.skipValue()
      }
    }
    return .init(provider: provider, cells.prices(of: name))
  }

  /// What a search costs, by how much of what it found is read; the middle is what is usual.
  private static func readSearches(_ reader: inout JSONReader, _ cells: inout ModelPriceCells) throws {
    guard try reader.peek() == .object else { return try reader.skipValue() }
    try reader.enterObject()
    while let key = try reader.nextKey()?.string {
      let price = try PriceNumber.read(&reader, key, per: .one)
      if key == "search_context_size_medium", let price {
        cells.add(ModelPriceKey(.webSearch), price)
      }
    }
  }
}

/// What a key of LiteLLM's map is the price of.
struct ModelPriceKey: Hashable {
  var kind: BilledKind
  var per = PriceNumber.Per.one
  /// Only for calls with more input tokens.
  var above: Int64?
  /// Nil as usual.
  var mode: Mode?

  struct Mode: Hashable {
    var name: String
    var word: String
  }

  init(_ kind: BilledKind) { self.kind = kind }

  private static let kinds: [String: BilledKind] = [
    "input_cost_per_token": .input, "output_cost_per_token": .output, "cache_read_input_token_cost": .cacheRead,
    "input_cost_per_token_cache_hit": .cacheRead, "cache_creation_input_token_cost": .cacheWrite,
    "cache_creation_input_token_cost_above_1hr": .cacheWrite1Hour, "input_cost_per_audio_token": .inputAudio,
    "cache_read_input_audio_token_cost": .cacheReadAudio,
    "cache_read_input_token_cost_per_audio_token": .cacheReadAudio,
    "input_cost_per_image_token": .inputImage, "input_cost_per_video_token": .inputVideo,
    "output_cost_per_audio_token": .outputAudio, "output_cost_per_image_token": .outputImage,
    "output_cost_per_reasoning_token": .reasoning, "input_cost_per_request": .request,
  ]

  private static let modes: [(suffix: String, mode: Mode)] = [
    ("_batches", Mode(name: "processing", word: "batch")), ("_flex", Mode(name: "service_tier", word: "flex")),
    ("_priority", Mode(name: "service_tier", word: "priority")),
  ]

  /// Nil for a key that is no price of these kinds.
  init?(_ key: String) {
    var rest = key
    for (suffix, mode) in ModelPriceKey.modes where rest.hasSuffix(suffix) {
      rest.removeLast(suffix.utf8.count)
      self.mode = mode
    }
    if let kind = ModelPriceKey.kinds[rest] {
      self.kind = kind
      return
    }
    // `input_cost_per_token_above_200k_tokens`, and the one-hour cache's `…_above_1hr_above_200k_tokens`.
    guard rest.hasSuffix("k_tokens"), let mark = rest.range(ofLast: "_above_") else { return nil }
    guard let thousands = Int64(rest[mark.upperBound...].dropLast("k_tokens".count)),
      (1...1_000_000).contains(thousands),
      let kind = ModelPriceKey.kinds[String(rest[..<mark.lowerBound])]
    else { return nil }
    self.kind = kind
    above = thousands * 1_000
  }
}

extension String {
  /// Where a text stands last.
  fileprivate func range(ofLast text: String) -> Range<Index>? {
    var place = endIndex
    while place > startIndex {
      place = index(before: place)
      if self[place...].hasPrefix(text) { return place..<index(place, offsetBy: text.count) }
    }
    return nil
  }
}

/// The prices of one model, while its keys are read.
struct ModelPriceCells {
  private var prices: [ModelPriceKey: UnitPrice] = [:]

  mutating func add(_ key: ModelPriceKey, _ price: UnitPrice) { prices[key] = price }

  func prices(of name: String) -> ModelPrices {
    let modes = Set(prices.keys.compactMap(\.mode)).sorted { ($0.name, $0.word) < ($1.name, $1.word) }
    var usual = sheet(nil)
    // Audio costs what all input costs, unless it is named.
    usual[.inputAudio] = usual[.inputAudio] ?? usual[.input]
    usual[.outputAudio] = usual[.outputAudio] ?? usual[.output]
    usual[.cacheReadAudio] = usual[.cacheReadAudio] ?? usual[.cacheRead]
    let pieces = usual.prices.filter { $0.key.side == .pieces }
    let variants = modes.map { mode in
      var sheet = sheet(mode)
      sheet.prices.merge(pieces) { own, _ in own }
      return ModelPrices.Variant(CallModes([mode.name: mode.word]), sheet, isPartial: false)
    }
    return ModelPrices(name, offers: [.init(usual)], variants: variants)
  }

  private func sheet(_ mode: ModelPriceKey.Mode?) -> PriceSheet {
    let own = prices.filter { $0.key.mode == mode }
    let limits = Set(own.keys.compactMap(\.above)).sorted()
    var sheet = PriceSheet()
    for kind in Set(own.keys.map(\.kind)) {
      var key = ModelPriceKey(kind)
      key.mode = mode
      let base = own[key]
      let tiers = (kind.side == .pieces ? [] : limits).map { limit -> TieredPrice.Tier in
        key.above = limit
        return .init(above: limit, price: own[key])
      }
      sheet[kind] = TieredPrice(base, tiers: tiers)
    }
    return sheet
  }
}
