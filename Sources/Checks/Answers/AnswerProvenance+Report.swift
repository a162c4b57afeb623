import Guards
import Records
import Statistics
import Store

extension Judgement {
  /// Rows of a figure.
  private static let rows = 20

  mutating func report(
    _ facts: AnswerProvenance.Facts, _ diagnostician: AnswerDiagnostician, _ policy: AnswerProvenance.Policy
  ) {
    measure("answers", facts.answers, unit: "answers")
    measureShare("exact", facts.exact, of: facts.answers, limit: policy.exactMin)
    measure("degraded", facts.degraded, unit: "answers")
    measure("impossible", facts.impossible, unit: "answers")
    measureShare("incomplete", facts.incomplete, of: facts.answers, limit: policy.incompleteMax)
    let claims = facts.judgements.claims.count
    measure("claims", claims, unit: "claims")
    measureShare(
      "coverage", facts.covered, of: claims,
      limit: facts.isHighStakes ? policy.highStakesCoverage : policy.coverageMin)
    measure("fabricated", facts.fabricated.count, unit: "claims")
    measure("wrong", facts.wrong.count, unit: "answers")
    for diagnosis in AnswerDiagnosis.allCases {
      let count = facts.results(diagnosis).count
      if count > 0 { measure("diagnosed \(diagnosis.rawValue)", count, unit: "answers") }
    }
    measure("chained", facts.chained, unit: "answers")
    measure("record_gap", facts.gap, limit: Double(policy.recordGapMax), unit: "answers")
    if facts.isHighStakes { measure("withheld", facts.withheld, unit: "answers") }
    let drawn = facts.drawn(policy.reexecute)
    measure("to_reexecute", drawn.count, limit: Double(policy.reexecute), unit: "answers")
    evidence = Array(
      (facts.wrong.prefix(20) + facts.census.newestWithGaps(20)).prefix(20)
        .map { facts.census.answers[$0].recordID })
    method = "census of all answers that were read; shown rates with Wilson's intervals; hash chain recomputed"
    draw(facts, diagnostician, drawn)
    headline = sentence(facts, policy)
    next = nextAction(facts)
  }

  private mutating func measureShare(_ name: String, _ count: Int, of all: Int, limit: Double) {
    let interval = ProportionInterval.wilson(successes: Double(count), trials: Double(all))
    measure(name, Share.of(count, all), low: interval.low, high: interval.high, limit: limit, unit: "share")
  }

  private mutating func draw(
    _ facts: AnswerProvenance.Facts, _ diagnostician: AnswerDiagnostician, _ drawn: [Int]
  ) {
    if let shown = facts.shown { figures.append(graph(of: shown, facts, diagnostician)) }
    if let blamed = facts.results.lazy.compactMap(\.blamed).first {
      let holders = facts.census.answers(holding: blamed)
      measure("answers_with_blamed", holders.count, unit: "answers")
      figures.append(
        .table(
          title: "Answers that had \(facts.census.text(blamed) ?? "")", columns: ["answer", "at"],
          rows: holders.prefix(Judgement.rows).map { place in
            [facts.census.spanID(place), facts.census.answers[place].startedAt.description]
          }))
    }
    if facts.answers > 0 {
      figures.append(
        .parts(
          title: "How answers can be made again", unit: .number,
          parts: [
            Figure.Part("exactly", Double(facts.exact)), Figure.Part("not quite", Double(facts.degraded)),
            Figure.Part("not at all", Double(facts.impossible)),
          ]))
    }
    guard !drawn.isEmpty else { return }
    figures.append(
      .table(
        title: "Drawn to be made again", columns: ["answer", "at"],
        rows: drawn.prefix(Judgement.rows).map { place in
          [facts.census.spanID(place), facts.census.answers[place].startedAt.description]
        }))
  }

