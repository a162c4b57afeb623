import Pricing
import Records
import Testing

@testable import Intake

/// One usage object as one provider's interface would read it, with the price that was published for that reading.
struct PublishedPair {
  let item: Int
  let provider: String
  let flavor: String
  let model: String
  let usage: JSONValue
  /// In 10⁻¹² dollars.
  let input: Int128
  let output: Int128

  /// The reading by which it was published. The project reads every object with all interfaces that do not fail on it, also
  /// those of other providers.
  var convention: UsageConvention {
    switch (provider, flavor) {
    case ("anthropic", "default"), (_, "anthropic"): .messages
    case ("google", "default"): .google
    case (_, "responses"): .responses
    case (_, "embeddings"): .embeddings
    default: .chat
    }
  }

  /// The counts of the object; nil for the convention tells it by the object's keys.
  func buckets(as convention: UsageConvention?) throws -> TokenBuckets {
    let text = try usage.line()
    let buckets = text.withBorrowed { text -> TokenBuckets? in
      let tape = ValueTape()
      return tape.append(json: text).flatMap { ProviderUsage.buckets(tape, $0, as: convention) }
    }
    return try #require(buckets)
  }

  /// The convention that the object's keys tell.
  func told() throws -> UsageConvention {
    let text = try usage.line()
    return try #require(
      text.withBorrowed { text -> UsageConvention? in
        let tape = ValueTape()
        return tape.append(json: text).map { UsageConvention(of: UsageMembers(tape: tape, place: $0)) }
      })
  }

  var name: String { "item \(item), \(provider) as \(flavor)" }

  static func all() throws -> [PublishedPair] {
    let source = try ByteSource(path: sharedData + "/genai-usages/usages.json.gz")
    var pairs: [PublishedPair] = []
    for (number, item) in try JSONValue(parsing: source.bytes).elements.enumerated() {
      guard let body = item["body"], let usage = body["usage"] ?? body["usageMetadata"] else { continue }
      let readings = (item["extracted"]?.elements ?? []).flatMap { $0["extractors"]?.elements ?? [] }
      for reading in readings {
        guard let input = reading["input_price"]?.text, let output = reading["output_price"]?.text else { continue }
        let provider = try #require(reading["provider_id"]?.text)
        let flavor = try #require(reading["api_flavor"]?.text)
        let model = try #require((body["model"] ?? body["modelVersion"] ?? item["model"])?.text)
        let (inputUnits, outputUnits) = (try #require(units(input)), try #require(units(output)))
        pairs.append(
          PublishedPair(
            item: number, provider: provider, flavor: flavor, model: model, usage: usage, input: inputUnits,
            output: outputUnits))
      }
    }
    return pairs
  }

  private static func units(_ text: String) -> Int128? {
    var text = text
    return text.withUTF8 { MoneyText.units(UnsafeRawBufferPointer($0)) }
  }
}
