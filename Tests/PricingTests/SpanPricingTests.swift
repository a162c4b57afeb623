import Pricing
import Records
import Testing

struct SpanPricingTests {
  private func span(_ configure: (inout SpanRecord) -> Void = { _ in }) throws -> SpanRecord {
    var span = SpanRecord(
      spanID: "00f067aa0ba902b7", traceID: "4bf92f3577b34da6a3ce929d0e0e4736", name: "chat m", spanKind: "chat",
      startedAt: try instant("2026-01-01T10:00:00Z"), feature: "bot")
    span.endedAt = try instant("2026-01-01T10:00:01Z")
    span.modelServed = "m"
    (span.inputTokens, span.outputTokens) = (1_000_000, 1_000_000)
    configure(&span)
    return span
  }

  private func pricing() throws -> SpanPricing {
    let prices = try sheet([
      .input: "1", .cacheRead: "0.1", .cacheWrite: "1.25", .cacheWrite1Hour: "2", .output: "4", .reasoning: "8",
    ])
    let row = NameDirectory.Row(
      provider: "openai",
      ModelPrices(
        "m", offers: [.init(prices)],
        variants: [
          .init(CallModes(["service_tier": "flex"]), try sheet([.input: "0.5", .output: "2"]), isPartial: true)
        ]))
    return SpanPricing(
      PriceBook([
        PriceTable(source: "list", version: SHA256Digest(of: "list"), bytes: 1, directory: NameDirectory([row]))
      ]))
  }

  private func amount(_ configure: (inout SpanRecord) -> Void) throws -> Money? {
    try pricing().cost(of: try span(configure))?.amount
  }

  @Test func aCostNamesItsSpanAndItsPrices() throws {
    let cost = try #require(try pricing().cost(of: try span()))
    #expect(cost.traceID == "4bf92f3577b34da6a3ce929d0e0e4736" && cost.spanID == "00f067aa0ba902b7")
    #expect(cost.at == (try instant("2026-01-01T10:00:00Z")))
    #expect(cost.amount == dollars("5") && cost.reason == nil)
    #expect(cost.priceVersion == SHA256Digest(of: "list").description)
  }

  @Test func finerCountsLieAmongTheAttributes() throws {
    #expect(try amount { $0.cachedTokens = 500_000 } == dollars("4.55"))
    #expect(try amount { $0.attributes = #"{"tokens":{"cache_read":500000}}"# } == dollars("4.55"))
    #expect(
      try amount { $0.attributes = #"{"tokens":{"cache_write":500000,"cache_write_1h":250000}}"# } == dollars("5.3125"))
    #expect(try amount { $0.attributes = #"{"tokens":{"reasoning":500000}}"# } == dollars("7"))
    #expect(
      try amount { $0.attributes = #"{"tokens":{"beside":[{"input":1000000,"model":"m","output":0}]}}"# }
        == dollars("6"))
    // Attributes that are broken say nothing.
    #expect(try amount { $0.attributes = "{" } == dollars("5"))
    #expect(try amount { $0.attributes = #"{"tokens":{"reasoning":-5}}"# } == dollars("5"))
  }

  @Test func theAnswersTierCountsBeforeTheOneThatWasAskedFor() throws {
    #expect(try amount { $0.parameters = #"{"service_tier":"flex"}"# } == dollars("2.5"))
    #expect(try amount { $0.attributes = #"{"billing":{"service_tier":"flex"}}"# } == dollars("2.5"))
    #expect(
      try amount {
        $0.parameters = #"{"service_tier":"flex"}"#
        $0.attributes = #"{"billing":{"service_tier":"default"}}"#
      } == dollars("5"))
  }

  @Test func theProviderIsReadToo() throws {
    let cost = try #require(
      try pricing().cost(of: try span { $0.attributes = #"{"provider":"aws.bedrock"}"# }))
    #expect(cost.amount == nil && cost.reason == "no price for model 'm' of 'aws.bedrock'" && cost.priceVersion == nil)
  }

  /// Of a call that nobody was asked for nobody bills anything, whether the model has a price or not.
  @Test func whatWasNotAskedCostsNothing() throws {
    for model in ["m", "fast"] {
      let cost = try #require(
        try pricing().cost(
          of: try span {
            ($0.modelServed, $0.modelRequested, $0.status) = (nil, model, .error)
            ($0.inputTokens, $0.outputTokens) = (0, 0)
            $0.attributes = #"{"unasked":true}"#
          }))
      #expect(cost.amount == dollars("0") && cost.reason == nil && cost.priceVersion == nil, "\(model)")
    }
  }

  /// What a caller calls the model is no name of the provider's.
  @Test func theModelIsWhatItsUpstreamCallsIt() throws {
    #expect(
      try amount {
        ($0.modelServed, $0.modelRequested) = (nil, "fast")
        $0.attributes = #"{"upstream_model":"m"}"#
      } == dollars("5"))
    // What answered says more than what was asked for.
    #expect(try amount { $0.attributes = #"{"upstream_model":"n"}"# } == dollars("5"))
  }

  /// As an export does.
  @Test func whatADeliverySaysOfACostStands() throws {
    let (one, other) = (try span(), try span { $0.spanID = "00f067aa0ba902b8" })
    var stated = CostRecord(traceID: one.traceID, spanID: one.spanID, at: one.startedAt)
    stated.amount = dollars("1")
    var batch = RecordBatch()
    for record in [Record.span(one), .span(other), .cost(stated)] { batch.receive(record) }
    let added = try pricing().addCosts(to: &batch)
    var amounts: [String: Money?] = [:]
    for case .cost(let cost) in batch.records { amounts[cost.spanID] = .some(cost.amount) }
    #expect(added == 1 && batch.count == 4)
    #expect(amounts == [one.spanID: dollars("1"), other.spanID: dollars("5")])
  }

  /// Sums that agents and workflows report are the calls inside them.
  @Test func onlyCallsOfModelsCost() throws {
    for kind in SpanRecord.kinds {
      let cost = try pricing().cost(of: try span { $0.spanKind = kind })
      #expect((cost != nil) == ["chat", "completion", "embeddings", "rerank"].contains(kind), "\(kind)")
    }
  }

  @Test func silentCalls() throws {
    func silent(_ configure: (inout SpanRecord) -> Void) throws -> CostRecord? {
      try pricing().cost(
        of: try span {
          ($0.inputTokens, $0.outputTokens) = (nil, nil)
          configure(&$0)
        })
    }
    // A call that went well was billed, for nobody knows how much.
    let cost = try #require(try silent { _ in })
    #expect(cost.amount == nil && cost.reason == "no tokens were reported")
    #expect(cost.priceVersion == SHA256Digest(of: "list").description)
    // One that failed, or has not ended, need not have been.
    #expect(try silent { $0.status = .error } == nil)
    #expect(try silent { $0.endedAt = nil } == nil)
    // Usage makes it a call that is billed.
    #expect(try amount { $0.status = .error } == dollars("5"))
  }

  @Test func embeddingsHaveNoOutput() throws {
    #expect(
      try amount {
        $0.spanKind = "embeddings"
        $0.outputTokens = nil
      } == dollars("1"))
  }

  @Test func everyReasonIsSaidOnce() throws {
    let cost = try #require(
      try pricing().cost(
        of: try span {
          $0.attributes =
            #"{"tokens":{"beside":[{"input":5,"model":"n","output":1},{"input":5,"model":"n","output":1}],"web_searches":2}}"#
        }))
    #expect(cost.reason == "no price for web searches; no price for model 'n'")
  }
}
