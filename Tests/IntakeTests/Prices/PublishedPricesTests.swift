import Pricing
import Records
import Testing

@testable import Intake

/// 788 usage objects that providers answered with, in 1,572 readings, against the prices that genai-prices published for them.
///
/// Each reading is priced by the project's own table; what differs is listed here with its cause, and each cause is proved: with
/// what the project does not do, or does with a table that is not this one, its price comes out.
@Suite(.enabled(if: hasSharedData, "the shared data sets are not beside the package"))
struct PublishedPricesTests {
  /// Why a price differs from the published one.
  private enum Cause: CaseIterable {
    /// The table prices text and images of these models alike; the published price rests on a newer table that does not.
    case imagePriceMissing
    /// The published price leaves out what Anthropic bills beside the counts at the top: iterations that compacted the context
    /// or asked another model for advice.
    case iterations
    /// The call ran as flex, which costs half; the table has no such price, and the published one is the usual price.
    case flex
    /// Azure's reading leaves out tokens that were put into the cache, which the table prices.
    case cacheWrites
  }

  private static let known: [(cause: Cause, items: [Int], readings: Int)] = [
    (.imagePriceMissing, [62, 69, 70, 88, 104], 5), (.iterations, [204, 211, 243, 245, 250], 20), (.flex, [128], 1),
    (.cacheWrites, [350, 352], 2),
  ]

  /// 10⁻⁹ dollars.
  private static let tolerance: UInt128 = 1_000

  private let at = Instant("2026-07-01") ?? Instant(nanoseconds: 0)

  private func book() throws -> PriceBook {
    PriceBook([try PriceFile.read(sharedData + "/genai-usages/prices_data_slim.json")])
  }

  private func cost(_ pair: PublishedPair, _ usage: TokenBuckets, _ book: PriceBook) -> CallCost {
    book.answer(
      Call(
        provider: pair.provider, modelServed: pair.model, at: at, usage: usage,
        isEmbedding: pair.flavor == "embeddings")
    ).cost
  }

  private func matches(_ pair: PublishedPair, _ cost: CallCost) -> Bool {
    guard let input = cost.known(.input), let output = cost.known(.output), !cost.lines.isEmpty || !isPriced(pair)
    else {
      return false
    }
    return (input.units - pair.input).magnitude <= Self.tolerance
      && (output.units - pair.output).magnitude <= Self.tolerance
  }

  private func isPriced(_ pair: PublishedPair) -> Bool { pair.input != 0 || pair.output != 0 }

  @Test func everyReadingMatchesOrItsDifferenceIsExplained() throws {
    let book = try book()
    let pairs = try PublishedPair.all()
    #expect(pairs.count == 1_572)
    #expect(pairs.reduce(0) { $0 + $1.input + $1.output } == 28_091_053_937_000)
    var differing: [(pair: PublishedPair, usage: TokenBuckets)] = []
    var unpricedSearches = 0
    for pair in pairs {
      let usage = try pair.buckets(as: pair.convention)
      let cost = cost(pair, usage, book)
      if matches(pair, cost) {
        // The table has no price for searches: the total is unknown, while both sides of the call are known.
        #expect(cost.gaps == (usage.webSearches ?? 0 > 0 ? [.unpriced(.webSearch)] : []), "\(pair.name)")
        if !cost.gaps.isEmpty { unpricedSearches += 1 }
      } else {
        differing.append((pair, usage))
      }
    }
    #expect(differing.count == 28)
    #expect(pairs.count - differing.count == 1_544)
    #expect(unpricedSearches == 24)
    for (cause, items, readings) in Self.known {
      let cases = differing.filter { items.contains($0.pair.item) }
      #expect(cases.count == readings && Set(cases.map(\.pair.item)) == Set(items), "\(cause)")
      for (pair, usage) in cases {
        #expect(try explains(cause, pair, usage, book), "\(pair.name): \(cause)")
      }
    }
    let explained = Set(Self.known.flatMap(\.items))
    let open = differing.filter { !explained.contains($0.pair.item) }
    #expect(open.isEmpty, "not explained: \(open.map(\.pair.name))")
  }

