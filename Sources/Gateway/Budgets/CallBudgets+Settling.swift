internal import Guards
internal import Pricing
public import Records
internal import Store

extension CallBudgets {
  /// Says what a call used that has become a span.
  /// - Parameters:
  ///   - record: of the call.
  ///   - contents: what was said in it.
  public func settle(_ ticket: Ticket, _ call: CallSpan, as record: SpanRecord, _ contents: [Content]) {
    let budgets = ticket.claims.map { (name: $0.rule.name, unit: $0.rule.unit) }
    ledger.settle(ticket.promise, used(of: budgets, model: ticket.model, call, record, contents))
  }

  /// Takes back what a call was promised that used nothing: it never left.
  public func withdraw(_ ticket: Ticket) { ledger.settle(ticket.promise, CallBudgets.unused(ticket.claims)) }

  /// What a call used of each budget; none is named of which nobody can say.
  /// - Parameters:
  ///   - model: the name that the upstream knows.
  ///   - wasSent: whether what was asked has left.
  func used(
    of budgets: [(name: String, unit: BudgetRule.Unit)], model: String, _ call: CallSpan, wasSent: Bool
  ) -> [String: Int128] {
    guard wasSent else { return Dictionary(uniqueKeysWithValues: budgets.map { ($0.name, Int128(0)) }) }
    let batch = call.batch
    guard case .span(let record)? = batch.records.last else { return [:] }
    return used(of: budgets, model: model, call, record, batch.contents)
  }

  private func used(
    of budgets: [(name: String, unit: BudgetRule.Unit)], model: String, _ call: CallSpan, _ record: SpanRecord,
    _ contents: [Content]
  ) -> [String: Int128] {
    var used: [String: Int128] = [:]
    let span = counted(record, contents, call, model: model)
    let isRefused = call.wasRefused && span.inputTokens == nil && span.outputTokens == nil
    // What broke off may have used more than it said until then.
    let isWhole = call.observation.fault == nil && call.observation.substance?.isError != true
    for budget in budgets {
      switch budget.unit {
      case .calls: used[budget.name] = 1
      case .tokens:
        if isRefused { used[budget.name] = 0 }
        if isWhole, let input = span.inputTokens, input >= 0 {
          used[budget.name] = Int128(input) + Int128(max(0, span.outputTokens ?? 0))
        }
      case .money(let currency):
        if isRefused { used[budget.name] = 0 }
        let costs = [models.pricing?.cost(of: span)?.amount, call.statedCost].compactMap(\.self)
        if isWhole, let cost = costs.first(where: { $0.currency == currency }) { used[budget.name] = cost.units }
      }
    }
    return used
  }

  /// The span of a call; where a whole reply does not say what it used, with its tokens counted as the model counts them, when
  /// somebody says how that is.
  private func counted(
    _ span: SpanRecord, _ contents: [Content], _ call: CallSpan, model: String
  ) -> SpanRecord {
    var span = span
    guard call.observation.fault == nil, (200..<300).contains(call.status ?? 0), call.observation.reply != nil,
      span.inputTokens == nil,
      // Of what is only referred to, or goes on behind the reply, nobody here can count the tokens.
      CallBound(call.request).input != nil
    else { return span }
    var (input, output): (Int64, Int64) = (0, 0)
    for part in SpanContents.parts {
      guard let sha256 = span.contents[keyPath: part.path],
        let content = contents.first(where: { $0.sha256 == sha256 })
      else { continue }
      guard
        let tokens = (models.count(content.bytes, model) ?? models.count(content.bytes, call.request.model))
          .map({ Int64($0) })
      else { return span }
      if part.name == "output" { output += tokens } else { input += tokens }
    }
    span.inputTokens = input
    span.outputTokens = output
    return span
  }
}
