import Guards
import Project
import Records
import Statistics
import Store

extension TenantIsolation {
  /// Everything that was read and computed.
  struct Facts {
    let declared: [(id: String, settings: TenantSettings)]
    let fold: TenantFold
    let money: TenantMoney?
    let reach: SpanReach
    /// Of tenants with a quota, where a limit of latency is set.
    let noise: [NeighbourNoise.Reading]
    /// All that are declared or seen, in UTF-8 order.
    let names: [String]
    /// Declared or seen, without a canary.
    let withoutCanaries: [String]

    init(
      _ tenants: NamedEntries<TenantSettings>, _ fold: TenantFold, _ money: TenantMoney?, _ reach: SpanReach
    ) {
      declared = tenants.map { ($0.id, $0.value) }
      self.fold = fold
      self.money = money
      self.reach = reach
      noise = tenants.compactMap { tenant in
        tenant.value.tokensPerMinute.map { fold.noise.reading(of: tenant.id, quota: $0) }
      }
      names = Set(tenants.ids).union(fold.tenants.keys).union(money?.costs.keys.map { $0 } ?? []).orderedByBytes()
      withoutCanaries = names.filter { tenants[$0]?.canaries.isEmpty ?? true }
    }

    var monthText: String {
      guard let money else { return "" }
      let month = money.month.lowerBound.monthText
      return money.isWhole ? month : "\(month), which is not over,"
    }

    /// Of the currency of which most is nobody's.
    var darkest: TenantMoney.Currency? {
      money?.currencies.filter { $0.dark != nil }.greatest { $0.dark ?? 0 }
    }
  }

  static func report(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let fold = facts.fold
    judgement.method =
      "a census of crossings and of the month's cost; exact bound of the rate of leaks (Clopper-Pearson); Fisher's exact test of neighbours"
    judgement.measure(
      "leak_rate", Share.of(fold.leaks.count, fold.probes), low: 0,
      high: ProportionInterval.clopperPearsonUpper(
        successes: Double(fold.leaks.count), trials: Double(fold.probes), confidence: policy.confidence), unit: "share")
    judgement.measure("probes", fold.probes, limit: Double(policy.probeMinN), unit: "probes")
    if fold.unreadProbes != 0 { judgement.measure("probes_unread", fold.unreadProbes, unit: "probes") }
    judgement.measure("cache_crossings", fold.cache.count, unit: "reads")
    judgement.measure("filters_missing", fold.filters.count, unit: "retrievals")
    judgement.measure("order_violations", fold.early.count, unit: "stages")
    judgement.measure("order_missing", fold.missing.count, unit: "stages")
    judgement.measure("traces", fold.staged, unit: "traces")
    for currency in facts.money?.currencies ?? [] {
      let suffix = (facts.money?.currencies.count ?? 0) > 1 ? "_\(currency.invoice.currency)" : ""
      judgement.measure("dark_share" + suffix, currency.dark, limit: policy.maxDarkShare, unit: "share")
      judgement.measure("invoice" + suffix, currency.invoice.approximate, unit: currency.invoice.currency)
      judgement.measure("attributed" + suffix, currency.attributed.approximate, unit: currency.invoice.currency)
    }
    judgement.measure("largest_share", facts.names.compactMap { facts.money?.share(of: $0) }.max(), unit: "share")
    for reading in facts.noise where policy.latencySlo != nil {
      judgement.measure(
        "noise \(reading.tenant)", reading.ratio.flatMap { $0.isFinite ? $0 : nil }, limit: policy.noisyRatio,
        unit: "ratio")
    }
    judgement.headline = headline(judgement, facts)
    judgement.next = next(judgement, facts)
    judgement.figures = figures(facts)
  }

