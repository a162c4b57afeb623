import Guards
public import Records
public import Store

/// Where the answers of one trace came from: what `answer-provenance` asks of all answers, told of each.
public enum AnswerOrigins {
  /// One for each answer of a trace, by their start; empty where the trace has none.
  /// - Parameter spans: all of one trace.
  public static func of(_ spans: [SpanRecord], _ ledger: Snapshot) throws -> [AnswerOrigin] {
    guard let trace = WindowTrace(spans), let since = spans.map(\.startedAt).min() else { return [] }
    var census = AnswerCensus(required: AnswerRecord.Field.allCases)
    census.begin(hour: 0)
    for span in trace.ordered { try census.add(span) }
    guard !census.answers.isEmpty else { return [] }
    try census.settle(ledger)
    let judgements = try AnswerJudgements(census, since: since, ledger)
    let hasSources = census.answers.indices.contains { !census.rows(of: $0).isEmpty }
    let history = hasSources ? try DocumentHistory(ledger) : nil
    let wrong = judgements.wrong(census)
    let diagnostician = try history.map { try AnswerDiagnostician(wrong, census, judgements, $0, ledger) }
    let byID = Dictionary(spans.map { ($0.spanID, $0) }) { $1 }
    return census.answers.indices.compactMap { place in
      guard let span = byID[census.spanID(place)] else { return nil }
      var origin = origin(place, span, census, judgements, history)
      if wrong.contains(place) { origin.diagnosis = diagnostician?.diagnose(place).diagnosis?.asOrigin }
      return origin
    }
  }

  private static func origin(
    _ place: Int, _ span: SpanRecord, _ census: AnswerCensus, _ judgements: AnswerJudgements,
    _ history: DocumentHistory?
  ) -> AnswerOrigin {
    let answer = census.answers[place]
    var origin = AnswerOrigin(spanID: span.spanID, startedAt: answer.startedAt, replay: answer.replay)
    origin.prompt = AnswerOrigin.Part(
      name: span.promptID, sha256: span.promptSHA256, resolves: census.resolves(answer.prompt))
    origin.config = AnswerOrigin.Part(sha256: span.configSHA256, resolves: census.resolves(answer.config))
    origin.model = AnswerOrigin.Part(name: span.modelServed, resolves: census.resolves(model: answer.model))
    if answer.isRetrieved {
      origin.index = AnswerOrigin.Part(sha256: span.indexSHA256, resolves: census.resolves(answer.index))
    }
    let shares = judgements.attribution(place)
    origin.sources = AnswerCensus.rows(span.retrieved)?.map { row in
      var source = AnswerOrigin.Source()
      (source.chunkID, source.docID, source.docSHA256) = (row.chunkID, row.docID, row.docSHA256)
      (source.rank, source.isInContext) = (row.rank, row.isInContext)
      source.resolves = census.resolves(row.docSHA256.flatMap { census.number(of: $0) })
      source.endsAt = history?.end(sha256: row.docSHA256, name: row.docID)
      source.share = row.chunkID.flatMap { shares[$0] }
      return source
    }
    let sent = Set((origin.sources ?? []).filter { $0.isInContext == true }.compactMap(\.chunkID))
    origin.claims = judgements.claims.filter { $0.answer == place }.map { claim in
      let support: AnswerOrigin.Claim.Support =
        judgements.isCovered(claim, census) ? .entailed : claim.isSupportedAtAll ? .weak : .none
      return AnswerOrigin.Claim(
        id: claim.id, support: support, chunks: chunks(of: claim, support, sent: sent), isWrong: claim.isWrong)
    }
    origin.unresolved = unresolved(place, origin, census)
    origin.lacking = census.gaps(of: place).words
    origin.isRight = judgements.isRight[place]
    return origin
  }

  /// The chunks that support a claim so; without support, those that somebody set beside it.
  private static func chunks(
    of claim: AnswerJudgements.Claim, _ support: AnswerOrigin.Claim.Support, sent: Set<String>
  ) -> [String] {
    let chunks: [String] =
      switch support {
      case .entailed: claim.supports.filter { $0.support == .entails }.flatMap(\.chunks).filter(sent.contains)
      case .weak: claim.supports.filter { [.entails, .partial].contains($0.support) }.flatMap(\.chunks)
      case .none: Array(claim.chunks)
      }
    return Set(chunks).orderedByBytes()
  }

  /// What stands in the way of making the answer again exactly, each once.
  private static func unresolved(
    _ place: Int, _ origin: AnswerOrigin, _ census: AnswerCensus
  ) -> [String] {
    var words = census.lost(census.answers[place])
    func add(_ what: String, _ name: String?) {
      let word = "\(what) \(name ?? "(not recorded)")"
      if !words.contains(word) { words.append(word) }
    }
    if !origin.config.resolves { add("config", origin.config.sha256) }
    let work = census.work(of: place)
    for result in work.results where !census.resolves(result) {
      add("result of a tool or reranking", census.text(result))
    }
    if work.unrecorded > 0 { add("result of a tool or reranking", nil) }
    for source in origin.sources ?? [] where !source.resolves { add("document", source.docSHA256 ?? source.docID) }
    return words
  }
}

extension AnswerDiagnosis {
  fileprivate var asOrigin: AnswerOrigin.Diagnosis {
    AnswerOrigin.Diagnosis(code: rawValue, words: words, owner: owner)
  }
}
