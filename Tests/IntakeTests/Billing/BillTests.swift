import Records
import Testing

@testable import Intake

@Suite struct BillTests {
  static let focusHeader =
    "BilledCost,EffectiveCost,BillingCurrency,BillingAccountId,SubAccountId,ChargePeriodStart,ChargePeriodEnd,"
    + "ChargeCategory,ChargeClass,ServiceName,ResourceId,ConsumedQuantity,ConsumedUnit,Tags\n"
  static let focusRow =
    "0.10,0.07,USD,b,a,2024-09-18 22:00:00,2024-09-18 23:00:00,Usage,NULL,S3,NULL,2.5,GB,\"{\"\"owner\"\": \"\"Ana\"\"}\"\n"

  private func charges(_ text: String, name: String = "bill.csv") throws -> [ChargeRecord] {
    try records(text, name: name).records.declared.compactMap {
      if case .charge(let charge) = $0 { charge } else { nil }
    }
  }

  @Test func aLineOfFocus() throws {
    let (read, summary) = try records(BillTests.focusHeader + BillTests.focusRow)
    #expect(summary.format == .focusBill && summary.records == 1 && summary.files.first?.rows == 1)
    guard case .charge(let charge)? = read.declared.first else {
      Issue.record("no charge")
      return
    }
    #expect(charge.account == "a" && charge.service == "S3" && charge.resource == nil && charge.owner == nil)
    #expect(charge.billedCost == 100_000_000_000 && charge.effectiveCost == 70_000_000_000)
    #expect(charge.currency == "USD" && charge.chargeCategory == "Usage" && charge.chargeClass == nil)
    #expect(charge.periodFrom == Instant("2024-09-18T22:00:00Z") && charge.periodTo == Instant("2024-09-18T23:00:00Z"))
    #expect(charge.quantity == 2.5 && charge.unit == "GB" && charge.tags == Tags(["owner": "Ana"]))
    #expect(charge.attributes == #"{"billing_account":"b"}"#)
    #expect(charge.chargeID.utf8.count == 32)
  }

  @Test func equalLinesAreNumberedAndUnequalOnesAreNot() throws {
    let twice = try charges(BillTests.focusHeader + BillTests.focusRow + BillTests.focusRow)
    #expect(twice.count == 2 && twice[1].chargeID == twice[0].chargeID + "-2")
    let other = BillTests.focusRow.replacing("0.10", with: "0.11")
    let mixed = try charges(BillTests.focusHeader + BillTests.focusRow + other + BillTests.focusRow)
    #expect(mixed.map(\.chargeID) == [twice[0].chargeID, mixed[1].chargeID, twice[1].chargeID])
    #expect(mixed[1].chargeID.utf8.count == 32 && mixed[1].chargeID != twice[0].chargeID)
  }

