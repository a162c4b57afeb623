import Records

/// A bill in the columns of FOCUS, which all large clouds export: one line a charge.
///
/// Versions 1.0 to 1.2 name the columns that are read alike; others go unread. `SubAccountId` is the account, or
/// `BillingAccountId` where a line has none.
///
/// Source: FinOps Open Cost and Usage Specification (FOCUS) 1.2.
enum FocusBill: BillFormat {
  static func recognises(_ columns: Set<String>) -> Bool {
    columns.isSuperset(of: ["BilledCost", "BillingCurrency", "ChargePeriodStart"])
  }

  static func column(_ name: String) -> String { name }

  static func charge(_ line: BillLine) throws -> ChargeRecord {
    var charge = ChargeRecord()
    charge.account = try line.required(
      line.string("SubAccountId") ?? line.string("BillingAccountId"), "SubAccountId", "BillingAccountId")
    charge.service = line.string("ServiceName")
    charge.resource = line.string("ResourceId")
    charge.tags = try tags(line)
    charge.billedCost = try line.amount("BilledCost")
    charge.effectiveCost = try line.amount("EffectiveCost")
    charge.currency = try line.required(line.string("BillingCurrency"), "BillingCurrency")
    charge.periodFrom = try line.required(try line.time("ChargePeriodStart"), "ChargePeriodStart")
    charge.periodTo = try line.time("ChargePeriodEnd")
    charge.quantity = try line.real("ConsumedQuantity")
    charge.unit = line.string("ConsumedUnit")
    if let category = line.text("ChargeCategory") {
      guard ChargeRecord.categories.contains(category.string) else {
        throw line.wrong(
          category, "ChargeCategory", "one of \(ChargeRecord.categories.sorted().joined(separator: ", "))")
      }
      charge.chargeCategory = category.string
    }
    charge.chargeClass = line.string("ChargeClass")
    charge.attributes = BillAttributes.text([
      ("provider", line.string("ProviderName")), ("billing_account", line.string("BillingAccountId")),
      ("region", line.string("RegionId")), ("service_category", line.string("ServiceCategory")),
      ("sku", line.string("SkuId")), ("list_cost", line.string("ListCost")),
      ("contracted_cost", line.string("ContractedCost")),
    ])
    return charge
  }

  /// An object of JSON; a tag without a value is `true`, as the specification asks for.
  private static func tags(_ line: BillLine) throws -> Tags {
    guard let text = line.text("Tags") else { return Tags() }
    guard let tags = BillAttributes.tags(text) else { throw line.wrong(text, "Tags", "an object of JSON") }
    return Tags(tags)
  }
}

/// Small objects in the cells of bills.
enum BillAttributes {
  /// Canonical JSON of what is there; nil for nothing.
  static func text(_ members: [(String, String?)]) -> String? {
    var object = JSONObject()
    for (name, value) in members { object[name] = value.map(JSONValue.string) }
    return object.members.isEmpty ? nil : try? JSONValue.object(object).canonical()
  }

  /// The members of an object with one value each, as texts; nil for what is no object.
  static func tags(_ text: BorrowedText) -> [(String, String)]? {
    guard case .object(let object)? = try? JSONValue(parsing: text.bytes) else { return nil }
    return object.members.compactMap { member in
      switch member.value {
      case .string(let text): (member.key, text)
      case .bool(let truth): (member.key, truth ? "true" : "false")
      case .integer, .number: (try? member.value.canonical()).map { (member.key, $0) }
      case .null, .array, .object: nil
      }
    }
  }
}
