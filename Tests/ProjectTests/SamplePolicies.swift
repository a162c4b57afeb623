import Project

/// Policies as the checks declare them.
struct PowerPolicy: CheckPolicy {
  enum Correction: String, CaseIterable, Sendable { case holm, bonferroni, none }

  static let check = "eval-power"
  var alpha = 0.05
  var power = 0.80
  var maxMissingShare = 0.01
  var correction = Correction.holm
  var resamples = 10_000
  var window = Duration.seconds(7 * 86_400)

  static let keys: [Key<PowerPolicy>] = [
    Key("alpha", \.alpha, .share(in: 0.0001...0.5), "Largest p-value that counts as a difference"),
    Key("power", \.power, .openShare, "Chance of seeing a difference that is there"),
    Key("max_missing_share", \.maxMissingShare, .share, "Share of missing scores up to which they are left out"),
    Key("correction", \.correction, .choice, "For several comparisons"),
    Key("resamples", \.resamples, .count(atLeast: 100), "Resamples of permutation tests"),
    Key("window", \.window, .duration, "Results that count"),
  ]
}

struct RiskPolicy: CheckPolicy {
  struct Breaker: Configurable {
    var minAudits = 10
    var allowed = 0.10
    static let keys: [Key<Breaker>] = [
      Key("audit_min", \.minAudits, .count(atLeast: 1), "Audits before the breaker may open"),
      Key("allowed", \.allowed, .share, "Error rate that is allowed"),
    ]
  }

  static let check = "classifier-risk"
  var confidence = 0.90
  var warnDrift = 0.10
  var failDrift = 0.25
  var grid = [0.95, 0.90]
  var required: [String] = []
  var spend: Double?
  var weights = NamedEntries<Double>()
  var breaker = Breaker()

  static let keys: [Key<RiskPolicy>] = [
    Key("confidence", \.confidence, .openShare, "Confidence of intervals"),
    Key("psi_warn", \.warnDrift, .nonNegative, "Drift that warns"),
    Key("psi_fail", \.failDrift, .nonNegative, "Drift that fails"),
    Key("grid", \.grid, .list(of: .share, atLeast: 1), "Thresholds that are tried"),
    Key("required", \.required, .list(of: .text), "Names that must be there"),
    Key("spend", \.spend, .optional(.positive), "The most that may be spent"),
    Key("weights", \.weights, .map(of: .number, named: "part"), "Weights of the parts"),
    Key("breaker", \.breaker, .object, "When automatic routing stops"),
  ]

  func faults() -> [Fault] {
    warnDrift > failDrift ? [Fault(key: "psi_warn", problem: "psi_warn is above psi_fail", remedy: "Swap them.")] : []
  }
}

let catalogue = PolicyCatalogue([PowerPolicy.self, RiskPolicy.self])

/// A file that uses every section and most keys.
let fullFile = """
  # every section
  ledger: .tally/ledger.db
  suites:
    triage:
      version: 7
      baseline: prod
      candidate: "v2"
      design: paired
      cluster: cluster_id
      looks: anytime
      planned_n: 1200
      floor: .80
      natural_mix: true
      slice_tag: intent
      feature: tickets
      owner: ana@example.org
      metrics:
        - {name: correct, type: binary, direction: up, claim: improvement, primary: true, min_effect: 0.030, margin: 2e-2}
        - {name: latency_ms, type: real, direction: down, claim: no_regression, margin: 50}
      policies:
        eval-power: {alpha: 0.01, window: 24h}
    routing: &routing {natural_mix: true}
    copy: *routing
  slices:
    refunds: {where: {intent: refund, tier: 1}, suite: triage, floor: 0.9, critical: true, cost_of_error: 3, min_n: 50}
    größe: {where: {intent: "größe"}}
  features:
    tickets:
      owner: ben
      suite: triage
      target: {accuracy: 0.97, min_coverage: 0.5, value_per_point: 1000.50 USD, max_spend: 5 USD}
      target_suite: triage
      capabilities:
        - {name: factual, suite: facts, hard: true, margin: 0.02, traffic_share: 0.25}
      candidate_sha256: 0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef
      rot: {suite: triage, label_budget: 100}
      parity: {suite: triage, variant: v2}
      deployment:
        suite: triage
        slice_tag: device
        label_sampling: stratified
        precision: {suite: facts, reference: fp32, shipped: int8}
      coevolution: {launch_profile: ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789, suite: triage, window_days: 14}
      policies: {classifier-risk: {breaker: {allowed: 0.2}}}
  use_cases:
    answers: {suite: triage, failure: wrong account named, max_failure_rate: 0.001, severity: 5, reversible: false, variant: v2}
  classifiers:
    router:
      suite: routing
      incumbent_variant: prod
      review: 1.50 USD
      labels:
        refund: {critical: true, floor: 0.9, error: {default: 4 USD, other: "45 USD"}}
        other: {}
  models:
    gpt-4o: {price: {input_per_mtok: 2.50 USD, cached_input_per_mtok: 1.25 USD, output_per_mtok: 10 USD}}
    mine:
      price:
        - {input_per_mtok: 1 USD, output_per_mtok: ~, to: 2026-03-01}
        - {input_per_mtok: 2 USD, per_request: 0.001 USD, from: 2026-03-01}
    unpriced: {}
  prices:
    - tables/prices.json
    - {path: tables/2025.json, from: 2025-03-01, to: 2025-06-01T12:00:00Z}
  redaction:
    content: drop
    find: [card, email]
    patterns:
      - {match: "ACC-[0-9]{8}", as: account}
      - {match: "\\\\bx+\\\\b"}
  gates:
    merge: {require: [eval-power]}
    release: {require: [eval-power, classifier-risk], mode: enforce}
  policies:
    default: {confidence: 0.99, alpha: 0.02, warn_overlap: 0.96}
    eval-power: {power: 0.9}
    classifier-risk:
      psi_fail: 0.5
      grid: [0.9, .8]
      weights: {a: 1, b: -2.5}
      spend: ~
  pipelines:
    rag:
      feature: tickets
      slo_p95: 2500ms
      stages:
        embed: {kind: embeddings, budget_p95: 2s, workers: 2, service: 400ms, batch: 512, per_item: 3}
  """

/// The errors of a text, one a line; empty when there are none.
func errors(_ text: String) -> String {
  do {
    _ = try Project.parse(text, policies: catalogue)
    return ""
  } catch {
    return error.description
  }
}
