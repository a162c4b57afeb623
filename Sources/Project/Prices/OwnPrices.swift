public import Pricing
import Records

extension Project {
  /// The prices of `models`, as a table; nil when there are none.
  ///
  /// Its version is the SHA-256 of these prices in canonical JSON: what else the file says does not change it.
  /// - Parameter source: the file as people call it.
  public func ownPrices(source: String) -> PriceTable? {
    let priced = models.filter { !$0.value.prices.isEmpty }
    guard !priced.isEmpty else { return nil }
    var document = JSONObject()
    for entry in priced {
      var prices = ModelSettings()
      prices.prices = entry.value.prices
      var shown = JSONObject()
      shown["price"] = Shape<ModelSettings>.object.show(prices).json["price"]
      document[entry.id] = .object(shown)
    }
    // Texts and nothing always have a canonical form.
    let bytes = Array(((try? JSONValue.object(document).canonical()) ?? "").utf8)
    return PriceTable(
      source: source, version: SHA256Digest(of: bytes), bytes: Int64(bytes.count), knowsRequests: true,
      directory: OwnDirectory(
        priced.map { entry in ModelPrices(entry.id, offers: entry.value.prices.map(\.offer)) }))
  }
}

extension ModelPriceSettings {
  var offer: ModelPrices.Offer {
    var sheet = PriceSheet(currency: amounts.first?.money.currency ?? "USD")
    func set(_ kind: BilledKind, _ money: Money?, perPiece: Bool = false) {
      guard let money, let price = perPiece ? UnitPrice(perPiece: money) : UnitPrice(perMillion: money) else { return }
      sheet[kind] = TieredPrice(price)
    }
    set(.input, input)
    set(.cacheRead, cacheRead)
    set(.cacheWrite, cacheWrite)
    set(.cacheWrite1Hour, cacheWrite1Hour)
    set(.output, output)
    set(.reasoning, reasoning)
    set(.inputAudio, inputAudio)
    set(.cacheReadAudio, cacheReadAudio)
    set(.outputAudio, outputAudio)
    set(.inputImage, inputImage)
    set(.outputImage, outputImage)
    set(.webSearch, webSearch, perPiece: true)
    set(.request, request, perPiece: true)
    return .init(sheet, Validity(from: from, to: to))
  }
}