  /// One answer as a graph, an edge a row: claims, the chunks beside them, their documents.
  private func graph(
    of answer: Int, _ facts: AnswerProvenance.Facts, _ diagnostician: AnswerDiagnostician
  ) -> Figure {
    let known = facts.census.answers[answer]
    let attribution = facts.judgements.attribution(answer)
    let claims = facts.judgements.claims.filter { $0.answer == answer }
    let diagnosis = facts.results.first { $0.answer == answer }?.diagnosis
    var rows: [[String]] = []
    func source(_ chunk: String) -> [String] {
      guard let row = facts.census.rows(of: answer).first(where: { facts.census.text($0.chunk) == chunk }) else {
        return [chunk, "", "", "", "never retrieved"]
      }
      let state = row.isInContext ? "" : ", not in context"
      return [
        chunk, attribution[chunk].map { NumberWords.fixed($0, 3) } ?? "", facts.census.text(row.docID) ?? "",
        String((facts.census.text(row.docSHA256) ?? "").prefix(12)),
        (diagnostician.isValid(row, at: known.startedAt) ? "valid" : "out of date") + state,
      ]
    }
    var seen: Set<String> = []
    for claim in claims {
      if claim.supports.allSatisfy({ $0.chunks.isEmpty }) { rows.append([claim.id, "none", "", "", "", "", ""]) }
      for support in claim.supports {
        for chunk in support.chunks {
          seen.insert(chunk)
          rows.append([claim.id, support.support.rawValue] + source(chunk))
        }
      }
    }
    for row in facts.census.rows(of: answer) {
      guard let chunk = facts.census.text(row.chunk), !seen.contains(chunk) else { continue }
      rows.append(["", ""] + source(chunk))
    }
    return .table(
      title: "Answer \(facts.census.spanID(answer))\(diagnosis.map { ": \($0.rawValue)" } ?? "")",
      columns: ["claim", "support", "chunk", "attribution", "document", "version", "state"],
      rows: Array(rows.prefix(Judgement.rows)))
  }

  private func sentence(_ facts: AnswerProvenance.Facts, _ policy: AnswerProvenance.Policy) -> String {
    guard let exact = facts.exactShare else {
      return
        "Nobody knows where the answers of \(facts.feature) come from: none is in the last \(policy.retentionDays) days."
    }
    let since = facts.reach.isWhole ? "" : " since \(facts.reach.since)"
    let replays =
      "\(NumberWords.percent(exact)) of \(NumberWords.counted(facts.answers, "answer"))\(since) can be made again exactly"
    guard let coverage = facts.coverage else { return "Of \(facts.feature), \(replays)." }
    return
      "\(NumberWords.percent(coverage)) of \(NumberWords.counted(facts.judgements.claims.count, "claim")) of \(facts.feature) have a "
      + "source in their context; \(replays)."
  }

  private func nextAction(_ facts: AnswerProvenance.Facts) -> String {
    if codes(.fail).contains("CHAIN_BROKEN") {
      return "Find out who changed or dropped the answer at which the chain breaks."
    }
    if codes(.fail).contains("RECORD_GAP") { return "Find the way by which answers go out without a record." }
    if codes(.fail).contains("EXACT_LOW") {
      return
        "Keep prompts, indexes, models and documents as artifacts under their digests: start with what most answers lack."
    }
    let diagnosed = AnswerDiagnosis.allCases.map { ($0, facts.results($0).count) }.filter { $0.1 > 0 }
    if let first = diagnosed.least(by: { -$0.1 }) {
      return
        "Have the owner of \(first.0.owner) look at \(NumberWords.counted(first.1, "wrong answer")): \(first.0.words)."
    }
    if let first = missing.first {
      return "Get \(first.howMuch.map { "\(NumberWords.grouped($0)) more " } ?? "")\(first.what)."
    }
    if !codes(.fail).isEmpty || !codes(.warn).isEmpty {
      return "Look at the claims and records that lack their source."
    }
    return "Make the drawn answers again, and compare."
  }
}
