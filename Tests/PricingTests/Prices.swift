import Pricing
import Records
import Testing

/// A price in dollars for a million, as it is written.
func perMillion(_ dollars: String) throws -> UnitPrice {
  let money = try #require(Money("\(dollars) USD"))
  return try #require(UnitPrice(perMillion: money))
}

/// A sheet of prices in dollars for a million.
func sheet(_ prices: [BilledKind: String]) throws -> PriceSheet {
  PriceSheet(prices: try prices.mapValues { TieredPrice(try perMillion($0)) })
}

func usage(_ configure: (inout TokenBuckets) -> Void) -> TokenBuckets {
  var usage = TokenBuckets()
  configure(&usage)
  return usage
}

func dollars(_ text: String) -> Money? { Money("\(text) USD") }

func instant(_ text: String) throws -> Instant { try #require(Instant(text)) }

/// A table of the user's own, of models that cost so much for a million input tokens and nothing else.
func table(
  _ name: String, _ models: [String: String], from: String? = nil, to: String? = nil, own: Bool = false
) throws -> PriceTable {
  let rows = try models.map { id, price in
    NameDirectory.Row(provider: nil, ModelPrices(id, offers: [.init(try sheet([.input: price, .output: "0"]))]))
  }
  return PriceTable(
    source: name, version: SHA256Digest(of: name), bytes: 1,
    validity: Validity(from: try from.map(instant), to: try to.map(instant)), knowsRequests: own,
    directory: NameDirectory(rows))
}
