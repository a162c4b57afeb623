public import Records

/// `models.<model>`: a model by the name that calls ask for or that answers.
public struct ModelSettings: Configurable {
  /// What it costs, by time; before any table of prices. Empty leaves it to the tables.
  public var prices: [ModelPriceSettings] = []
  /// The file of its vocabulary, relative to the project file: a tiktoken rank file or a `tokenizer.json`. It is the user's:
  /// none comes along.
  public var tokenizer: String?
  public var capabilities = ModelCapabilities()
  /// Tokens below which its provider caches no prefix.
  public var cacheMinimum = 1024

  public init() {}

  /// What holds at an instant; nil when nothing does.
  public func price(at instant: Instant) -> ModelPriceSettings? {
    prices.last { price in (price.from.map { $0 <= instant } ?? true) && (price.to.map { instant < $0 } ?? true) }
  }

  public static let keys: [Key<ModelSettings>] = [
    Key("price", \.prices, .oneOrMore(of: .object), "What it costs; a list, where that changes (from, to)"),
    Key("tokenizer", \.tokenizer, .optional(.path), "Its vocabulary: a tiktoken rank file or a tokenizer.json"),
    Key("capabilities", \.capabilities, .object, "What it can do"),
    Key("cache_min_prefix", \.cacheMinimum, .count, "Tokens below which no prefix is cached"),
  ]

  public func faults() -> [Fault] {
    for (place, price) in prices.enumerated() {
      let others = prices[..<place]
      if let other = others.first(where: { $0.overlaps(price) }) {
        let since = price.from?.dateText ?? "ever"
        let day = other.from?.dateText ?? "ever"
        return [
          Fault(
            key: "price", problem: "the prices since \(day) and since \(since) hold at the same time",
            remedy: "Say from when (from) and until when (to, which is the first day without it).")
        ]
      }
    }
    return []
  }
}

/// `models.<model>.capabilities`: what a model can do.
public struct ModelCapabilities: Configurable {
  /// Tokens of prompt and answer together; nil where that is not known.
  public var contextTokens: Int?
  /// Tokens that it can answer with at most, thoughts included; nil where that is not known.
  public var mostOutputTokens: Int?

  public init() {}

  public static let keys: [Key<ModelCapabilities>] = [
    Key(
      "context_tokens", \.contextTokens, .optional(.count(atLeast: 1)),
      "Its context window: tokens of prompt and answer together"),
    Key(
      "max_output_tokens", \.mostOutputTokens, .optional(.count(atLeast: 1)),
      "Tokens that it can answer with at most, thoughts included"),
  ]
}

/// `models.<model>.price`: amounts for a million tokens, or for one piece. What has none has an unknown cost where it is used.
public struct ModelPriceSettings: Configurable {
  public var input: Money?
  public var cacheRead: Money?
  public var cacheWrite: Money?
  public var cacheWrite1Hour: Money?
  public var output: Money?
  public var reasoning: Money?
  public var inputAudio: Money?
  public var cacheReadAudio: Money?
  public var outputAudio: Money?
  public var inputImage: Money?
  public var outputImage: Money?
  public var webSearch: Money?
  public var request: Money?
  /// Since when; nil for always.
  public var from: Instant?
  /// Until when, which is not in it; nil for ever.
  public var to: Instant?

  public init() {}

  public static let keys: [Key<ModelPriceSettings>] = [
    Key("input_per_mtok", \.input, .optional(.money), "For a million input tokens"),
    Key("cached_input_per_mtok", \.cacheRead, .optional(.money), "For a million input tokens found in the cache"),
    Key("output_per_mtok", \.output, .optional(.money), "For a million output tokens"),
    Key("cache_write_per_mtok", \.cacheWrite, .optional(.money), "For a million tokens put into the cache"),
    Key(
      "cache_write_1h_per_mtok", \.cacheWrite1Hour, .optional(.money),
      "For a million tokens put into the cache for an hour"),
    Key("reasoning_per_mtok", \.reasoning, .optional(.money), "For a million reasoning tokens; else as output"),
    Key("input_audio_per_mtok", \.inputAudio, .optional(.money), "For a million tokens of audio in"),
    Key(
      "cached_audio_per_mtok", \.cacheReadAudio, .optional(.money), "For a million tokens of audio found in the cache"),
    Key("output_audio_per_mtok", \.outputAudio, .optional(.money), "For a million tokens of audio out"),
    Key("input_image_per_mtok", \.inputImage, .optional(.money), "For a million tokens of images in; else as input"),
    Key(
      "output_image_per_mtok", \.outputImage, .optional(.money), "For a million tokens of images out; else as output"),
    Key("per_web_search", \.webSearch, .optional(.money), "For one search on the web that the provider runs"),
    Key("per_request", \.request, .optional(.money), "For the call itself"),
    Key("from", \.from, .optional(.date), "The first instant at which it holds"),
    Key("to", \.to, .optional(.date), "The first instant at which it no longer holds"),
  ]

  /// The amounts with their keys.
  var amounts: [(key: String, money: Money)] {
    let all: [(String, Money?)] = [
      ("input_per_mtok", input), ("cached_input_per_mtok", cacheRead), ("output_per_mtok", output),
      ("cache_write_per_mtok", cacheWrite), ("cache_write_1h_per_mtok", cacheWrite1Hour),
      ("reasoning_per_mtok", reasoning), ("input_audio_per_mtok", inputAudio),
      ("cached_audio_per_mtok", cacheReadAudio), ("output_audio_per_mtok", outputAudio),
      ("input_image_per_mtok", inputImage), ("output_image_per_mtok", outputImage), ("per_web_search", webSearch),
      ("per_request", request),
    ]
    return all.compactMap { key, money in money.map { (key, $0) } }
  }

  func overlaps(_ other: ModelPriceSettings) -> Bool {
    let startsBeforeEnd = from.map { from in other.to.map { from < $0 } ?? true } ?? true
    let endsAfterStart = to.map { to in other.from.map { $0 < to } ?? true } ?? true
    return startsBeforeEnd && endsAfterStart
  }

  public func faults() -> [Fault] {
    let amounts = amounts
    if let first = amounts.first, let other = amounts.first(where: { $0.money.currency != first.money.currency }) {
      return [
        Fault(
          key: other.key,
          problem: "amounts in \(first.money.currency) and \(other.money.currency), which are never added",
          remedy: "Write all of them in one currency.")
      ]
    }
    if let large = amounts.first(where: { $0.money.units > 1_000_000 * Money.unitsPerOne }) {
      return [
        Fault(
          key: large.key, problem: "\(large.money) is no price", remedy: "Check for how many tokens it is meant.")
      ]
    }
    if let from, let to, to <= from {
      return [Fault(key: "to", problem: "it ends before it begins", remedy: "Say first from, then to.")]
    }
    return []
  }
}
