import Project
import Records
import Store

/// Who pays for the calls of a month: what the provider bills beside what is attributed to tenants.
struct TenantMoney {
  struct Currency {
    let invoice: Money
    let attributed: Money

    /// (invoice − attributed)/invoice; nil where there is nothing to take a share of.
    var dark: Double? {
      guard invoice.units > 0 else { return nil }
      return Double(invoice.units - attributed.units) / Double(invoice.units)
    }
  }

  let month: Range<Instant>
  /// Whether the month is over.
  let isWhole: Bool
  let currencies: [Currency]
  /// By tenant and currency.
  let costs: [String: [Money]]
  /// Of spans that name no tenant.
  let nobodys: [Money]
  /// What each feature cost, largest first.
  let features: [(feature: String, cost: Money)]

  /// Nil where no bill begins before now.
  init?(_ ledger: Snapshot, accounts: [String]) throws {
    let running = ledger.asOf.monthStart
    let after = Instant(nanoseconds: ledger.asOf.nanoseconds + 1)
    let windows = [running.adding(days: -1).monthStart..<running, running..<max(running, after)]
    var found: (month: Range<Instant>, invoices: [InvoiceTotal])?
    for window in windows where found == nil {
      let invoices = try ledger.invoices(in: window, accounts: accounts)
      if !invoices.isEmpty { found = (window, invoices) }
    }
    guard let found else { return nil }
    month = found.month
    isWhole = found.month.upperBound == running
    let spent = try ledger.tenantCosts(in: found.month)
    func sum(_ costs: [TenantCost]) -> [Money] {
      var sums: [String: Int128] = [:]
      for cost in costs { sums[cost.cost.currency, default: 0] += cost.cost.units }
      return sums.keys.sorted().compactMap { Money(units: sums[$0] ?? 0, currency: $0) }
    }
    costs = Dictionary(grouping: spent.filter { $0.tenant != nil }) { $0.tenant ?? "" }.mapValues(sum)
    nobodys = sum(spent.filter { $0.tenant == nil })
    let attributed = sum(spent.filter { $0.tenant != nil })
    currencies = found.invoices.compactMap { invoice in
      let currency = invoice.amount.currency
      guard let none = Money(units: 0, currency: currency) else { return nil }
      return Currency(
        invoice: invoice.amount, attributed: attributed.first { $0.currency == currency } ?? none)
    }
    features = Dictionary(grouping: spent, by: \.feature).orderedByBytes(of: \.key)
      .flatMap { entry in sum(entry.value).map { (entry.key, $0) } }.ordered { -$0.1.approximate }
  }

  func cost(of tenant: String, in currency: String) -> Money? {
    costs[tenant]?.first { $0.currency == currency }
  }

  /// What a tenant costs of the bill, in the currency of the bill; nil without either.
  func share(of tenant: String) -> Double? {
    currencies.compactMap { currency in
      cost(of: tenant, in: currency.invoice.currency).flatMap { Share.of($0.approximate, currency.invoice.approximate) }
    }.max()
  }

  /// Revenue less cost, where both are in one currency.
  func margin(of tenant: String, revenue: Money?) -> Money? {
    guard let revenue else { return nil }
    guard let cost = cost(of: tenant, in: revenue.currency) else {
      return costs[tenant]?.isEmpty ?? true ? revenue : nil
    }
    return revenue.subtracting(cost)
  }
}
