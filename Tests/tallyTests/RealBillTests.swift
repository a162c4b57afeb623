import Foundation
import Records
import Store
import StoreSQLite
import Testing

private let shared = Tally.root.deletingLastPathComponent().appendingPathComponent("shared/data/focus-billing")
private let hasSharedData = FileManager.default.fileExists(atPath: shared.path)

/// Published bills through `tally ingest`, read back from the ledger; sums computed independently.
@Suite(.enabled(if: hasSharedData, "the shared data sets are not beside the package"))
struct RealBillTests {
  private func read<Result: Sendable>(
    _ shop: Workshop, _ body: @escaping @Sendable (Snapshot) throws -> Result
  ) async throws -> Result {
    let engine = try SQLiteEngine(path: shop.url(".tally/ledger.db").path)
    let ledger = try await Ledger(engine: engine) { Instant(nanoseconds: 1_900_000_000_000_000_000) }
    #expect(try await ledger.verify().isSound)
    let result = try await ledger.read(body)
    try ledger.close()
    return result
  }

  private func cells(_ shop: Workshop) async throws -> [ChargeCell] {
    try await read(shop) { snapshot in
      var cells: [ChargeCell] = []
      let start = Instant(nanoseconds: 0)
      try snapshot.forEachChargeCell(from: start, window: start..<snapshot.asOf) { cells.append($0) }
      return cells
    }
  }

  @Test func focus() async throws {
    let shop = try Workshop()
    let file = shared.appendingPathComponent("focus_sample.csv").path
    let run = try shop.tally("ingest", file)
    try #require(run.code == 0, "\(run.errors)")
    #expect(run.errors.contains("focus-bill, 500 records"))
    #expect(try shop.tally("ingest", file).text.hasPrefix("Nothing new"))
    let cells = try await cells(shop)
    #expect(cells.reduce(0) { $0 + $1.lines } == 500 && cells.allSatisfy { $0.currency == "USD" })
    #expect(cells.reduce(0) { $0 + $1.billed } == 5_988_393_743_200)
    #expect(cells.reduce(0) { $0 + $1.effective } == 2_000_000_000_000)
    let untagged = cells.filter { $0.tags.isEmpty }
    #expect(untagged.reduce(0) { $0 + $1.lines } == 146)
    #expect(untagged.reduce(0) { $0 + $1.billed } == -2_086_651_519_800)
    #expect(cells.filter { $0.category == "Credit" }.reduce(0) { $0 + $1.lines } == 1)
    // What is not a field of a charge is kept beside it.
    let services = try await records(shop).reduce(into: [String: Int128]()) { sums, charge in
      let category = charge.attributes.flatMap { try? JSONValue(parsing: $0) }?["service_category"]?.text
      sums[category ?? "", default: 0] += charge.billedCost ?? 0
    }
    #expect(
      services.mapValues { Money.decimal($0) } == [
        "Compute": "4.3295748639", "Databases": "0.6134812265", "Storage": "0.4241242883", "Other": "0.3551977306",
        "Networking": "0.2211719174", "Management and Governance": "0.0400521381", "Identity": "0.0027777778",
        "Security": "0.002", "Integration": "0.0000138006",
      ])
    let totals = try await records(shop).reduce(into: (list: Int128(0), contracted: Int128(0))) { sums, charge in
      let attributes = charge.attributes.flatMap { try? JSONValue(parsing: $0) }
      sums.list += Money("\(attributes?["list_cost"]?.text ?? "0") USD")?.units ?? 0
      sums.contracted += Money("\(attributes?["contracted_cost"]?.text ?? "0") USD")?.units ?? 0
    }
    #expect(totals.list == 6_131_072_765_400 && totals.contracted == 2_000_000_000_000)
  }

  @Test func reportOfAWS() async throws {
    let shop = try Workshop()
    let file = shared.appendingPathComponent("aws_cur.csv.gz").path
    let run = try shop.tally("ingest", file)
    try #require(run.code == 0, "\(run.errors)")
    #expect(run.errors.contains("aws-bill, 1281 records"))
    #expect(try shop.tally("ingest", file).text.hasPrefix("Nothing new"))
    let charges = try await records(shop)
    #expect(charges.count == 1281 && Set(charges.map(\.chargeID)).count == 1281)
    // Line ids that come again are added, not dropped.
    let ids = charges.compactMap { $0.attributes.flatMap { try? JSONValue(parsing: $0) }?["line_item_id"]?.text }
    #expect(ids.count == 1281 && 1281 - Set(ids).count == 893)
    let billed = charges.reduce(Int128(0)) { $0 + ($1.billedCost ?? 0) }
    #expect(Money.decimal(billed) == "1.6823086974")
    let storage = charges.filter { $0.service == "AmazonS3" }.reduce(Int128(0)) { $0 + ($1.billedCost ?? 0) }
    #expect((1_440_564_500_000..<1_440_565_500_000).contains(storage))
  }

  /// A bill of long ago is judged as it is; nobody in it owns anything that a project lists.
  @Test func whoOwnsIt() async throws {
    let shop = try Workshop()
    #expect(try shop.tally("ingest", shared.appendingPathComponent("focus_sample.csv").path).code == 0)
    try Data("people: {ana: {attested_at: 2024-01-01}}\n".utf8).write(to: shop.url("tally.yaml"))
    let run = try shop.tally("check", "cloud-ownership", "--format", "json")
    #expect(run.code == 1 && run.text.contains("UNOWNED_SPEND") && run.text.contains("2024-09"))
  }

  private func records(_ shop: Workshop) async throws -> [ChargeRecord] {
    try await read(shop) { snapshot in
      var charges: [ChargeRecord] = []
      try snapshot.forEachCharge { charges.append($1) }
      return charges
    }
  }
}
