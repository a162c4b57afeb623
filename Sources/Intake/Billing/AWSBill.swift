import Records

/// A Cost and Usage Report of AWS, in the columns of CUR 2.0 (`line_item_usage_account_id`) or of the reports before it
/// (`lineItem/UsageAccountId`).
///
/// | type of line | category | effective cost |
/// |---|---|---|
/// | Usage | Usage | unblended |
/// | DiscountedUsage | Usage | reservation/EffectiveCost |
/// | SavingsPlanCoveredUsage | Usage | savingsPlan/SavingsPlanEffectiveCost |
/// | SavingsPlanNegation | Usage | 0: the covered usage carries it |
/// | RIFee | Purchase | what was not used of the reservation |
/// | SavingsPlanRecurringFee | Purchase | the commitment less what was used of it |
/// | SavingsPlanUpfrontFee, Fee of a reservation | Purchase | 0: it is spread over what uses it |
/// | Fee | Purchase | unblended |
/// | Tax | Tax | unblended |
/// | Refund | Adjustment | unblended |
/// | Credit, discounts | Credit | unblended |
///
/// A column that a line's effective cost needs and the report lacks leaves it unknown, never 0.
///
/// Source: AWS, "Understanding savings plans" and "Understanding your reservations" of the Cost and Usage Report's
/// dictionary: amortised cost.
enum AWSBill: BillFormat {
  static func recognises(_ columns: Set<String>) -> Bool {
    let names = Set(columns.map(column))
    return names.isSuperset(of: ["line_item_usage_account_id", "line_item_unblended_cost", "line_item_line_item_type"])
  }

  /// `lineItem/UsageAccountId` as `line_item_usage_account_id`. A tag's name is the user's: it stays as it is.
  static func column(_ name: String) -> String {
    guard let slash = name.firstIndex(of: "/"), !name.hasPrefix("resourceTags/") else { return name }
    let section = ColumnNames.normalised(String(name[..<slash]))
    return section + "_" + ColumnNames.normalised(String(name[name.index(after: slash)...]))
  }

  static func charge(_ line: BillLine) throws -> ChargeRecord {
    var charge = ChargeRecord()
    let type = line.string("line_item_line_item_type") ?? ""
    charge.account = try line.required(
      line.string("line_item_usage_account_id") ?? line.string("bill_payer_account_id"), "UsageAccountId",
      "PayerAccountId")
    charge.service = line.string("line_item_product_code")
    charge.resource = line.string("line_item_resource_id")
    charge.tags = try tags(line)
    charge.billedCost = try line.amount("line_item_unblended_cost")
    charge.effectiveCost = try effectiveCost(type, line)
    charge.currency = try line.required(line.string("line_item_currency_code"), "CurrencyCode")
    charge.periodFrom = try line.required(try line.time("line_item_usage_start_date"), "UsageStartDate")
    charge.periodTo = try line.time("line_item_usage_end_date")
    charge.quantity = try line.real("line_item_usage_amount")
    charge.unit = line.string("pricing_unit")
    charge.chargeCategory = category(type)
    charge.attributes = BillAttributes.text([
      ("provider", "AWS"), ("billing_account", line.string("bill_payer_account_id")),
      ("line_item_id", line.string("identity_line_item_id")), ("line_item_type", type.isEmpty ? nil : type),
      ("usage_type", line.string("line_item_usage_type")),
      ("region", line.string("product_region_code") ?? line.string("product_region")),
    ])
    return charge
  }

  private static func category(_ type: String) -> String? {
    switch type {
    case "": nil
    case "Usage", "DiscountedUsage", "SavingsPlanCoveredUsage", "SavingsPlanNegation": "Usage"
    case "Fee", "RIFee", "SavingsPlanRecurringFee", "SavingsPlanUpfrontFee": "Purchase"
    case "Tax": "Tax"
    case "Refund": "Adjustment"
    case "Credit": "Credit"
    default: type.hasSuffix("Discount") ? "Credit" : "Adjustment"
    }
  }

  private static func effectiveCost(_ type: String, _ line: BillLine) throws -> Int128? {
    switch type {
    case "DiscountedUsage": return try line.amount("reservation_effective_cost")
    case "SavingsPlanCoveredUsage": return try line.amount("savings_plan_savings_plan_effective_cost")
    case "SavingsPlanNegation", "SavingsPlanUpfrontFee": return 0
    case "RIFee":
      return try sum(
        try line.amount("reservation_unused_amortized_upfront_fee_for_billing_period"),
        try line.amount("reservation_unused_recurring_fee"))
    case "SavingsPlanRecurringFee":
      return try sum(
        try line.amount("savings_plan_total_commitment_to_date"),
        try line.amount("savings_plan_used_commitment").map { -$0 })
    case "Fee":
      let reservation = line.text("reservation_reservation_a_r_n") ?? line.text("reservation_reservation_arn")
      return reservation == nil ? try line.amount("line_item_unblended_cost") : 0
    default: return try line.amount("line_item_unblended_cost")
    }
  }

  private static func sum(_ left: Int128?, _ right: Int128?) throws -> Int128? {
    guard let left, let right else { return nil }
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? nil : sum
  }

  /// Columns of their own (`resourceTags/user:team`), or one with an object of JSON (`resource_tags`, `user_team`); tags
  /// that users gave bear the names that they gave.
  private static func tags(_ line: BillLine) throws -> Tags {
    var tags: [(String, String)] = []
    for name in line.names where name.hasPrefix("resourceTags/") {
      guard let value = line.string(name) else { continue }
      tags.append((plain(String(name.dropFirst("resourceTags/".utf8.count)), "user:"), value))
    }
    if let text = line.text("resource_tags") {
      guard let members = BillAttributes.tags(text) else {
        throw line.wrong(text, "resource_tags", "an object of JSON")
      }
      tags += members.map { (plain($0.0, "user_"), $0.1) }
    }
    return Tags(tags)
  }

  private static func plain(_ name: String, _ prefix: String) -> String {
    name.hasPrefix(prefix) && name.utf8.count > prefix.utf8.count ? String(name.dropFirst(prefix.utf8.count)) : name
  }
}