  /// Whether the published price comes out once its cause is undone.
  private func explains(
    _ cause: Cause, _ pair: PublishedPair, _ usage: TokenBuckets, _ book: PriceBook
  ) throws -> Bool {
    var usage = usage
    switch cause {
    case .iterations:
      guard !usage.beside.isEmpty else { return false }
      usage.beside = []
    case .flex:
      guard usage.modes.special == ["service_tier": "flex"] else { return false }
      usage.modes = CallModes()
    case .cacheWrites:
      guard usage.cacheWrite ?? 0 > 0 else { return false }
      usage.cacheWrite = nil
    case .imagePriceMissing:
      // Google's list prices of text out, for a million: 12 dollars of gemini-3-pro-image-preview, 2.5 of
      // gemini-2.5-flash-image; the table's output price is that of images.
      let text = pair.model.hasPrefix("gemini-3-pro-image") ? "12" : "2.5"
      let image = try #require(cost(pair, usage, book).lines.first { $0.kind == .output }?.price)
      let input = try #require(cost(pair, usage, book).lines.first { $0.kind == .input }?.price)
      let money = try #require(Money("\(text) USD"))
      let sheet = PriceSheet(prices: [
        .input: TieredPrice(input), .output: TieredPrice(UnitPrice(perMillion: money)),
        .outputImage: TieredPrice(image),
      ])
      return matches(pair, CallCost(of: usage, by: sheet))
    }
    return matches(pair, cost(pair, usage, book))
  }

  /// Told by its keys alone, an object is read as the interface reads it that wrote it; where the published reading is that of
  /// another interface, the price differs only by what that one does not see.
  @Test func objectsAreToldByTheirKeys() throws {
    let book = try book()
    let explained = Set(Self.known.flatMap(\.items))
    var (matching, foreign) = (0, 0)
    for pair in try PublishedPair.all() {
      let told = try pair.told()
      if matches(pair, cost(pair, try pair.buckets(as: nil), book)) {
        matching += 1
      } else if told != pair.convention {
        // An embeddings interface sees no answer, and OpenAI's no cache beside the input.
        foreign += 1
        #expect(
          pair.flavor == "embeddings" || Set([told, pair.convention]) == [.messages, .responses], "\(pair.name)")
      } else {
        #expect(explained.contains(pair.item), "\(pair.name)")
      }
    }
    #expect(matching == 1_436 && foreign == 108)
  }

  /// The same objects as a tracer sends them, through a span and back out of its record.
  @Test func aSpanCostsWhatItsUsageObjectCosts() throws {
    let book = try book()
    let pricing = SpanPricing(book)
    var compared = 0
    for pair in try PublishedPair.all() where pair.flavor != "embeddings" {
      let span = try self.span(of: pair)
      let expected = cost(pair, try pair.buckets(as: nil), book)
      let found = try #require(pricing.cost(of: span), "\(pair.name)")
      #expect(found.amount == expected.total, "\(pair.name): \(span.attributes ?? "")")
      #expect((found.reason == nil) == (found.amount != nil))
      // The object itself stays as it was reported.
      let attributes = try #require(span.attributes)
      let kept = try JSONValue(parsing: attributes)["usage"]?["tally.usage"]
      #expect(try kept?.canonical() == pair.usage.canonical(), "\(pair.name)")
      compared += 1
    }
    #expect(compared == 1_476)
  }

  private struct Missing: Error {}

  private func span(of pair: PublishedPair) throws -> SpanRecord {
    func attribute(_ key: String, _ text: String) -> JSONValue {
      ["key": .string(key), "value": ["stringValue": .string(text)]]
    }
    let start = String(at.nanoseconds)
    let span: JSONValue = [
      "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "name": "chat",
      "startTimeUnixNano": .string(start), "endTimeUnixNano": .string(start),
      "attributes": [
        attribute("gen_ai.operation.name", "chat"), attribute("gen_ai.provider.name", pair.provider),
        attribute("gen_ai.response.model", pair.model), attribute("tally.usage", try pair.usage.line()),
      ],
    ]
    let export: JSONValue = ["resourceSpans": [["scopeSpans": [["spans": [span]]]]]]
    let source = try Array(try export.line().utf8).withUnsafeBytes { try ByteSource(copying: $0, name: "export") }
    var batch = RecordBatch()
    var options = RecordOptions(now: at)
    options.reading.format = .otlpJSON
    _ = try Intake.readRecords(source, options: options, into: &batch)
    guard case .span(let span)? = batch.records.first else { throw Missing() }
    return span
  }
}
