import Guards
import Records
import Statistics
import Store

extension AnswerProvenance {
  /// A count of answers that a gateway served, for a stretch of time.
  struct Served {
    let count: Double
    let from: Instant
    let to: Instant
  }

  /// Everything that was read and computed about one feature.
  struct Facts {
    let feature: String
    let isHighStakes: Bool
    let census: AnswerCensus
    let judgements: AnswerJudgements
    let reach: SpanReach
    let results: [AnswerDiagnostician.Result]
    let wrong: [Int]
    /// What records lack, and how many answers lack just that.
    let gapCounts: [(gaps: AnswerRecord.Gaps, count: Int)]
    /// Answers without a complete record.
    let incomplete: Int
    let exact: Int
    let degraded: Int
    let impossible: Int
    let covered: Int
    /// Claims that nothing supports.
    let fabricated: [AnswerJudgements.Claim]
    /// By the name of the chain, where it is broken first.
    let breaks: [(name: String, index: Int64)]
    let chained: Int
    /// Served without a record; nil where no gateway counted.
    let gap: Double?
    let served: Double
    /// What a gateway would have held back.
    let withheld: Int

    init(
      _ feature: String, _ census: AnswerCensus, _ judgements: AnswerJudgements, _ reach: SpanReach,
      _ results: [AnswerDiagnostician.Result], _ wrong: [Int], served: [Served], _ policy: Policy
    ) {
      self.feature = feature
      self.census = census
      self.judgements = judgements
      self.reach = reach
      self.results = results
      self.wrong = wrong
      isHighStakes = policy.highStakesFeatures.contains(feature)
      gapCounts = Array(zip(census.gaps, census.gapCounts))
      incomplete = gapCounts.reduce(0) { $0 + ($1.gaps.isEmpty ? 0 : $1.count) }
      exact = census.answers.count { $0.replay == .exact }
      degraded = census.answers.count { $0.replay == .degraded }
      impossible = census.answers.count { $0.replay == .impossible }
      let isCovered = judgements.claims.map { judgements.isCovered($0, census) }
      covered = isCovered.count { $0 }
      fabricated = judgements.claims.filter { !$0.isSupportedAtAll }
      breaks = census.chains.keys.orderedByBytes().compactMap { name in
        AnswerChain.firstBreak(census.chains[name] ?? []).map { (name, $0) }
      }
      chained = census.chains.values.reduce(0) { $0 + $1.count }
      // A stretch that was not read whole proves nothing.
      let whole = served.filter { $0.from >= reach.since }
      self.served = whole.reduce(0) { $0 + $1.count }
      let recorded = census.answers.count { answer in
        whole.contains { $0.from <= answer.startedAt && answer.startedAt < $0.to }
      }
      gap = whole.isEmpty ? nil : self.served - Double(recorded)
      var byAnswer: [Int: (covered: Int, all: Int)] = [:]
      for (claim, covered) in zip(judgements.claims, isCovered) {
        let known = byAnswer[claim.answer] ?? (0, 0)
        byAnswer[claim.answer] = (known.covered + (covered ? 1 : 0), known.all + 1)
      }
      let gate = AnswerGate(
        isHighStakes: isHighStakes, coverageMin: isHighStakes ? policy.highStakesCoverage : policy.coverageMin)
      func isWithheld(_ gaps: AnswerRecord.Gaps, _ coverage: Double?) -> Bool {
        if case .withhold = gate.decide(gaps, coverage: coverage) { true } else { false }
      }
      // Of most answers nobody named a claim: they are withheld for their gaps or not at all.
      let bare = gapCounts.reduce(0) { $0 + (isWithheld($1.gaps, nil) ? $1.count : 0) }
      withheld = byAnswer.reduce(bare) { withheld, answer in
        let gaps = census.gaps(of: answer.key)
        let coverage = Share.of(answer.value.covered, answer.value.all)
        return withheld + (isWithheld(gaps, coverage) ? 1 : 0) - (isWithheld(gaps, nil) ? 1 : 0)
      }
    }

    var answers: Int { census.answers.count }
    var incompleteShare: Double? { Share.of(incomplete, answers) }
    var exactShare: Double? { Share.of(exact, answers) }
    /// Of the claims; nil without any.
    var coverage: Double? { Share.of(covered, judgements.claims.count) }

    /// Fields that records lack, with how many; the most frequent first.
    var lacking: [(what: String, count: Int)] {
      var counts: [String: Int] = [:]
      for (gaps, count) in gapCounts { for word in gaps.words { counts[word, default: 0] += count } }
      return counts.keys.orderedByBytes().map { ($0, counts[$0] ?? 0) }.ordered { -$0.count }
    }

    func results(_ diagnosis: AnswerDiagnosis) -> [AnswerDiagnostician.Result] {
      results.filter { $0.diagnosis == diagnosis }
    }

    /// Wrong answers of which nobody said what would have been right.
    var withoutGold: Int { wrong.count { judgements.gold[$0] == nil } }

    /// Wrong answers that cannot be made again, and what they lack.
    var lost: [(answer: Int, what: [String])] {
      wrong.map { ($0, census.lost(census.answers[$0])) }.filter { !$0.1.isEmpty }
    }

    /// Exact answers that are drawn to be made again: those whose spans have the smallest digests, whoever draws.
    func drawn(_ count: Int) -> [Int] {
      let exact = census.answers.indices.filter { census.answers[$0].replay == .exact }
      return Array(exact.ordered { SHA256Digest(of: census.spanID($0)).words.0 }.prefix(count))
    }

    /// The answer to be shown: the newest wrong one that was diagnosed, else the newest one with claims.
    var shown: Int? {
      if let diagnosed = results.first(where: { $0.diagnosis != nil })?.answer { return diagnosed }
      let claimed = Set(judgements.claims.map(\.answer)).sorted()
      return claimed.ordered { -Double(census.answers[$0].startedAt.nanoseconds) }.first
    }
  }
}
