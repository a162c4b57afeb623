import Guards
public import Project
import Records
import Statistics
public import Store

/// Do we count tokens as the provider does?
///
/// ## What it does
/// Takes the provider's billed count for the truth and own counts for estimates. The gap billed/local − 1 is told by model,
/// language and class of content, with the quantile (nearest rank) that guards must have room for; a guard's estimate is
/// ⌈local·(1 + gap)⌉ + max_tokens, with `margin_default` where fewer than `gap_min_n` pairs are known. Of consecutive renders
/// of one prompt it counts the leading ids that are equal, which is what a provider's cache can reuse, against what is static:
/// the prompt's template, or where none is known what renders begin with alike and half of them end with alike. Where a model takes another's place, both count a golden corpus, class by class. Texts are read for habits that
/// cost tokens: white space at the end, unseen characters, indented or reordered JSON, encoded data, counts by length.
///
/// ## Why it matters
/// Budgets, context guards, caches and cost plans assume four characters a token. Other languages, indented JSON, invisible
/// characters or a new tokenizer break the guard, the cache or the bill, and no error is raised.
///
/// ## Reads
/// - `span` of kind chat or completion of the window: input_tokens, output_tokens, cached_tokens, cost_usd, model_served,
///   prompt_id, prompt_sha256, user_id, parameters (max_tokens, stop), tags.lang, tags.content_class, attributes.local_count
///   (one's own count before the call), attributes.valid (the answer could be parsed), attributes.schema_sha256,
///   attributes.golden_class (the call sent the lines of that class of the golden corpus); input, instructions and tools from
///   the content store.
/// - `artifact` of kind dataset: golden [{class, text, reference}]; of kind tokenizer, named as the model or its vocabulary:
///   golden_counts {class: tokens}; of kind prompt: text, values as `{{name}}`; of kind schema: schema (JSON Schema).
/// - `change` of surface model: from, to, attributes.feature.
/// - `models.<model>`: tokenizer (a tiktoken rank file or a tokenizer.json, relative to tally.yaml; none comes along),
///   capabilities.context_tokens, cache_min_prefix, price.
///
/// It applies to features that set thresholds for it, and to those of which one of the newest 20,000 spans has local_count or
/// was answered by a model with a tokenizer. At most 20,000 spans of a feature are read, and of texts the newest 300 of each
/// model, language and class, 9 of each prompt, 4,000 and 24 MiB in all.
///
/// ## Verdicts
/// - fail `TOKENIZER_DRIFT`: a class of the golden corpus has more than `golden_drift` more or fewer tokens with the model
///   that takes another's place. `PREFIX_BROKEN`: consecutive renders of a prompt that is long enough for the cache begin with
///   less than `prefix_share_min` of its static tokens. `MARGIN_SHORT`: the gap of a language is above `margin_default` more
///   often than its quantile allows (exact binomial test, Holm over languages and models). `MAX_TOKENS_SHORT`: valid answers
///   are longer than max_tokens more often than `json_p` allows (the same test).
/// - unknown `NO_BILLED_COUNTS`; `NO_TOKENIZER`: a model's texts cannot be counted; `NO_GOLDEN_CORPUS`: a model changed, and
///   nothing says how both count; `TOO_FEW_PAIRS`: fewer than `gap_min_n`; `MARGIN_OPEN`, `ANSWERS_OPEN`: the quantile is
///   above its limit, and the test does not decide; `MISSING_FIELDS`.
/// - warn `BILL_DRIFT`: own counts project a bill further than `bill_drift` from the actual one. Habits: `TRAILING_SPACE`,
///   `VOLATILE_FIRST`, `KEYS_UNSTABLE`, `UNSEEN_CHARACTERS`, `JSON_INDENTED`, `LENGTH_GUARD`, `STOP_IN_VALUE`, `ENCODED_RUN`.
/// - Label `LOCAL_ZERO`: own counts of nothing, which were billed. The gate `merge` refuses `PREFIX_BROKEN` and
///   `TOKENIZER_DRIFT`; a gateway refuses a call that may not fit (422 `CONTEXT_OVERFLOW_RISK`): measures say how many.
///
/// ## Policy
/// - `golden_drift` 0.02, `bill_drift` 0.10 (shares); `prefix_share_min` 0.90 (share of static tokens).
/// - `gap_quantile` 0.99; `gap_min_n` 200 pairs; `margin_default` 0.15 (share of an own count, what your guards add).
/// - `json_p` 0.99 (quantile of valid answers); `language_share_min` 0.01 (share of calls).
/// - `window_days` 30 days; `alpha` 0.05; `max_missing_share` 0.05.
///
/// With 400 pairs of a language of which 4 % are above the margin, a short margin is found with power 0.9.
///
/// ## Example
/// ```yaml
/// features: {letters: {policies: {token-arithmetic: {margin_default: 0.15}}}}
/// models:
///   letters-1:
///     tokenizer: vocabularies/o200k_base.tiktoken
///     capabilities: {context_tokens: 128000}
///     price: {input_per_mtok: 2.00 USD, cached_input_per_mtok: 0.20 USD}
/// ```
/// prints, where a time of day stands before the instructions: "Consecutive renders of reply begin with 12 of 612 static
/// tokens (1.96 %); at least 90 % should be alike." [PREFIX_BROKEN]
public enum TokenArithmetic: Check {
  public static let question = "Do we count tokens as the provider does?"

