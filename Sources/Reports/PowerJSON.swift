internal import Comparison

/// `tally.power/1`.
struct PowerJSON {
  let plan: PowerPlan
  let options: ReportOptions

  var value: JSONValue {
    .object([
      ("schema", .string("tally.power/1")),
      ("version", options.version.isEmpty ? .null : .string(options.version)),
      ("basis", basis),
      ("design", .string(plan.design.rawValue)),
      ("claim", .string(plan.claim?.rawValue)),
      ("alpha", .number(plan.alpha)),
      ("power", .number(plan.power)),
      ("base_rate", .number(plan.baseRate)),
      ("discordant_share", .number(plan.discordantShare)),
      ("standard_deviation", .number(plan.standardDeviation)),
      ("design_effect", .number(plan.designEffect)),
      ("unit", .string(plan.unit)),
      ("items", .integer(plan.items)),
      ("effect", .number(plan.effect)),
      ("items_for_effect", .integer(plan.itemsForEffect)),
      ("power_at_items", .number(plan.powerAtItems)),
      ("margin", .number(plan.margin)),
      ("items_for_margin", .integer(plan.itemsForMargin)),
      ("detectable_gain", .number(plan.detectableGain)),
      ("detectable_loss", .number(plan.detectableLoss)),
      ("ruler", .array(plan.ruler.map(mark))),
      ("budget", budget),
      ("variance", JSONParts.variance(plan.variance)),
      ("notes", .array(plan.notes.map { .string($0) })),
    ])
  }

  private var basis: JSONValue {
    switch plan.basis {
    case .assumed: .object([("kind", .string("assumed")), ("name", .null), ("items", .null)])
    case .pilot(let name, let items):
      .object([("kind", .string("pilot")), ("name", .string(name)), ("items", .integer(items))])
    }
  }

  private func mark(_ mark: PowerPlan.RulerMark) -> JSONValue {
    .object([
      ("items", .integer(mark.items)), ("detectable_gain", .number(mark.detectableGain)),
      ("detectable_loss", .number(mark.detectableLoss)),
    ])
  }

  private var budget: JSONValue {
    guard let budget = plan.budget else { return .null }
    return .object([
      ("unit", .string(budget.unit)), ("cost_per_item", .number(budget.costPerItem)),
      ("cost_per_repeat", .number(budget.costPerRepeat)), ("items", .integer(budget.items)),
      ("repeats", .integer(budget.repeats)), ("cost", .number(budget.cost)), ("budget", .number(budget.budget)),
      ("detectable_effect", .number(budget.detectableEffect)),
    ])
  }
}
