import Pricing
import Records
import SeededRandom
import Testing

struct CallCostTests {
  // MARK: Worked by hand

  /// Claude Sonnet: 1,000 input tokens, of which 600 were read from the cache and 200 put into it, and 50 output tokens:
  /// 200 · 3 + 600 · 0.3 + 200 · 3.75 + 50 · 15 = 2280 millionths.
  @Test func everyTokenIsBilledOnce() throws {
    let prices = try sheet([.input: "3", .cacheRead: "0.3", .cacheWrite: "3.75", .output: "15"])
    let cost = CallCost(
      of: usage {
        $0.input = 1_000
        $0.cacheRead = 600
        $0.cacheWrite = 200
        $0.output = 50
      }, by: prices)
    #expect(cost.total == dollars("0.00228"))
    #expect(cost.known(.input) == dollars("0.00153") && cost.known(.output) == dollars("0.00075"))
    #expect(cost.lines.map(\.count).reduce(0, +) == 1_050)
  }

  /// A write of an hour costs another price than one of five minutes; writes whose duration nobody reported are the usual ones.
  @Test func cacheWritesByTheirDuration() throws {
    let prices = try sheet([.input: "3", .cacheWrite: "3.75", .cacheWrite1Hour: "6", .output: "15"])
    func cost(_ configure: (inout TokenBuckets) -> Void) -> Money? {
      CallCost(
        of: usage {
          ($0.input, $0.output) = (1_000_000, 0)
          configure(&$0)
        }, by: prices
      ).total
    }
    #expect(cost { $0.cacheWrite = 1_000_000 } == dollars("3.75"))
    #expect(cost { ($0.cacheWrite, $0.cacheWrite1Hour) = (1_000_000, 1_000_000) } == dollars("6"))
    #expect(
      cost { ($0.cacheWrite, $0.cacheWrite5Minutes, $0.cacheWrite1Hour) = (1_000_000, 400_000, 600_000) }
        == dollars("5.1"))
    // Without the sum, its parts are the sum.
    #expect(cost { ($0.cacheWrite5Minutes, $0.cacheWrite1Hour) = (400_000, 600_000) } == dollars("5.1"))
  }

  @Test func audioInTheCacheIsNeitherAudioNorCache() throws {
    let prices = try sheet([
      .input: "1", .inputAudio: "10", .cacheRead: "0.1", .cacheReadAudio: "2", .output: "4", .outputAudio: "40",
    ])
    let cost = CallCost(
      of: usage {
        ($0.input, $0.inputAudio, $0.cacheRead, $0.cacheReadAudio) = (1_000, 500, 300, 200)
        ($0.output, $0.outputAudio) = (100, 90)
      }, by: prices)
    // 400 of text, 300 of audio, 100 of cached text, 200 of cached audio; 10 of text and 90 of audio out.
    #expect(cost.total == dollars("0.00745"))
  }

  @Test func reasoningAndImagesAreBilledAsTheirSideUnlessNamed() throws {
    let counts = usage {
      ($0.input, $0.inputImage, $0.output, $0.reasoning, $0.outputImage) = (1_000, 400, 1_000, 300, 200)
    }
    #expect(CallCost(of: counts, by: try sheet([.input: "1", .output: "2"])).total == dollars("0.003"))
    let apart = try sheet([.input: "1", .inputImage: "2", .output: "2", .reasoning: "3", .outputImage: "30"])
    #expect(CallCost(of: counts, by: apart).total == dollars("0.0093"))
  }

  @Test func piecesAreBilledByThePiece() throws {
    var prices = try sheet([.input: "1", .output: "1"])
    prices[.webSearch] = TieredPrice(dollars("0.01").flatMap(UnitPrice.init(perPiece:)))
    prices[.request] = TieredPrice(dollars("0.005").flatMap(UnitPrice.init(perPiece:)))
    let counts = usage { ($0.input, $0.output, $0.webSearches) = (0, 0, 3) }
    #expect(CallCost(of: counts, by: prices).total == dollars("0.035"))
  }

  // MARK: The length of the context

  /// The whole call costs what its tier says; exactly at the limit it is below the tier.
  @Test(arguments: [
    (200_000, "0.25"), (200_001, "0.5000025"), (199_999, "0.24999875"),
  ])
  func wholeCallTiers(input: Int64, expected: String) throws {
    let price = TieredPrice(
      try perMillion("1.25"), tiers: [.init(above: 200_000, price: try perMillion("2.5"))])
    let prices = PriceSheet(prices: [.input: price, .output: TieredPrice(try perMillion("10"))])
    let counts = usage { ($0.input, $0.output) = (input, 0) }
    #expect(CallCost(of: counts, by: prices).total == dollars(expected))
  }

  /// The tier is chosen by all input tokens, those in the cache among them, and it decides about the output too.
  @Test func cachedTokensCountForTheTier() throws {
    func tiered(_ base: String, _ long: String) throws -> TieredPrice {
      TieredPrice(try perMillion(base), tiers: [.init(above: 200_000, price: try perMillion(long))])
    }
    let prices = PriceSheet(prices: [
      .input: try tiered("1", "2"), .cacheRead: try tiered("0.1", "0.2"), .output: try tiered("10", "15"),
    ])
    let counts = usage { ($0.input, $0.cacheRead, $0.output) = (300_000, 250_000, 1_000_000) }
    #expect(CallCost(of: counts, by: prices).total == dollars("15.15"))
  }

  @Test func ofSeveralTiersTheHighestThatIsPassedCounts() throws {
    let price = TieredPrice(
      try perMillion("1"),
      tiers: [.init(above: 200, price: try perMillion("3")), .init(above: 100, price: try perMillion("2"))])
    #expect(price.price(inputTokens: 100) == (try perMillion("1")))
    #expect(price.price(inputTokens: 101) == (try perMillion("2")))
    #expect(price.price(inputTokens: 200) == (try perMillion("2")))
    #expect(price.price(inputTokens: 201) == (try perMillion("3")))
  }

  // MARK: Unknown is not nothing

  @Test(arguments: [
    (BilledKind.cacheRead, "no price for cache-read input tokens"),
    (.cacheWrite, "no price for cache-write input tokens"),
    (.cacheWrite1Hour, "no price for input tokens cached for 1 h"), (.inputAudio, "no price for audio input tokens"),
    (.outputAudio, "no price for audio output tokens"), (.webSearch, "no price for web searches"),
  ])
  func whatWasUsedWithoutAPrice(kind: BilledKind, reason: String) throws {
    let prices = try sheet([.input: "1", .output: "2"])
    func counts(_ count: Int64) -> TokenBuckets {
      usage {
        ($0.input, $0.output) = (100, 100)
        switch kind {
        case .cacheRead: $0.cacheRead = count
        case .cacheWrite: $0.cacheWrite = count
        case .cacheWrite1Hour: $0.cacheWrite1Hour = count
        case .inputAudio: $0.inputAudio = count
        case .outputAudio: $0.outputAudio = count
        default: $0.webSearches = count
        }
      }
    }
    let cost = CallCost(of: counts(1), by: prices)
    #expect(cost.total == nil)
    #expect(cost.gaps.map(\.reason) == [reason])
    // What was not used needs no price.
    #expect(CallCost(of: counts(0), by: prices).total == dollars("0.0003"))
  }

  @Test func aFreeModelCostsNothingAndAnUnpricedOneIsUnknown() throws {
    let counts = usage { ($0.input, $0.output) = (10, 10) }
    #expect(CallCost(of: counts, by: try sheet([.input: "0", .output: "0"])).total == dollars("0"))
    #expect(CallCost(of: counts, by: PriceSheet()).gaps == [.unpriced(.input), .unpriced(.output)])
    #expect(CallCost(of: TokenBuckets(), by: try sheet([.input: "0"])).gaps == [.noUsage])
  }

  @Test func aSideThatWasNotReported() throws {
    let prices = try sheet([.input: "1", .output: "2"])
    #expect(CallCost(of: usage { $0.input = 5 }, by: prices).gaps == [.sideMissing(.output)])
    #expect(CallCost(of: usage { $0.output = 5 }, by: prices).gaps == [.sideMissing(.input)])
    // Embeddings have no output.
    #expect(
      CallCost(of: usage { $0.input = 5 }, by: try sheet([.input: "1"]), isEmbedding: true).total == dollars("0.000005")
    )
  }

  @Test func aTierWithoutAPriceIsUnknownThereOnly() throws {
    let prices = PriceSheet(prices: [
      .input: TieredPrice(try perMillion("1"), tiers: [.init(above: 100, price: nil)]),
      .output: TieredPrice(try perMillion("1")),
    ])
    #expect(CallCost(of: usage { ($0.input, $0.output) = (100, 0) }, by: prices).total == dollars("0.0001"))
    let long = CallCost(of: usage { ($0.input, $0.output) = (101, 0) }, by: prices)
    #expect(long.gaps == [.unpricedAbove(.input, tokens: 100)])
    #expect(long.gaps[0].reason == "no price for input tokens in calls above 100 input tokens")
  }

  @Test func partsBeyondTheirWhole() throws {
    let prices = try sheet([.input: "1", .cacheRead: "0.1", .output: "2", .reasoning: "2"])
    func gaps(_ configure: (inout TokenBuckets) -> Void) -> [PriceGap] {
      CallCost(
        of: usage {
          ($0.input, $0.output) = (100, 100)
          configure(&$0)
        }, by: prices
      ).gaps
    }
    #expect(gaps { $0.cacheRead = 100 } == [])
    #expect(gaps { $0.cacheRead = 101 } == [.inconsistent(.input)])
    #expect(gaps { $0.reasoning = 100 } == [])
    #expect(gaps { $0.reasoning = 101 } == [.inconsistent(.output)])
    #expect(gaps { ($0.cacheWrite5Minutes, $0.cacheWrite1Hour) = (.max, .max) } != [])
  }

  // MARK: Exactness

  /// 10⁻¹⁸ parts are rounded once, half to even: 1.5 and 2.5 parts are both 2.
  @Test(arguments: [(1, 2), (3, 4), (5, 8), (7, 10), (9, 14)])
  func roundedOnceHalfToEven(tokens: Int64, parts: Int64) throws {
    // One and a half 10⁻¹² parts a token.
    let price = try #require(UnitPrice(unitsPerMillion: 1_500_000))
    let prices = PriceSheet(prices: [.input: TieredPrice(price), .output: TieredPrice(price)])
    let cost = CallCost(of: usage { ($0.input, $0.output) = (tokens, 0) }, by: prices)
    #expect(cost.total?.units == Int128(parts))
    // Two halves are a whole: lines are added before anything is rounded.
    let both = CallCost(of: usage { ($0.input, $0.output) = (tokens, tokens) }, by: prices)
    #expect(both.total?.units == Int128(3 * tokens))
  }

  @Test func noPriceBelowNothingOrBeyondReason() {
    #expect(UnitPrice(unitsPerMillion: 0) != nil && UnitPrice(unitsPerMillion: -1) == nil)
    #expect(UnitPrice(unitsPerMillion: UnitPrice.largest) != nil)
    #expect(UnitPrice(unitsPerMillion: UnitPrice.largest + 1) == nil)
    #expect(Money(units: .max, currency: "USD").flatMap(UnitPrice.init(perPiece:)) == nil)
  }

  @Test func amountsBeyondTheRangeAreUnknown() throws {
    let price = TieredPrice(UnitPrice(unitsPerMillion: UnitPrice.largest))
    let prices = PriceSheet(prices: [.input: price, .output: price])
    let cost = CallCost(of: usage { ($0.input, $0.output) = (.max, 0) }, by: prices)
    #expect(cost.total == nil && cost.gaps == [.tooLarge])
  }

  /// Against a count that goes token by token, for usage of every shape.
  @Test func equalsCountingTokenByToken() throws {
    var random = SplitMix(seed: 20_260_101)
    for _ in 0..<20_000 {
      var prices = PriceSheet()
      var perToken: [BilledKind: Int128] = [:]
      for kind in BilledKind.allCases where kind != .request {
        let price = Int128(random.below(40))
        perToken[kind] = price
        prices[kind] = TieredPrice(UnitPrice(unitsPerMillion: price * 1_000_000))
      }
      let parts = BilledKind.allCases.map { ($0, Int64(random.below(9))) }
      let count = Dictionary(uniqueKeysWithValues: parts)
      func all(_ kinds: BilledKind...) -> Int64 { kinds.reduce(0) { $0 + count[$1, default: 0] } }
      let counts = usage {
        $0.input = all(
          .input, .cacheRead, .cacheReadAudio, .cacheWrite, .cacheWrite1Hour, .inputAudio, .inputImage, .inputVideo)
        $0.cacheRead = all(.cacheRead, .cacheReadAudio)
        $0.cacheReadAudio = all(.cacheReadAudio)
        $0.cacheWrite = all(.cacheWrite, .cacheWrite1Hour)
        $0.cacheWrite1Hour = all(.cacheWrite1Hour)
        $0.inputAudio = all(.inputAudio, .cacheReadAudio)
        $0.inputImage = all(.inputImage)
        $0.inputVideo = all(.inputVideo)
        $0.output = all(.output, .reasoning, .outputAudio, .outputImage)
        $0.reasoning = all(.reasoning)
        $0.outputAudio = all(.outputAudio)
        $0.outputImage = all(.outputImage)
        $0.webSearches = all(.webSearch)
      }
      var expected: Int128 = 0
      for (kind, number) in parts where kind != .request {
        for _ in 0..<number { expected += perToken[kind] ?? 0 }
      }
      #expect(CallCost(of: counts, by: prices).total?.units == expected)
    }
  }
}
