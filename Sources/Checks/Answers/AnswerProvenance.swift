import Guards
public import Project
import Records
import Statistics
public import Store

/// Where did this answer come from, and can it be made again?
///
/// ## What it does
/// Looks at every answer of the retention: whether its record is complete, whether what it was made of still resolves to
/// artifacts (so that it can be replayed exactly, with something missing, or not at all), whether its claims are entailed by
/// chunks that were in its context, whether the chain over the answers holds, and whether answers were served without a
/// record. It diagnoses wrong answers whose right source is known: the first thing that went wrong on the way from the corpus
/// to the answer, and who can mend it; and names every answer that had the same outdated document.
///
/// ## Why it matters
/// An answer is wrong. The log has prompt and text, but not which documents were in the context, and the index has changed
/// since. A retrieval that missed, a stale source and evidence that was ignored cannot be told apart.
///
/// ## Reads
/// - `span` of kind chat or completion, the answers: started_at, prompt_sha256, config_sha256, model_served, index_sha256,
///   retrieved [{chunk_id, doc_id, doc_sha256, rank, in_context}] (`[]` says that nothing was retrieved; then no index is
///   needed), attributes.chain {index, record, sha256, name?}: h_i = SHA-256(h_(i−1) ‖ JCS(record_i)), h_0 64 zeros. Of the
///   same trace and feature: retrieval and rerank (retrieved), tool (attributes.result_sha256).
/// - `annotation`: `correct` on an answer or a claim; `claim_support` (entails, partial, none, contradicts) on a claim with
///   attributes.span and chunk_ids; `attribution` with chunk_id and logprob_drop; `gold` with doc_id and fact (subject and
///   attribute); `answers_served` on the feature by its gateway, a number with attributes from and to.
/// - `artifact`: a digest resolves when an artifact bears it, a model when an artifact of kind model or adapter bears its name
///   or digest. Of kind document: valid_to, effective_from, supersedes, facts [{subject, attribute, value, from, to}]; of kind
///   index: derived_from (the documents), or attributes.doc_ids.
/// - `change` of surface index.
///
/// It applies to features that set thresholds for it or have high stakes, and to those of which one of the newest 20,000 spans
/// says what was retrieved. At most 30,000 spans are read, the newest; the newest 200 wrong answers are diagnosed.
///
/// ## Verdicts
/// - fail `CHAIN_BROKEN`: the first answer at which the chain does not hold, is missing or is there twice. `RECORD_GAP`: more
///   answers were served without a record than `record_gap_max`. `COVERAGE_LOW`: on a feature with high stakes fewer claims
///   than `high_stakes_coverage` are entailed by a chunk of the context. `EXACT_LOW`: fewer answers than `exact_min` can be
///   made again exactly: not one digest is missing.
/// - unknown `NO_ANSWERS`; `NO_GOLD`: wrong answers without a right source; `IMPOSSIBLE`: a wrong answer whose prompt, model
///   or index does not resolve; `INCOMPLETE_RECORDS`: more than `incomplete_max` of the records lack something.
/// - warn `COVERAGE_LOW` below `coverage_min` on other features; `INCOMPLETE_RECORDS` up to `incomplete_max`.
/// - Labels, the diagnoses: `CORPUS_GAP`, `RETRIEVAL_MISS`, `RANK_OR_TRUNCATION`, `STALE_SOURCE`, `SOURCE_CONFLICT`,
///   `IGNORED_EVIDENCE`, the first that holds; `FABRICATED` in addition: claims that nothing supports. `SNAPSHOT_MISSING`,
///   which refuses at the gate `release`: an index was changed to one that no artifact holds. A gateway withholds an answer of
///   a feature with high stakes whose record or coverage is incomplete (`PROVENANCE_INCOMPLETE`); the measure says how many.
///
/// Claims and replays are counted, not estimated: every answer that was read is judged.
///
/// ## Policy
/// - `coverage_min` 0.90, `high_stakes_coverage` 1.0 (shares of claims); `high_stakes_features` none.
/// - `exact_min` 0.95 (share of answers); `retention_days` 183 days; `record_gap_max` 0 answers.
/// - `reexecute_n` 59 answers, drawn by their digests, to be made again: 59 of 59 is the smallest number that shows 95 %.
/// - `required`: prompt_sha256, config_sha256, model_served, index_sha256, retrieved; `incomplete_max` 0.01 (share).
///
/// ## Example
/// ```yaml
/// features:
///   contracts:
///     policies: {answer-provenance: {high_stakes_features: [contracts]}}
/// ```
/// prints, where one of five claims of the answers has no chunk in the context: "80 % of 5 claims of contracts have a source in
/// their context; 100 % of 40 answers can be made again exactly." [COVERAGE_LOW]
public enum AnswerProvenance: Check {
  public static let question = "Where did this answer come from, and can it be made again?"

