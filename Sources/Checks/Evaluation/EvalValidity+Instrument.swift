import Records
import Statistics
import Store

extension EvalValidity {
  /// The cards of a suite's items: where they come from, how old they are, and where else they were found.
  struct Cards {
    /// Items with a card, with a source, and with source `prod`.
    private(set) var items = 0
    private(set) var sourced = 0
    private(set) var fromProduction = 0
    private(set) var medianAge: Double?
    /// Items found in prompts or training data, and the artifacts that hold them.
    let leaks: SuiteLeaks

    var productionShare: Double? { Share.of(fromProduction, sourced) }

    init(suite: String, _ ledger: Snapshot) throws {
      struct Card {
        let sha256: String
        let source: String?
        let collectedAt: Instant?
        let at: Instant
      }
      var cards: [String: Card] = [:]
      try ledger.forEachArtifact(kind: "dataset_item") { _, artifact in
        let attributes = Cards.attributes(artifact)
        guard attributes?["suite"]?.text == suite else { return }
        if let known = cards[artifact.name], known.at > artifact.at { return }
        let collected = attributes?["collected_at"]?.text ?? attributes?["added_at"]?.text
        cards[artifact.name] = Card(
          sha256: artifact.sha256, source: attributes?["source"]?.text,
          collectedAt: collected.flatMap { Instant($0) }, at: artifact.at)
      }
      items = cards.count
      sourced = cards.values.count { $0.source != nil }
      fromProduction = cards.values.count { $0.source == "prod" }
      medianAge = OrderStatistic.median(
        sorted: cards.values.compactMap { $0.collectedAt?.days(to: ledger.asOf) }.sorted())
      leaks = try SuiteLeaks(
        of: Set(cards.values.map(\.sha256)), suite: suite, in: SuiteLeaks.everywhere, ledger)
    }

    private static func attributes(_ artifact: ArtifactRecord) -> JSONValue? {
      artifact.attributes.flatMap { try? JSONValue(parsing: $0) }
    }
  }

  /// What the judge's verdicts are worth, measured against people's.
  struct Agreement {
    private(set) var table = BinaryAgreement()
    /// Two people on the same subjects.
    private(set) var people = BinaryAgreement()
    /// Subjects on which people are divided.
    private(set) var divided = 0
    let judges: [String]

    /// Nil where code scores.
    ///
    /// A person's verdict is paired with the judge's annotation on the same subject, or else with the trial whose record id
    /// the subject is.
    init?(metric: String, series: [TrialSeriesSummary], _ ledger: Snapshot) throws {
      var models = Set(series.compactMap(\.judge))
      var verdicts: [String: Bool] = [:]
      try ledger.forEachAnnotation(named: metric, by: [.llm, .code]) { annotation in
        guard models.contains(annotation.annotator) else { return }
        guard annotation.annotatorKind == .llm else {
          models.remove(annotation.annotator)
          return
        }
        verdicts[annotation.subject] = annotation.value.isPass
      }
      guard !models.isEmpty else { return nil }
      judges = models.sorted()
      var ballots = Ballots()
      try ledger.forEachAnnotation(named: metric, by: [.human]) { ballots.add($0) }
      try addTrials(to: &verdicts, ballots, series.filter { $0.judge.map(models.contains) ?? false }, ledger)
      for (subject, votes) in ballots.subjects { add(votes, judge: verdicts[subject]) }
    }

    private func addTrials(
      to verdicts: inout [String: Bool], _ ballots: Ballots, _ series: [TrialSeriesSummary], _ ledger: Snapshot
    ) throws {
      var wanted: [RecordID: String] = [:]
      for subject in ballots.subjects.keys where verdicts[subject] == nil {
        if let id = RecordID(subject) { wanted[id] = subject }
      }
      guard !wanted.isEmpty else { return }
      for one in series {
        try ledger.forEachOutcome(of: one) { outcome in
          if let subject = wanted[outcome.id] { verdicts[subject] = outcome.isRight }
        }
      }
    }

    private mutating func add(_ votes: [Ballots.Vote], judge: Bool?) {
      let readable = votes.compactMap { vote in vote.value.isPass.map { (vote.annotator, $0) } }
        .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }.map(\.1)
      if readable.count > 1 { people.add(judge: readable[0], reference: readable[1]) }
      guard let judge, !readable.isEmpty else { return }
      let passes = readable.count { $0 }
      let fails = readable.count - passes
      if passes == fails {
        divided += 1
      } else {
        table.add(judge: judge, reference: max(passes, fails) == passes)
      }
    }
  }

  /// Whether past deltas of the suite told what production would say.
  struct Record {
    private(set) var offline: [Double] = []
    private(set) var production: [Double] = []

    init(suite: String, _ ledger: Snapshot) throws {
      try ledger.forEachChange { _, change in
        guard let text = change.attributes, text.contains("eval_delta"),
          let attributes = try? JSONValue(parsing: text), attributes["suite"]?.text == suite,
          let before = attributes["eval_delta"]?.real, let after = attributes["production_delta"]?.real
        else { return }
        offline.append(before)
        production.append(after)
      }
    }

    var releases: Int { offline.count }
    /// A delta of zero agrees with nothing.
    var agreeing: Int { zip(offline, production).count { $0 * $1 > 0 } }
    var signAgreement: Double? { Share.of(agreeing, releases) }
    var correlation: Double? { Spearman.correlation(x: offline, y: production) }
  }
}