  private static func headline(_ judgement: Judgement, _ facts: Facts) -> String {
    let fold = facts.fold
    let crossings = fold.leaks.count + fold.cache.count + fold.filters.count
    let apart =
      crossings == 0
      ? fold.probes > 0
        ? "no tenant was told what is another's" : "nobody asked whether tenants are told what is another's"
      : "what is one tenant's reached others \(NumberWords.counted(crossings, "time"))"
    guard let darkest = facts.darkest, let dark = darkest.dark else {
      return "Whose the bill is nobody knows; \(apart)."
    }
    let nobodys = darkest.invoice.subtracting(darkest.attributed) ?? darkest.invoice
    if dark < 0 {
      return
        "\(NumberWords.percent(-dark)) more is attributed than the bill of \(facts.monthText) has: \(darkest.attributed) of \(darkest.invoice); \(apart)."
    }
    return
      "\(NumberWords.percent(dark)) of the bill of \(facts.monthText) is nobody's: \(Money.decimal(nobodys.units)) of \(darkest.invoice); \(apart)."
  }

  private static func next(_ judgement: Judgement, _ facts: Facts) -> String {
    switch judgement.leading?.code {
    case "LEAK": "Switch the shared cache off, open an incident, and find out by which way it was told."
    case "CACHE_CROSS_TENANT": "Put the tenant's salt into every key of the cache, or declare both tenants shared."
    case "FILTER_MISSING": "Filter every retrieval by its tenant, in the index and not in the prompt."
    case "ORDER_VIOLATION", "ORDER_MISSING": "Know who asks, and for which tenant, before anything else is done."
    case "DARK_SPEND": "Name the tenant on every span: \(largestOfNobody(facts)) is nobody's."
    case "OVER_ATTRIBUTED": "Compare the prices of the calls with those of the bill: too much is attributed."
    case "QUALITY_BELOW_FLOOR": "Look at the wrong answers of \(judgement.leading?.about ?? "the tenant")."
    case "NEGATIVE_MARGIN": "Look at what \(judgement.leading?.about ?? "the tenant") uses, and at what it pays."
    case "NOISY_NEIGHBOUR": "Enforce the quota of \(judgement.leading?.about ?? "the tenant") at the gateway."
    case "NO_INVOICE": "Store the provider's bill: tally ingest its export."
    case nil: "Nothing to do: keep probing."
    default:
      judgement.missing.first.map {
        "Get \($0.howMuch.map { "\(NumberWords.grouped($0)) more " } ?? "more ")\($0.what)."
      }
        ?? ""
    }
  }

  private static func largestOfNobody(_ facts: Facts) -> String {
    facts.money?.nobodys.greatest(by: \.units).map { "\($0)" } ?? "a part of the bill"
  }

  private static func figures(_ facts: Facts) -> [Figure] {
    guard !facts.names.isEmpty else { return [] }
    let services = facts.names.map { name -> Double in
      let weight = facts.declared.first { $0.id == name }?.settings.weight ?? 1
      return Double(facts.fold.tenants[name]?.service ?? 0) / weight
    }
    let all = services.reduce(0, +)
    let rows = zip(facts.names, services).map { name, service -> [String] in
      let seen = facts.fold.tenants[name] ?? TenantFold.Tenant()
      let revenue = facts.declared.first { $0.id == name }?.settings.revenue
      let p95 = OrderStatistic.quantile(0.95, sorted: seen.latencies.elements.sorted())
      return [
        name, facts.money?.costs[name]?.map(\.description).joined(separator: " + ") ?? "–",
        facts.money?.share(of: name).map(NumberWords.percent) ?? "–",
        facts.money?.margin(of: name, revenue: revenue).map(\.description) ?? "–",
        Share.of(service, all).map(NumberWords.percent) ?? "–", p95.map { "\(NumberWords.fixed($0, 0)) ms" } ?? "–",
        seen.probes == 0 ? "–" : "\(seen.leaks) of \(seen.probes)",
      ]
    }
    var figures: [Figure] = [
      .table(
        title: "Tenants",
        columns: ["tenant", "cost", "of bill", "margin", "fair share", "p95", "leaks"],
        rows: Array(rows.prefix(50)))
    ]
    // Tenants × tenants, of those between whom anything crossed: it must be empty.
    let crossed = Set(facts.fold.crossings.keys.flatMap(\.self)).orderedByBytes().prefix(12)
    if !crossed.isEmpty {
      figures.append(
        .table(
          title: "What crossed, from the columns to the rows", columns: ["told"] + crossed,
          rows: crossed.map { row in
            [row] + crossed.map { facts.fold.crossings[[row, $0]].map { "\($0)" } ?? "" }
          }))
    }
    return figures
  }
}