  static let mostSpans = 30_000
  static let mostDiagnoses = 200

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    let named = project.policy(Policy.self).value.highStakesFeatures
    return try AnswerFeatures.subjects(of: id, project, named: named, seen: ledger.recentFeatures(with: .retrieval))
  }

  /// Each holds its answers until all were read.
  public static let subjectsAtOnce = 8

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    try judge([CheckCase(subject: subject, policy: policy, context: context)], context.ledger)[0]
  }

  public static func judge(_ cases: [CheckCase<Policy>], _ ledger: Snapshot) throws -> [Judgement] {
    var judgements = [Judgement?](repeating: nil, count: cases.count)
    for days in Set(cases.map(\.policy.retentionDays)).sorted() {
      let places = cases.indices.filter { cases[$0].policy.retentionDays == days }
      let read = try censuses(places.map { cases[$0] }, days: days, ledger)
      for (place, read) in zip(places, read) {
        judgements[place] = try judge(cases[place], read.census, read.reach)
      }
    }
    return judgements.compactMap(\.self)
  }

  /// The answers of features that look back as far, read in one pass.
  private static func censuses(
    _ cases: [CheckCase<Policy>], days: Int, _ ledger: Snapshot
  ) throws -> [(census: AnswerCensus, reach: SpanReach)] {
    var question = SpanQuestion(
      since: ledger.asOf.adding(days: -Int64(days)), until: ledger.asOf, fields: [.kind, .model, .digests, .retrieved],
      attributes: ["chain", "result_sha256"])
    question.kinds = ["chat", "completion", "retrieval", "rerank", "tool"]
    // Only what they found is of interest.
    question.sourcedKinds = ["retrieval"]
    question.most = mostSpans
    for judged in cases { judged.context.ledger.include(judged.subject.name) }
    var censuses = cases.map { AnswerCensus(required: $0.policy.required) }
    let reaches = try ledger.forEachSpan(
      question, of: cases.map { ($0.subject.name, $0.context.ledger) },
      atHour: { hour in for place in censuses.indices { censuses[place].begin(hour: hour) } },
      { place, span in try censuses[place].add(span) })
    for (place, judged) in cases.enumerated() { try censuses[place].settle(judged.context.ledger) }
    return Array(zip(censuses, reaches))
  }

  private static func judge(
    _ judged: CheckCase<Policy>, _ census: AnswerCensus, _ reach: SpanReach
  ) throws -> Judgement {
    let (subject, policy, ledger) = (judged.subject, judged.policy, judged.context.ledger)
    let since = judged.context.asOf.adding(days: -Int64(policy.retentionDays))
    let judgements = try AnswerJudgements(census, since: reach.since, ledger)
    let wrong = judgements.wrong(census)
    let diagnosed = Array(wrong.prefix(mostDiagnoses))
    let history = try DocumentHistory(ledger)
    let diagnostician = try AnswerDiagnostician(diagnosed, census, judgements, history, ledger)
    let facts = Facts(
      subject.name, census, judgements, reach, diagnosed.map(diagnostician.diagnose), wrong,
      served: try served(subject.name, since: reach.since, ledger), policy)
    var judgement = Judgement()
    judgement.used = facts.answers
    judge(&judgement, facts, policy)
    note(&judgement, facts)
    try noteSnapshots(&judgement, since: since, ledger)
    judgement.report(facts, diagnostician, policy)
    return judgement
  }

  /// What gateways counted; the last word of each stretch.
  private static func served(_ feature: String, since: Instant, _ ledger: Snapshot) throws -> [Served] {
    var stretches: [Instant: Served] = [:]
    try ledger.forEachAnnotation(named: "answers_served", by: [.code], since: since) { annotation in
      guard annotation.subject == feature, let count = annotation.value.number, count.isFinite, count >= 0,
        let attributes = annotation.attributes.flatMap({ try? JSONValue(parsing: $0) }),
        let from = attributes["from"]?.text.flatMap({ Instant($0) }),
        let to = attributes["to"]?.text.flatMap({ Instant($0) })
      else { return }
      stretches[from] = Served(count: count, from: from, to: to)
    }
    return stretches.values.ordered(by: \.from)
  }

  // MARK: Judging

  private static func judge(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    for broken in facts.breaks {
      let name = broken.name.isEmpty ? "The chain" : "The chain \(broken.name)"
      judgement.fail(
        "CHAIN_BROKEN", about: broken.name.isEmpty ? nil : broken.name,
        "\(name) over the answers is broken at \(broken.index).")
    }
    if let gap = facts.gap, gap.isAbove(Double(policy.recordGapMax)) {
      judgement.fail(
        "RECORD_GAP",
        "\(NumberWords.fixed(gap, 0)) of \(NumberWords.fixed(facts.served, 0)) answers were served without a record; "
          + "\(NumberWords.grouped(policy.recordGapMax)) may be.")
    }
    judgeCoverage(&judgement, facts, policy)
    guard let exact = facts.exactShare else {
      return judgement.unknown(
        "NO_ANSWERS", "No answer of \(facts.feature) is in the last \(policy.retentionDays) days.", missing: "answers",
        1)
    }
    if exact.isBelow(policy.exactMin) {
      judgement.fail(
        "EXACT_LOW",
        "\(NumberWords.percent(exact)) of the answers can be made again exactly; \(NumberWords.percent(policy.exactMin)) must be."
      )
    }
    judgeRecords(&judgement, facts, policy)
    if facts.withoutGold > 0 {
      judgement.unknown(
        "NO_GOLD",
        "Of \(NumberWords.counted(facts.withoutGold, "wrong answer")) nobody said what would have been right.",
        missing: "gold for wrong answers", facts.withoutGold)
    }
    let lost = facts.lost
    if !lost.isEmpty {
      let what = Set(lost.flatMap(\.what)).orderedByBytes()
      judgement.unknown(
        "IMPOSSIBLE",
        "\(NumberWords.counted(lost.count, "wrong answer")) cannot be made again: \(NumberWords.list(what)) \(what.count == 1 ? "does" : "do") not resolve.",
        missing: "artifacts: \(NumberWords.list(what))", what.count)
    }
  }

  private static func judgeCoverage(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    guard let coverage = facts.coverage else { return }
    let least = facts.isHighStakes ? policy.highStakesCoverage : policy.coverageMin
    guard coverage.isBelow(least) else { return }
    let text =
      "\(NumberWords.percent(coverage)) of \(NumberWords.counted(facts.judgements.claims.count, "claim")) are entailed by a chunk "
      + "in the context; \(NumberWords.percent(least)) must be."
    if facts.isHighStakes { judgement.fail("COVERAGE_LOW", text) } else { judgement.warn("COVERAGE_LOW", text) }
  }

  private static func judgeRecords(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    guard let share = facts.incompleteShare, share > 0 else { return }
    let lacking = facts.lacking.map { "\($0.what) \(NumberWords.grouped($0.count))" }
    let text =
      "\(NumberWords.counted(facts.incomplete, "record")) of \(NumberWords.grouped(facts.answers)) are incomplete: they lack "
      + "\(NumberWords.list(lacking))."
    guard share.isAbove(policy.incompleteMax) else { return judgement.warn("INCOMPLETE_RECORDS", text) }
    let allowed = Int(policy.incompleteMax * Double(facts.answers))
    judgement.unknown("INCOMPLETE_RECORDS", text, missing: "complete records", facts.incomplete - allowed)
  }

  // MARK: Labels

  private static func note(_ judgement: inout Judgement, _ facts: Facts) {
    for diagnosis in AnswerDiagnosis.allCases {
      let results = facts.results(diagnosis)
      guard !results.isEmpty else { continue }
      let names = results.map { facts.census.spanID($0.answer) }
      judgement.reasons.append(
        Finding.Reason(
          diagnosis.rawValue, .pass,
          "\(NumberWords.counted(results.count, "wrong answer")) (\(NumberWords.list(names, limit: 3))): \(diagnosis.words). "
            + "Owner: \(diagnosis.owner)."))
    }
    if !facts.fabricated.isEmpty {
      judgement.reasons.append(
        Finding.Reason(
          "FABRICATED", .pass,
          "Nothing supports \(NumberWords.counted(facts.fabricated.count, "claim")): \(NumberWords.list(facts.fabricated.map(\.id), limit: 3))."
        ))
    }
  }

  private static func noteSnapshots(_ judgement: inout Judgement, since: Instant, _ ledger: Snapshot) throws {
    var promoted: Set<String> = []
    try ledger.forEachChange { _, change in
      if change.surface == "index", change.at >= since { promoted.insert(change.to ?? "(no index named)") }
    }
    let digests = promoted.orderedByBytes()
    var missing: [String] = []
    for digest in digests where try !ledger.artifacts(sha256: digest).contains(where: { $0.artifactKind == "index" }) {
      missing.append(digest)
    }
    guard !missing.isEmpty else { return }
    judgement.reasons.append(
      Finding.Reason(
        "SNAPSHOT_MISSING", .pass,
        "No artifact holds the index that answers come from since it was changed: \(NumberWords.list(missing, limit: 3))."
      ))
  }
}
