public import Records

/// All prices of one model in one table: what holds when, and what differs in some modes.
public struct ModelPrices: Sendable, Hashable {
  /// Prices and when they hold.
  public struct Offer: Sendable, Hashable {
    public var validity: Validity
    public var sheet: PriceSheet

    public init(_ sheet: PriceSheet, _ validity: Validity = .always) {
      self.sheet = sheet
      self.validity = validity
    }
  }

  /// Prices for calls in some modes, such as batches.
  public struct Variant: Sendable, Hashable {
    /// All of these must be the call's; what costs as usual counts as no mode.
    public var modes: CallModes
    public var validity: Validity
    public var sheet: PriceSheet
    /// Whether kinds that the sheet does not name cost as usual; else they have no price.
    public var isPartial: Bool

    public init(_ modes: CallModes, _ sheet: PriceSheet, _ validity: Validity = .always, isPartial: Bool) {
      self.modes = modes
      self.sheet = sheet
      self.validity = validity
      self.isPartial = isPartial
    }
  }

  /// As the table names the model.
  public let id: String
  /// Of several that hold, the last counts.
  public var offers: [Offer]
  /// Of several that fit, the first that names a kind decides about it.
  public var variants: [Variant]

  public init(_ id: String, offers: [Offer], variants: [Variant] = []) {
    self.id = id
    self.offers = offers
    self.variants = variants
  }

  /// What a call at an instant pays, in the modes in which it ran.
  ///
  /// A mode that no variant knows leaves the price unknown: flex and batches cost half, priority and fast a multiple.
  public func sheet(at instant: Instant, modes: CallModes) -> Result<PriceSheet, PriceGap> {
    guard let offer = offers.last(where: { $0.validity.contains(instant) }) else { return .failure(.notInForce) }
    let special = modes.special
    if special.isEmpty { return .success(offer.sheet) }
    let fitting = variants.filter { variant in
      let wanted = variant.modes.special
      return variant.validity.contains(instant) && !wanted.isEmpty && wanted.allSatisfy { special[$0.key] == $0.value }
    }
    for (name, word) in special.sorted(by: { $0.key < $1.key })
    where !fitting.contains(where: { $0.modes.special[name] != nil }) {
      return .failure(.mode(name: name, word: word))
    }
    let isPartial = fitting.allSatisfy(\.isPartial)
    var sheet = isPartial ? offer.sheet : PriceSheet(currency: offer.sheet.currency)
    for variant in fitting.reversed() { sheet = sheet.replacing(variant.sheet) }
    return .success(sheet)
  }
}