  static let mostSpans = 20_000

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    let counted = project.models.filter { $0.value.tokenizer != nil }.map(\.id)
    let seen = Set(try ledger.recentFeatures(with: .attribute("local_count")))
      .union(try ledger.recentFeatures(with: .served(counted)))
    return AnswerFeatures.subjects(of: id, project, seen: seen.orderedByBytes())
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    let ledger = context.ledger
    let since = context.asOf.adding(days: -Int64(policy.windowDays))
    let models = context.project.models
    ledger.include("\(subject.name) \(models.map { "\($0.id) \($0.value)" })")
    for model in models.ids {
      if let digest = context.tokenizers.volume(of: model).sha256 { ledger.include("\(model) \(digest)") }
    }
    var fold = TokenFold()
    var question = SpanQuestion(
      since: since, until: context.asOf, fields: [.usage, .digests, .call, .contents],
      attributes: ["local_count", "valid", "schema_sha256", "golden_class"])
    question.feature = subject.name
    question.kinds = ["chat", "completion"]
    question.most = mostSpans
    let reach = try ledger.forEachSpan(question) { fold.add($0) }
    let reading = try TokenReading(fold, context)
    let golden = try GoldenCounts(reading.fold, context)
    let changes = try ModelChange.pairs(reading.fold, since: since, feature: subject.name, ledger)
      .map { ModelChange($0, golden) }
    let facts = Facts(subject.name, reading, reach, golden, changes, models, policy)
    var judgement = Judgement()
    judgement.maxMissingShare = policy.maxMissingShare
    judgement.used = facts.fold.used
    judgement.excluded = facts.fold.excluded
    judgement.evidence = facts.fold.examples.elements
    judgeChanges(&judgement, facts, policy)
    judgePrefixes(&judgement, facts, policy)
    judgeMargins(&judgement, facts, policy)
    judgeAnswers(&judgement, facts, policy)
    judgePairs(&judgement, facts, policy)
    judgeBills(&judgement, facts, policy)
    judgeHabits(&judgement, facts)
    judgement.report(facts, policy)
    return judgement
  }

  // MARK: Judging

  private static func judgeChanges(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    for change in facts.changes {
      if let drift = change.drift {
        guard drift.exceeds(policy.goldenDrift), let worst = drift.worst, let share = worst.drift else { continue }
        judgement.fail(
          "TOKENIZER_DRIFT", about: change.new,
          "\(change.new) counts \(NumberWords.signed(NumberWords.percent(share))) tokens of \(worst.name) against "
            + "\(change.old) (\(NumberWords.grouped(worst.new)) for \(NumberWords.grouped(worst.old))); "
            + "\(NumberWords.percent(policy.goldenDrift)) may be.")
      } else if facts.golden.corpus.isEmpty {
        judgement.unknown(
          "NO_GOLDEN_CORPUS", about: change.new,
          "\(change.new) takes the place of \(change.old), and no golden corpus says how both count.",
          missing: "dataset artifact with attributes.golden, or golden_counts of both tokenizers", 1)
      } else {
        for model in change.lacking { lacks(&judgement, model, "nothing says how it counts the golden corpus") }
      }
    }
  }

  private static func lacks(_ judgement: inout Judgement, _ model: String, _ why: String) {
    judgement.unknown(
      "NO_TOKENIZER", about: model, "Texts of \(shown(model: model)) cannot be counted: \(why).",
      missing: "tokenizer for \(shown(model: model))", 1)
  }

  private static func judgePrefixes(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    for prompt in facts.reading.prompts where prompt.isCacheable {
      guard PromptPrefix.isBroken(prompt.renders, least: policy.prefixShareMin), let share = prompt.share else {
        continue
      }
      judgement.fail(
        "PREFIX_BROKEN", about: prompt.key.prompt,
        "Consecutive renders of \(prompt.key.prompt) begin with \(NumberWords.fixed(share * prompt.fixed, 0)) of "
          + "\(NumberWords.fixed(prompt.fixed, 0)) static tokens (\(NumberWords.percent(share))); at least "
          + "\(NumberWords.percent(policy.prefixShareMin)) should be alike.")
    }
    for model in facts.reading.uncounted.keys.orderedByBytes() {
      lacks(&judgement, model, facts.reading.uncounted[model] ?? "")
    }
  }

  private static func judgeMargins(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let rows = facts.judged(policy).filter { !$0.gaps.isEmpty }
    let adjusted = Multiplicity.holm(rows.map(\.above.pValue))
    for (row, p) in zip(rows, adjusted) {
      guard let gap = row.gap, gap.isAbove(policy.marginDefault) else { continue }
      let counted =
        "\(NumberWords.counted(row.above.above, "call")) of \(NumberWords.grouped(row.gaps.count)) in \(row.name) were billed more than "
        + "\(NumberWords.percent(policy.marginDefault)) above the own count; \(NumberWords.percent(1 - policy.gapQuantile)) may be"
      if row.above.state(alpha: policy.alpha, adjusted: p) == .exceeded {
        judgement.fail(
          "MARGIN_SHORT", about: row.name,
          "\(counted) (\(NumberWords.p(p))). The gap to have room for is \(NumberWords.percent(gap)).")
      } else if row.isMeasured {
        judgement.unknown(
          "MARGIN_OPEN", about: row.name, "\(counted) (\(NumberWords.p(p))).",
          missing: "pairs of counts below the margin",
          MissingTrials.clean(
            failures: Double(row.above.above), trials: Double(row.above.count), limit: row.above.allowed,
            confidence: 1 - policy.alpha))
      }
    }
  }

  private static func judgeAnswers(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let adjusted = Multiplicity.holm(facts.answers.map(\.budget.pValue))
    for (answers, p) in zip(facts.answers, adjusted) where answers.quantile.isAbove(Double(answers.limit)) {
      let counted =
        "\(NumberWords.counted(answers.budget.above, "valid answer")) of \(NumberWords.grouped(answers.budget.count)) of "
        + "\(shown(model: answers.model)) have more than the \(NumberWords.grouped(Int(answers.limit))) tokens that calls ask for now; "
        + "\(NumberWords.percent(1 - policy.answerQuantile)) may have (\(NumberWords.p(p)))."
      if answers.budget.state(alpha: policy.alpha, adjusted: p) == .exceeded {
        judgement.fail("MAX_TOKENS_SHORT", about: answers.model, counted)
      } else {
        judgement.unknown(
          "ANSWERS_OPEN", about: answers.model, counted, missing: "valid answers within max_tokens",
          MissingTrials.clean(
            failures: Double(answers.budget.above), trials: Double(answers.budget.count), limit: answers.budget.allowed,
            confidence: 1 - policy.alpha))
      }
    }
  }

  private static func judgePairs(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    guard facts.fold.calls > 0 else {
      return judgement.unknown(
        "NO_BILLED_COUNTS", "No call of \(facts.feature) with billed tokens is in the last \(policy.windowDays) days.",
        missing: "spans with input_tokens", policy.gapMinimum)
    }
    let short = facts.rows.filter { !$0.isMeasured && facts.share($0.calls).isAtLeast(policy.languageShareMin) }
    if !short.isEmpty {
      let names = NumberWords.list(short.map { "\($0.name) (\(NumberWords.grouped($0.gaps.count)))" })
      judgement.unknown(
        "TOO_FEW_PAIRS",
        "Fewer than \(NumberWords.grouped(policy.gapMinimum)) pairs of a billed and an own count: \(names). Guards take the default margin there.",
        missing: "spans with local_count, or with their input and the model's tokenizer",
        short.reduce(0) { $0 + policy.gapMinimum - $1.gaps.count })
    }
    guard facts.localZero > 0 else { return }
    judgement.reasons.append(
      Finding.Reason(
        "LOCAL_ZERO", .pass,
        "\(NumberWords.counted(facts.localZero, "call")) had an own count of 0 and were billed; the gap leaves them out."
      ))
  }

  private static func judgeBills(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    for bill in facts.bills where abs(bill.ratio - 1).isAbove(policy.billDrift) && bill.calls >= policy.gapMinimum {
      judgement.warn(
        "BILL_DRIFT", about: bill.model,
        "Own counts project \(NumberWords.percent(bill.ratio)) of what \(NumberWords.counted(bill.calls, "call")) to "
          + "\(shown(model: bill.model)) cost; \(NumberWords.percent(policy.billDrift)) more or less may be.")
    }
  }

  private static func judgeHabits(_ judgement: inout Judgement, _ facts: Facts) {
    for habit in PromptLint.allCases {
      guard let seen = facts.reading.sightings[habit] else { continue }
      if let evidence = seen.evidence { judgement.evidence.append(evidence) }
      judgement.warn(
        habit.rawValue, about: seen.example,
        "\(NumberWords.counted(seen.count, "text")) of those that were read \(habit.sentence): first \(seen.example).")
    }
  }
}
