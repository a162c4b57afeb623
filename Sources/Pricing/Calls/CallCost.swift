public import Records

/// What one call costs by some prices: line by line, or why that is not known.
///
/// Amounts are exact: counts times prices in whole numbers, rounded once at the end, half to even, to 10⁻¹² parts of the
/// currency.
public struct CallCost: Sendable, Equatable {
  /// One kind of what was used.
  public struct Line: Sendable, Equatable {
    public let kind: BilledKind
    public let count: Int64
    public let price: UnitPrice
    /// In 10⁻¹⁸ parts of the currency.
    let attounits: Int128
  }

  public let currency: String
  public private(set) var lines: [Line] = []
  /// Why the cost is unknown; none when it is known.
  public private(set) var gaps: [PriceGap] = []

  /// A cost that is unknown for a reason that comes before any price.
  public init(unknown gap: PriceGap) {
    currency = "USD"
    gaps = [gap]
  }

  /// Prices a call.
  /// - Parameter isEmbedding: the call has no output, so that none need be reported.
  public init(of usage: TokenBuckets, by sheet: PriceSheet, isEmbedding: Bool = false) {
    currency = sheet.currency
    let quantities = BilledQuantities(usage, sheet, isEmbedding: isEmbedding)
    gaps = quantities.gaps
    for (kind, count) in quantities.quantities {
      guard let tiered = sheet[kind] ?? kind.general.flatMap({ sheet[$0] }) else {
        gaps.append(.unpriced(kind))
        continue
      }
      guard let price = tiered.price(inputTokens: usage.input ?? 0) else {
        gaps.append(
          tiered.tiers.last { usage.input ?? 0 > $0.above }.map { .unpricedAbove(kind, tokens: $0.above) }
            ?? .unpriced(kind))
        continue
      }
      guard let attounits = price.product(count) else {
        gaps.append(.tooLarge)
        continue
      }
      lines.append(Line(kind: kind, count: count, price: price, attounits: attounits))
    }
  }

  /// With what another part of the same call costs. Of other currencies nothing is added: the sum is unknown then.
  func adding(_ other: CallCost) -> CallCost {
    var sum = self
    sum.gaps += other.gaps
    if other.currency == currency || other.lines.isEmpty {
      sum.lines += other.lines
    } else {
      sum.gaps.append(.currencies)
    }
    return sum
  }

  /// What the whole call costs; nil when any part of it is unknown.
  public var total: Money? { gaps.isEmpty ? sum(lines) : nil }

  /// What the known lines on one side of the call cost, whatever is unknown beside them.
  public func known(_ side: BilledKind.Side) -> Money? { sum(lines.filter { $0.kind.side == side }) }

  private func sum(_ lines: [Line]) -> Money? {
    var sum: Int128 = 0
    for line in lines {
      let (next, overflow) = sum.addingReportingOverflow(line.attounits)
      if overflow { return nil }
      sum = next
    }
    return Money(units: UnitPrice.rounded(sum), currency: currency)
  }
}
