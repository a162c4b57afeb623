import Guards
public import Project
import Records
import Statistics
public import Store

/// No leak, no noisy neighbour, every call paid by someone.
///
/// ## What it does
/// Money: of the newest whole month with a bill (the running one, where there is no other) it takes what the provider bills and what
/// the calls of tenants cost. What is billed and nobody's is dark; spans without a tenant are nobody's. Currencies are never added.
///
/// Isolation, of the spans of `window_days`: probes are questions that are asked as one tenant for what only another may know
/// (`attributes.probe_owner`); a canary of any other tenant in the answer or in what was retrieved is a leak. Texts are
/// compared in Unicode's form NFKC, case-folded, without characters that nobody sees. A key of the cache that two tenants read is a
/// crossing, unless both are `shared`; so is a retrieval whose filter is not its tenant. The stages of each trace must come in
/// their order, none before those before it have ended, and no model may be asked before somebody was authenticated and the
/// tenant known. Of a stage that comes several times the first one counts.
///
/// Neighbours: the calls of others that are slower than `latency_slo`, in the minutes in which a tenant takes more than its
/// tokens_per_minute and in all others, by Fisher's exact test, one-sided. Quality: of tenants with a quality_floor the share of
/// answers annotated as `correct`, by Wilson's interval.
///
/// ## Why it matters
/// Shared prompts, caches, indexes and limits mix tenants: text of one reaches another, one takes the shared limit, and a part of the
/// bill belongs to nobody.
///
/// ## Reads
/// - `tenants` (revenue, tokens_per_minute, weight, isolation, quality_floor, canaries).
/// - `span`: tenant, trace_id, parent_id, feature, stage, started_at, ended_at, input_tokens, output_tokens, cached_tokens, cost_usd, output,
///   retrieved, attributes.cache_key_sha256, .filter_tenant, .probe_owner; annotations `correct` on them.
/// - `charge` of use and purchases, of `invoice_accounts`.
///
/// ## Verdicts
/// - fail `LEAK`: a probe was told what is another's. `CACHE_CROSS_TENANT`, `FILTER_MISSING`: one of either is enough.
/// - fail `ORDER_VIOLATION`: a stage began before one before it had ended. `ORDER_MISSING`: a model was asked for nobody.
/// - fail `DARK_SPEND`: more than `max_dark_share` of the bill is nobody's. `OVER_ATTRIBUTED`: more is attributed than was billed, by
///   more than `max_over_share`.
/// - fail `QUALITY_BELOW_FLOOR`: a tenant's answers are surely below its floor.
/// - unknown `TOO_FEW_PROBES`: no leak in fewer than `probe_min_n` probes. `NO_CANARIES`: tenants without a canary cannot be probed for.
/// - unknown `NO_INVOICE`: no bill, or one of nothing. `NO_STAGES`: no span says its stage. `QUALITY_OPEN`: floors that are not decided.
///   `MISSING_FIELDS`: too many traces say nothing of stages.
/// - warn `NEGATIVE_MARGIN`: a tenant costs more than it pays. `NOISY_NEIGHBOUR`: p ≤ `noisy_alpha` and a ratio from `noisy_ratio` on.
/// - pass: nothing of a tenant is another's, and every call is paid by someone.
///
/// ## Policy
/// - `stages` ([authenticate, resolve_tenant, load_session, compile_context, inference, cache_write]): in this order.
/// - `max_dark_share` (0.03), `max_over_share` (0.01, shares of the bill), `invoice_accounts` ([]: all).
/// - `probe_min_n` (300, probes), `confidence` (0.95): clean ones bound the rate of leaks at 1 %; cache, filters and order carry the proof.
/// - `fair_weights` ({input: 1, output: 2}): what tokens count for where shares for their weight are shown.
/// - `noisy_alpha` (0.01), `noisy_ratio` (1.2), `latency_slo` (none: neighbours are not judged).
/// - `window_days` (30, days), `max_missing_share` (0.05, share of traces without stages).
///
/// A leak, a crossing, a missing filter or one share of the bill too many is found every time it is there.
///
/// ## Example
/// ```yaml
/// tenants:
///   acme: {revenue: 900 USD, tokens_per_minute: 100000, canaries: ["zebra-ninety-two-lamp"]}
///   bolt: {revenue: 400 USD, canaries: ["quiet-harbour-eleven"]}
/// policies:
///   tenant-isolation: {latency_slo: 3s, invoice_accounts: [model-provider]}
/// ```
/// prints, for a bill of 94,000 USD of which 88,360 are somebody's:
/// ```
/// fail: 6 % of the bill of 2026-05 is nobody's: 5640.00 of 94000.00 USD; no tenant was told what is another's.
/// ```
public enum TenantIsolation: Check {
  public static let question = "Are tenants kept apart, and is every call paid by someone?"

