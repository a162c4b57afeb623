import Project
import Records
import Statistics
import Store
import Testing

@testable import Checks

/// `tenant-isolation` exactly at its limits.
@Suite struct TenantIsolationLimitTests {
  @Test func theSharesOfTheBill() async throws {
    func finding(_ bill: String, policy: String = "") async throws -> Finding {
      var world = TenantWorld.clean()
      world.records.removeAll { $0.kind == .charge }
      world.bill(bill)
      return try await world.finding(policy: policy)
    }
    // 100 dollars are attributed.
    #expect(try await finding("100.00", policy: "max_dark_share: 0").verdict == .pass)
    #expect(try await finding("125.00", policy: "max_dark_share: 0.2").verdict == .pass)
    #expect(try await finding("125.00", policy: "max_dark_share: 0.1999").codes(.fail) == ["DARK_SPEND"])
    #expect(try await finding("103.00").verdict == .pass)
    #expect(try await finding("103.10").codes(.fail) == ["DARK_SPEND"])
    #expect(try await finding("80.00", policy: "max_over_share: 0.25").verdict == .pass)
    let over = try await finding("80.00", policy: "max_over_share: 0.2499")
    #expect(over.codes(.fail) == ["OVER_ATTRIBUTED"] && over.value("dark_share") == -0.25)
    #expect(over.headline.hasPrefix("25 % more is attributed than the bill of 2026-05 has: 100.00 USD of 80.00 USD;"))
    let nothing = try await finding("0.00")
    #expect(nothing.codes(.unknown) == ["NO_INVOICE"] && nothing.value("dark_share") == nil)
  }

  @Test func theMonthAndTheAccounts() async throws {
    var world = TenantWorld.clean()
    world.bill("500.00", account: "other")
    #expect(try await world.finding().codes(.fail) == ["DARK_SPEND"])
    #expect(try await world.finding(policy: "invoice_accounts: [provider]").verdict == .pass)
    #expect(try await world.finding(policy: "invoice_accounts: [nobody]").codes(.unknown) == ["NO_INVOICE"])
    // The last instant of April is another month, the first of May is this.
    var edges = TenantWorld.clean()
    let may: Int64 = 31 * 86_400
    edges.cost("a", "50.00", secondsAgo: may + 1)
    #expect(try await edges.finding().value("attributed") == 100)
    edges.cost("a", "50.00", secondsAgo: may)
    #expect(try await edges.finding().value("attributed") == 150)
  }

  @Test func theNumberOfProbes() async throws {
    let few = try await TenantWorld.clean(probes: 299).finding()
    #expect(few.codes(.unknown) == ["TOO_FEW_PROBES"])
    #expect(few.missing == [.init("probes: calls of one tenant with attributes.probe_owner of another", 1)])
    #expect(try await TenantWorld.clean(probes: 300).finding().verdict == .pass)
    #expect(try await TenantWorld.clean(probes: 299).finding(policy: "probe_min_n: 299").verdict == .pass)
  }

  @Test func marginsAtZero() async throws {
    func finding(_ revenue: String) async throws -> Finding {
      try await TenantWorld.clean().finding(TenantWorld.yaml.replacing("a: {", with: "a: {revenue: \(revenue), "))
    }
    #expect(try await finding("60.00 USD").verdict == .pass)
    #expect(try await finding("59.99 USD").codes(.warn) == ["NEGATIVE_MARGIN"])
    // Currencies are never compared.
    #expect(try await finding("1.00 EUR").verdict == .pass)
  }

  @Test func tracesWithoutStagesAtTheirShare() async throws {
    func finding(_ unstaged: Int) async throws -> Finding {
      var world = TenantWorld.clean()
      for _ in 0..<13 { world.request("a") }
      for _ in 0..<unstaged { world.span("a") { $0.spanKind = "chat" } }
      return try await world.finding()
    }
    // Of 20 traces one may say nothing.
    #expect(try await finding(1).verdict == .pass)
    let two = try await finding(2)
    #expect(two.codes(.unknown) == ["MISSING_FIELDS"] && two.value("excluded") == 2)
  }

  @Test func theLevelOfNoise() {
    func reading(_ slow: Int, of calls: Int, quiet: Int, of all: Int) -> NeighbourNoise.Reading {
      .init(tenant: "a", minutes: 1, loud: (slow, calls), quiet: (quiet, all))
    }
    #expect(close(reading(5, of: 10, quiet: 1, of: 10).pValue, 0.0704, 5e-4))
    #expect(reading(1, of: 10, quiet: 5, of: 10).pValue > 0.99)
    #expect(reading(5, of: 10, quiet: 1, of: 10).ratio == 5 && reading(1, of: 1, quiet: 0, of: 5).ratio == .infinity)
    #expect(reading(0, of: 0, quiet: 1, of: 2).ratio == nil && reading(1, of: 2, quiet: 0, of: 0).ratio == nil)
    #expect(reading(0, of: 5, quiet: 0, of: 5).ratio == nil)
  }

  @Test func minutesTowardsThePast() {
    #expect(Instant.minute(of: Instant(nanoseconds: 59_999_999_999)) == 0)
    #expect(Instant.minute(of: Instant(nanoseconds: 60_000_000_000)) == 1)
    #expect(Instant.minute(of: Instant(nanoseconds: -1)) == -1)
    #expect(Instant.minute(of: Instant(nanoseconds: -60_000_000_000)) == -1)
  }
}
