/// The modes of a provider in which a call ran and which may change its price: `service_tier` (flex, priority),
/// `processing` (batch), `speed` (fast), `inference_geo` (us).
///
/// Words are kept in lower case, as the provider reported them.
public struct CallModes: Sendable, Hashable {
  /// From the mode's name to its word; few.
  public private(set) var words: [String: String] = [:]

  public init() {}

  public init(_ words: [String: String]) {
    for (name, word) in words { set(name, word) }
  }

  /// Those that may change the price: without the words that say that nothing is special.
  public var special: [String: String] {
    words.isEmpty ? words : words.filter { !CallModes.usualWords.contains($0.value) }
  }

  /// Words that say that nothing is special. Anthropic reports `standard`, `not_available` and `global`, OpenAI `default` (and
  /// `auto` for what was asked), Google `ON_DEMAND` and `STANDARD`.
  public static let usualWords: Set<String> = [
    "", "default", "standard", "auto", "standard_only", "not_available", "global", "on_demand",
    "traffic_type_unspecified",
    "online", "normal",
  ]

  /// Notes a mode.
  public mutating func set(_ name: String, _ word: String) {
    let word = word.lowercased()
    switch (name, word) {
    // Anthropic's and Google's batches report themselves as a tier.
    case ("service_tier", "batch"), ("traffic_type", "batch"): words["processing"] = "batch"
    // Google's traffic types are tiers by other names.
    case ("traffic_type", "on_demand_flex"): words["service_tier"] = "flex"
    case ("traffic_type", "on_demand_priority"): words["service_tier"] = "priority"
    default: words[name] = word
    }
  }

  mutating func fill(from other: CallModes) { words.merge(other.words) { mine, _ in mine } }
}