  /// Where a cell stands is no part of what it says, nor are empty cells; which column it is in is.
  @Test func theNameRestsOnWhatIsSaidAlone() throws {
    let first = try charges(
      "BilledCost,BillingCurrency,BillingAccountId,ChargePeriodStart,EffectiveCost\n1,USD,a,2024-09-01T00:00:00Z,2\n")
    let turned = try charges(
      "EffectiveCost,ServiceName,ChargePeriodStart,BillingAccountId,BillingCurrency,BilledCost\n2,,2024-09-01T00:00:00Z,a,USD,1\n"
    )
    #expect(first[0].chargeID == turned[0].chargeID)
    let swapped = try charges(
      "BilledCost,BillingCurrency,BillingAccountId,ChargePeriodStart,EffectiveCost\n2,USD,a,2024-09-01T00:00:00Z,1\n")
    #expect(swapped[0].chargeID != first[0].chargeID)
    let line = #"{"BilledCost":1,"EffectiveCost":"2","BillingCurrency":"USD","BillingAccountId":"a","#
    let json = try charges(
      line + #""ChargePeriodStart":"2024-09-01T00:00:00Z","ResourceId":null}"# + "\n", name: "b.jsonl")
    #expect(json[0].chargeID == first[0].chargeID && json[0].billedCost == 1_000_000_000_000)
  }

  @Test func jsonLinesWithTagsAsAnObject() throws {
    let line =
      #"{"BilledCost":1e-7,"BillingCurrency":"EUR","SubAccountId":"a","ChargePeriodStart":"2024-09-01T00:00:00Z","Tags":{"team":"x","flag":true,"n":3,"none":null}}"#
    let both = try charges(line + "\n" + line + "\n", name: "b.jsonl")
    #expect(both.count == 2 && both[0].billedCost == 100_000 && both[0].effectiveCost == nil)
    #expect(both[0].tags == Tags(["team": "x", "flag": "true", "n": "3"]) && both[0].chargeCategory == nil)
    #expect(both[1].chargeID.hasSuffix("-2"))
  }

  @Test func otherDelimitersAndAByteOrderMark() throws {
    let text = (BillTests.focusHeader + BillTests.focusRow.replacing("\"{\"\"owner\"\": \"\"Ana\"\"}\"", with: "NULL"))
    for delimiter in ["\t", ";", "|"] {
      let bill = "\u{FEFF}" + text.replacing(",", with: delimiter)
      #expect(try charges(bill).first?.effectiveCost == 70_000_000_000)
    }
  }

  static let curHeader =
    "identity/LineItemId,bill/PayerAccountId,lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,"
    + "lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UsageAmount,lineItem/CurrencyCode,lineItem/UnblendedCost,"
    + "reservation/EffectiveCost,reservation/UnusedAmortizedUpfrontFeeForBillingPeriod,reservation/UnusedRecurringFee,"
    + "reservation/ReservationARN,savingsPlan/SavingsPlanEffectiveCost,savingsPlan/TotalCommitmentToDate,"
    + "savingsPlan/UsedCommitment,resourceTags/user:owner,resourceTags/aws:createdBy\n"

  private func curRow(_ type: String, arn: String = "", effective: String = "4", savings: String = "5") -> String {
    "id,p,acc,\(type),2023-11-01T00:00:00Z,2023-11-02T00:00:00Z,AmazonS3,1,USD,3,\(effective),1,0.5,\(arn),\(savings),10,7,ana,root\n"
  }

  /// What the table in the reader's manual says, line by line.
  @Test(
    arguments: [
      ("Usage", "", "Usage", 3), ("DiscountedUsage", "", "Usage", 4), ("SavingsPlanCoveredUsage", "", "Usage", 5),
      ("SavingsPlanNegation", "", "Usage", 0), ("RIFee", "", "Purchase", 1.5),
      ("SavingsPlanRecurringFee", "", "Purchase", 3), ("SavingsPlanUpfrontFee", "", "Purchase", 0),
      ("Fee", "arn:x", "Purchase", 0), ("Fee", "", "Purchase", 3), ("Tax", "", "Tax", 3),
      ("Refund", "", "Adjustment", 3),
      ("Credit", "", "Credit", 3), ("EdpDiscount", "", "Credit", 3), ("SomethingNew", "", "Adjustment", 3),
    ] as [(String, String, String, Double)])
  func typesOfLines(type: String, arn: String, category: String, effective: Double) throws {
    let charge = try #require(try charges(BillTests.curHeader + curRow(type, arn: arn)).first)
    #expect(charge.chargeCategory == category && charge.billedCost == 3_000_000_000_000)
    #expect(charge.effectiveCost == Int128(effective * 1e12))
    #expect(charge.account == "acc" && charge.service == "AmazonS3")
    #expect(charge.tags == Tags(["owner": "ana", "aws:createdBy": "root"]))
  }

  @Test func whatIsNotThereIsUnknownAndNotZero() throws {
    let row = curRow("DiscountedUsage", effective: "") + curRow("SavingsPlanCoveredUsage", savings: "")
    #expect(try charges(BillTests.curHeader + row).map(\.effectiveCost) == [nil, nil])
  }

  @Test func theSecondVersionOfTheReport() throws {
    let text =
      "line_item_usage_account_id,line_item_line_item_type,line_item_unblended_cost,line_item_currency_code,"
      + "line_item_usage_start_date,resource_tags,savings_plan_savings_plan_effective_cost,identity_line_item_id\n"
      + "acc,SavingsPlanCoveredUsage,3,USD,2023-11-01 00:00:00.000,\"{\"\"user_team\"\":\"\"web\"\"}\",2.25,x\n"
    let (read, summary) = try records(text)
    #expect(summary.format == .awsBill)
    guard case .charge(let charge)? = read.declared.first else {
      Issue.record("no charge")
      return
    }
    #expect(charge.effectiveCost == 2_250_000_000_000 && charge.tags == Tags(["team": "web"]))
    #expect(charge.attributes?.contains(#""line_item_id":"x""#) == true)
  }

  @Test(
    arguments: [
      ("0.10", "ten", "2:1: BilledCost is 'ten', which is not an amount"),
      ("USD,b", "usd,b", "2:1: the currency 'usd' is not three capital letters"),
      ("USD,b,a", "USD,,", "2:1: the line has no SubAccountId or BillingAccountId"),
      ("2024-09-18 22:00:00", "yesterday", "ChargePeriodStart is 'yesterday', which is not a time"),
      ("2024-09-18 22:00:00", "", "2:1: the line has no ChargePeriodStart"),
      ("Usage,", "Usages,", "ChargeCategory is 'Usages', which is not one of Adjustment, Credit, Purchase, Tax, Usage"),
      ("2.5", "1e999", "ConsumedQuantity is '1e999', which is not a number"), (",GB", "", "the row has 13 fields"),
      ("\"{\"\"owner\"\": \"\"Ana\"\"}\"", "owner=Ana", "Tags is 'owner=Ana', which is not an object of JSON"),
    ])
  func whatIsWrongIsNamedWithItsPlace(old: String, new: String, problem: String) throws {
    let fault = try #require(recordFault(BillTests.focusHeader + BillTests.focusRow.replacing(old, with: new)))
    #expect(fault.contains(problem), "\(fault)")
  }

  @Test func aBillIsNoEvaluation() throws {
    let text = BillTests.focusHeader + BillTests.focusRow
    #expect(recordFault(text) { $0.reading.item = "ResourceId" }?.contains("--item") == true)
    let source = try Array(text.utf8).withUnsafeBytes { try ByteSource(copying: $0, name: "bill") }
    var sink = CollectingSink()
    #expect(throws: IntakeError.self) { try Intake.read(source, into: &sink) }
    #expect(recordFault(BillTests.focusHeader)?.contains("has a header but no rows") == true)
  }

  @Test func theSameBytesInOneDeliveryCountOnce() throws {
    let directory = try TemporaryDirectory()
    let text = BillTests.focusHeader + BillTests.focusRow
    let paths = try [
      directory.write(Array(text.utf8), to: "a.csv"), directory.write(Array(text.utf8), to: "b.csv"),
      directory.write(Array((text + BillTests.focusRow).utf8), to: "c.csv"),
    ]
    var sink = RecordCollector()
    let summary = try Intake.readRecords(paths, options: RecordOptions(now: testTime), into: &sink)
    // The parts of one export may hold equal lines; the same file named twice does not.
    #expect(sink.declared.count == 3 && summary.warnings.count == 1)
    #expect(summary.warnings[0].contains("passed over"))
  }
}
