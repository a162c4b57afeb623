import Guards
import Records
import Store

extension EvalProdParity {
  /// What is served, as a sample of the feature's spans shows it.
  struct Served {
    /// Spans of model calls, and those of them that do not say their configuration.
    private(set) var calls = 0
    private(set) var unnamed = 0
    /// Spans by configuration.
    private(set) var configs: [String: Int] = [:]
    private(set) var behaviour = Behaviour()

    /// About so many spans are looked at.
    static let sample = 20_000
    /// Spans in which a model answers; others need no configuration.
    private static let callKinds: Set<String> = ["chat", "completion"]

    init(feature: String, _ policy: Policy, _ ledger: Snapshot) throws {
      let since = ledger.asOf.adding(days: -Int64(policy.windowDays))
      try ledger.forEachServedSpan(feature: feature, since: since, about: Served.sample, attribute: "valid") { span in
        if let config = span.configSHA256 { configs[config, default: 0] += 1 }
        guard Served.callKinds.contains(span.spanKind) else { return }
        calls += 1
        if span.configSHA256 == nil { unnamed += 1 }
        var mark = Mark(span.attributes.flatMap { try? JSONValue(parsing: $0) })
        (mark.refusal, mark.finishReason) = (span.refusal, span.finishReason)
        behaviour.add(mark, outputTokens: span.outputTokens)
      }
    }

    var spans: Int { configs.values.reduce(0, +) }
  }

  /// The bundle that was tested beside those that serve.
  struct Configuration {
    /// A configuration that serves, or that the trials of production name.
    struct Row {
      let sha256: String
      /// Of the sampled spans; nil where only trials of production name it.
      let share: Double?
      /// Parts in which it differs from what was tested; nil where the parts of either are not known.
      let differing: [String]?
    }

    let tested: String?
    /// The most frequent first.
    let rows: [Row]
    /// Configurations whose parts nobody recorded and that would be needed.
    let unknown: [String]
    /// The manifests that were compared.
    let manifests: [RecordID]

    init(tested: String?, production: String?, _ served: Served, _ policy: Policy, _ ledger: Snapshot) throws {
      self.tested = tested
      var manifests: [RecordID] = []
      var bundles: [String: Bundle] = [:]
      func bundle(_ sha256: String) throws -> Bundle? {
        if let known = bundles[sha256] { return known }
        guard let (id, artifact) = try ledger.artifact(kind: "manifest", sha256: sha256),
          let bundle = Bundle(artifact.attributes)
        else { return nil }
        manifests.append(id)
        bundles[sha256] = bundle
        return bundle
      }
      let total = Double(served.spans)
      var shares = served.configs.mapValues { Double($0) / total as Double? }
        .filter { ($0.value ?? 0).isAtLeast(policy.minConfigShare) }
      if let production, shares[production] == nil { shares[production] = .some(nil) }
      var rows: [Row] = []
      var unknown: Set<String> = []
      for sha256 in shares.keys.orderedByBytes().ordered(by: { -((shares[$0] ?? nil) ?? 0) }) {
        var differing: [String]?
        if sha256 == tested {
          // The same bytes: nothing to compare.
          differing = []
        } else if let tested {
          let (old, new) = (try bundle(tested), try bundle(sha256))
          if old == nil { unknown.insert(tested) }
          if new == nil { unknown.insert(sha256) }
          if let old, let new { differing = new.differing(from: old) }
        }
        rows.append(Row(sha256: sha256, share: shares[sha256] ?? nil, differing: differing))
      }
      self.rows = rows
      self.unknown = unknown.orderedByBytes()
      self.manifests = manifests
    }

    var mismatches: [Row] { rows.filter { !($0.differing ?? []).isEmpty } }

    /// All parts in which something that serves differs from what was tested.
    var differing: [String] { Set(mismatches.flatMap { $0.differing ?? [] }).orderedByBytes() }

    /// Share of the sampled spans that another bundle serves.
    var mismatchShare: Double { mismatches.reduce(0) { $0 + ($1.share ?? 0) } }

    /// The first digits of a digest, which tell bundles apart for people.
    static func short(_ sha256: String) -> String { String(sha256.prefix(12)) }
  }
}

extension Bundle {
  /// From the attributes of a manifest; nil where they list no parts.
  fileprivate init?(_ attributes: String?) {
    guard let attributes, case .object(let parts)? = (try? JSONValue(parsing: attributes))?["parts"] else { return nil }
    var digests: [String: String] = [:]
    for part in parts.members { digests[part.key] = part.value.text }
    guard !digests.isEmpty else { return nil }
    self.init(digests)
  }
}

extension EvalProdParity {
  /// Step 1: every bundle that serves is the one that was tested.
  static func judgeConfiguration(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let configuration = facts.configuration
    if !configuration.mismatches.isEmpty {
      judgement.evidence = configuration.manifests
      let share = configuration.mismatchShare
      let who =
        share > 0
        ? "\(NumberWords.percent(share)) of \(NumberWords.counted(facts.served.spans, "sampled span")) are served by"
        : "The trials of production are of"
      return judgement.fail(
        "CONFIG_MISMATCH",
        "\(who) another bundle than was tested; it differs in \(NumberWords.list(configuration.differing, limit: 7)).")
    }
    guard configuration.tested != nil else {
      return judgement.unknown(
        "NO_BUNDLE", "The trials of the evaluation do not say which configuration they tested.",
        missing: "trials of the evaluation with config_sha256", 1)
    }
    guard facts.served.spans > 0 else {
      return judgement.unknown(
        "NO_BUNDLE",
        "No span of \(facts.feature) of the last \(policy.windowDays) days says which configuration served it.",
        missing: "spans with config_sha256", 1)
    }
    guard !configuration.unknown.isEmpty else { return }
    let names = configuration.unknown.map(Configuration.short)
    judgement.unknown(
      "NO_BUNDLE",
      "What was tested and what is served are different configurations, and the parts of \(NumberWords.list(names)) are not recorded.",
      missing: "manifests with the parts of the configurations", configuration.unknown.count)
  }

  /// Step 2: one judge in both places. Returns whether the numbers may be compared.
  static func judgeJudges(_ judgement: inout Judgement, _ facts: Facts) -> Bool {
    guard let evaluation = facts.arms.evaluation, let production = facts.arms.production,
      evaluation.judges != production.judges || evaluation.judges.count > 1
    else { return true }
    func named(_ judges: Set<String?>) -> String {
      NumberWords.list(judges.compactMap(\.self).orderedByBytes() + (judges.contains(nil) ? ["no named judge"] : []))
    }
    judgement.unknown(
      "JUDGE_DIFFERS",
      "The evaluation was scored by \(named(evaluation.judges)) and production by \(named(production.judges)): their difference may be the judges'.",
      missing: "items of production that the evaluation's judge scored",
      Int(production.series.reduce(0) { $0 + $1.trials }))
    return false
  }
}
