public import Records

/// Prices recorded spans.
public struct SpanPricing: Sendable {
  public let book: PriceBook

  public init(_ book: PriceBook) {
    self.book = book
  }

  /// Kinds of spans that are calls of a model. An agent or a workflow often reports the sum of the calls inside it: pricing that
  /// as well would count them twice.
  public static let kinds: Set<String> = ["chat", "completion", "embeddings", "rerank"]

  /// What a span costs; nil for what is no call of a model, and for a call that failed and reported no usage. A call of which nobody
  /// was asked costs nothing, whether the model has a price or not.
  public func cost(of span: SpanRecord) -> CostRecord? {
    guard SpanPricing.kinds.contains(span.spanKind) else { return nil }
    let usage = SpanUsage(span)
    let isSilent = usage.usage.input == nil && usage.usage.output == nil
    if usage.wasAsked, isSilent, span.status != .ok || span.endedAt == nil { return nil }
    // Where nobody says what answered, it was what the upstream was asked for; the caller's word for that is none of the provider's.
    let call = Call(
      provider: usage.provider, modelServed: span.modelServed ?? usage.upstreamModel,
      modelRequested: span.modelRequested, at: span.startedAt, usage: usage.usage,
      isEmbedding: span.spanKind == "embeddings" || span.spanKind == "rerank")
    let answer = book.answer(call)
    return usage.wasAsked ? record(span, answer) : nothing(span, in: answer.cost.currency)
  }

  /// The cost of what was not asked: by no prices, some of which are for the call itself.
  /// - Parameter currency: of the prices that it would have had, so that sums have one currency.
  private func nothing(_ span: SpanRecord, in currency: String) -> CostRecord {
    var record = CostRecord(traceID: span.traceID, spanID: span.spanID, at: span.startedAt)
    record.amount = Money(units: 0, currency: currency)
    return record
  }

  private func record(_ span: SpanRecord, _ answer: PriceBook.Answer) -> CostRecord {
    var record = CostRecord(traceID: span.traceID, spanID: span.spanID, at: span.startedAt)
    record.priceVersion = answer.table?.version.description
    if let total = answer.cost.total, SpanPricing.isStorable(total) {
      record.amount = total
    } else {
      let gaps = answer.cost.gaps.isEmpty ? [PriceGap.tooLarge] : answer.cost.gaps
      var reasons: [String] = []
      for gap in gaps where !reasons.contains(gap.reason) { reasons.append(gap.reason) }
      record.reason = reasons.joined(separator: "; ")
    }
    return record
  }

  /// One record may cost 10⁹ of its currency.
  private static func isStorable(_ money: Money) -> Bool { money.units <= 1_000_000_000 * Money.unitsPerOne }
}

extension SpanPricing {
  /// Adds to a delivery what its spans cost, so that they are committed together. What it says itself of what a span costs, as an
  /// export does, stands.
  /// - Returns: how many records were added.
  @discardableResult
  public func addCosts(to batch: inout RecordBatch) -> Int {
    var stated: Set<[String]> = []
    for case .cost(let cost) in batch.records { stated.insert([cost.traceID, cost.spanID]) }
    var added = 0
    for case .span(let span) in batch.records {
      guard stated.isEmpty || !stated.contains([span.traceID, span.spanID]), let cost = cost(of: span) else { continue }
      batch.receive(cost)
      added += 1
    }
    return added
  }
}