  /// There is one: crossings are between tenants.
  static let subject = "tenants"

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    let isSeen = try !project.tenants.isEmpty || !ledger.recentTenants().isEmpty
    return isSeen ? [CheckSubject(subject)] : []
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    let (project, ledger) = (context.project, context.ledger)
    ledger.include("\(project.tenants)")
    let since = ledger.asOf.adding(days: -Int64(policy.windowDays))
    var question = SpanQuestion(
      since: since, until: ledger.asOf, fields: [.place, .usage, .retrieved, .contents, .tenant],
      attributes: ["cache_key_sha256", "filter_tenant", "probe_owner"])
    (question.most, question.mostLookedAt) = (.max, 200_000)
    let judgements = try NewestWords.read("correct", since: ledger.beginning(of: question), ledger, \.value.isPass)
    var fold = TenantFold(project.tenants, judgements: judgements, ledger, policy)
    let reach = try ledger.forEachTrace(question) { try fold.add($0) }
    let money = try TenantMoney(ledger, accounts: policy.invoiceAccounts)
    let facts = Facts(project.tenants, fold, money, reach)
    var judgement = Judgement()
    judgement.maxMissingShare = policy.maxMissingShare
    judgement.used = fold.staged
    judgement.excluded = fold.staged == 0 ? 0 : fold.unstaged
    judgeLeaks(&judgement, facts, policy)
    judgeStructure(&judgement, facts)
    judgeMoney(&judgement, facts, policy)
    judgeQuality(&judgement, facts)
    judgeEvidence(&judgement, facts, policy)
    judgeMargins(&judgement, facts)
    judgeNeighbours(&judgement, facts, policy)
    let flaws = [fold.leaks, fold.cache, fold.filters, fold.early, fold.missing]
    judgement.evidence = Array(flaws.flatMap(\.evidence).prefix(20))
    report(&judgement, facts, policy)
    return judgement
  }

  // MARK: The rule

  private static func judgeLeaks(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let leaks = facts.fold.leaks
    guard leaks.count > 0 else { return }
    judgement.fail(
      "LEAK",
      "\(NumberWords.grouped(leaks.count)) of \(NumberWords.counted(facts.fold.probes, "probe")) \(leaks.count == 1 ? "was" : "were") told what is another's: \(NumberWords.list(leaks.names))."
    )
  }

  private static func judgeStructure(_ judgement: inout Judgement, _ facts: Facts) {
    let fold = facts.fold
    if fold.cache.count > 0 {
      judgement.fail(
        "CACHE_CROSS_TENANT",
        "\(NumberWords.counted(fold.cache.count, "read")) of the cache found what another tenant had put there: \(NumberWords.list(fold.cache.names))."
      )
    }
    if fold.filters.count > 0 {
      judgement.fail(
        "FILTER_MISSING",
        "\(NumberWords.counted(fold.filters.count, "retrieval")) did not look among the tenant's own only: \(NumberWords.list(fold.filters.names))."
      )
    }
    if fold.early.count > 0 {
      judgement.fail(
        "ORDER_VIOLATION",
        "\(NumberWords.counted(fold.early.count, "stage")) began too early: \(NumberWords.list(fold.early.names)).")
    }
    if fold.missing.count > 0 {
      judgement.fail(
        "ORDER_MISSING",
        "\(NumberWords.counted(fold.missing.count, "stage")) did not come before a model was asked: \(NumberWords.list(fold.missing.names))."
      )
    }
  }

  private static func judgeMoney(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    guard let money = facts.money else {
      return judgement.unknown(
        "NO_INVOICE", "There is no bill of the provider: what is nobody's is not known.",
        missing: "charges of the provider's bill", 1)
    }
    for currency in money.currencies {
      let about = money.currencies.count > 1 ? currency.invoice.currency : nil
      guard let dark = currency.dark else {
        judgement.unknown(
          "NO_INVOICE", about: about,
          "The bill of \(facts.monthText) comes to \(currency.invoice): no share can be taken.",
          missing: "charges of the provider's bill", 1)
        continue
      }
      let text = "\(currency.attributed) of \(currency.invoice) are somebody's"
      if dark.isAbove(policy.maxDarkShare) {
        judgement.fail(
          "DARK_SPEND", about: about,
          "\(text): \(NumberWords.percent(dark)) of the bill of \(facts.monthText) is nobody's; \(NumberWords.percent(policy.maxDarkShare)) may be."
        )
      } else if dark.isBelow(-policy.maxOverShare) {
        judgement.fail(
          "OVER_ATTRIBUTED", about: about,
          "\(text): \(NumberWords.percent(-dark)) more than the bill of \(facts.monthText); \(NumberWords.percent(policy.maxOverShare)) may be."
        )
      }
    }
  }

  private static func judgeQuality(_ judgement: inout Judgement, _ facts: Facts) {
    for (tenant, settings) in facts.declared {
      guard let floor = settings.qualityFloor else { continue }
      let seen = facts.fold.tenants[tenant] ?? TenantFold.Tenant()
      let interval = ProportionInterval.wilson(successes: Double(seen.right), trials: Double(seen.judged))
      let text =
        "\(NumberWords.grouped(seen.right)) of \(NumberWords.counted(seen.judged, "judged answer")) of \(tenant) are right"
      if interval.high.isBelow(floor) {
        judgement.fail("QUALITY_BELOW_FLOOR", about: tenant, "\(text); \(NumberWords.percent(floor)) must be.")
      } else if interval.low.isBelow(floor) {
        judgement.unknown(
          "QUALITY_OPEN", about: tenant, "\(text): whether \(NumberWords.percent(floor)) are is not known.",
          missing: "answers of \(tenant) annotated as correct",
          MissingTrials.forFloor(successes: Double(seen.right), trials: Double(seen.judged), floor: floor))
      }
    }
  }

  private static func judgeEvidence(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let fold = facts.fold
    if fold.leaks.count == 0, fold.probes < policy.probeMinN {
      judgement.unknown(
        "TOO_FEW_PROBES",
        "\(NumberWords.counted(fold.probes, "probe")) \(fold.probes == 1 ? "was" : "were") told nothing of others; \(NumberWords.grouped(policy.probeMinN)) are needed.",
        missing: "probes: calls of one tenant with attributes.probe_owner of another", policy.probeMinN - fold.probes)
    }
    if fold.leaks.count == 0, !facts.withoutCanaries.isEmpty {
      judgement.unknown(
        "NO_CANARIES",
        "Nothing is planted in the data of \(NumberWords.list(facts.withoutCanaries)): what is told of it is not seen.",
        missing: "tenants with a canary", facts.withoutCanaries.count)
    }
    if fold.staged == 0 {
      judgement.unknown(
        "NO_STAGES", "No span says its stage: in which order requests are handled is not known.",
        missing: "spans with a stage", 1)
    }
  }

  private static func judgeMargins(_ judgement: inout Judgement, _ facts: Facts) {
    guard let money = facts.money else { return }
    for (tenant, settings) in facts.declared {
      guard let margin = money.margin(of: tenant, revenue: settings.revenue), margin.units < 0 else { continue }
      let cost = money.cost(of: tenant, in: margin.currency).map { "\($0)" } ?? "nothing"
      judgement.warn(
        "NEGATIVE_MARGIN", about: tenant,
        "\(tenant) pays \(settings.revenue.map { "\($0)" } ?? "nothing") and costs \(cost): \(margin).")
    }
  }

  private static func judgeNeighbours(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    for reading in facts.noise {
      guard let ratio = reading.ratio, reading.isNoisy(alpha: policy.noisyAlpha, ratio: policy.noisyRatio) else {
        continue
      }
      let times = ratio.isFinite ? "\(NumberWords.fixed(ratio, 2)) times as often as else" : "and else none"
      judgement.warn(
        "NOISY_NEIGHBOUR", about: reading.tenant,
        "In \(NumberWords.counted(reading.minutes, "minute")) in which \(reading.tenant) takes more than its quota, \(NumberWords.grouped(reading.loud.slow)) of \(NumberWords.counted(reading.loud.calls, "call")) of others are too slow, \(times) (\(NumberWords.p(reading.pValue)))."
      )
    }
  }
}
