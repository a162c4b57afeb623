import Guards
import Records
import Store

/// Every answer of a feature, with what says where it came from: texts are kept once and stand for numbers.
///
/// Memory grows with the spans that one question hands out, which is bounded.
struct AnswerCensus {
  /// Something that was retrieved.
  struct Row {
    var chunk: Int32?
    var docID: Int32?
    var docSHA256: Int32?
    var isInContext: Bool
  }

  struct Answer {
    var spanID: String
    var recordID: RecordID?
    var startedAt: Instant
    var rows: [Row]
    /// Documents that the retrieval found, whether or not they were sent.
    var candidates: Set<Int32>
    var prompt: Int32?
    var config: Int32?
    var model: Int32?
    var index: Int32?
    /// Whether there is an index to speak of.
    var isRetrieved: Bool
    /// Digests of what tools gave; nil where a result was not recorded.
    var results: [Int32?]
    var gaps: AnswerRecord.Gaps
    var replay = AnswerOrigin.Replay.exact
    /// What does not resolve of prompt, model and index, in words.
    var lost: [String] = []
  }

  private(set) var answers: [Answer] = []
  private(set) var texts: [String] = []
  private var places: [String: Int32] = [:]
  /// By span.
  private(set) var indices: [String: Int] = [:]
  /// By the name of the chain.
  private(set) var chains: [String: [AnswerChain.Link]] = [:]
  private let required: [AnswerRecord.Field]
  /// Of all that answers were made of, what an artifact holds: digests, and models by name or digest.
  private var known: Set<String> = []
  private var models: Set<String> = []

  init(required: [AnswerRecord.Field]) {
    self.required = required
  }

  func text(_ place: Int32?) -> String? { place.map { texts[Int($0)] } }

  private mutating func place(_ text: String?) -> Int32? {
    guard let text, !text.isEmpty else { return nil }
    if let known = places[text] { return known }
    let place = Int32(texts.count)
    texts.append(text)
    places[text] = place
    return place
  }

  // MARK: A trace

  mutating func add(_ trace: WindowTrace) {
    var candidates: Set<Int32> = []
    var results: [Int32?] = []
    let spans = trace.ordered
    for span in spans {
      switch span.kind {
      case "retrieval", "rerank":
        for row in AnswerCensus.rows(span.retrieved) ?? [] {
          if let doc = place(row.docID) { candidates.insert(doc) }
        }
        // The order that a reranking gave is its result.
        if span.kind == "rerank", span.retrieved == nil { results.append(nil) }
      case "tool":
        let attributes = span.attributes.flatMap { try? JSONValue(parsing: $0) }
        results.append(place(attributes?["result_sha256"]?.text))
      default: break
      }
    }
    for span in spans where ["chat", "completion"].contains(span.kind) {
      add(span, candidates: candidates, results: results)
    }
  }

  private mutating func add(_ span: WindowSpan, candidates: Set<Int32>, results: [Int32?]) {
    let recorded = AnswerCensus.rows(span.retrieved)
    let record = AnswerRecord(
      promptSHA256: span.promptSHA256, configSHA256: span.configSHA256, modelServed: span.modelServed,
      indexSHA256: span.indexSHA256, retrieved: recorded)
    let rows = (recorded ?? []).map { row in
      Row(
        chunk: place(row.chunkID), docID: place(row.docID), docSHA256: place(row.docSHA256),
        isInContext: row.isInContext == true)
    }
    var candidates = candidates
    for row in rows { if let doc = row.docID { candidates.insert(doc) } }
    indices[span.spanID] = answers.count
    answers.append(
      Answer(
        spanID: span.spanID, recordID: span.recordID, startedAt: span.startedAt, rows: rows, candidates: candidates,
        prompt: place(span.promptSHA256), config: place(span.configSHA256), model: place(span.modelServed),
        index: place(span.indexSHA256), isRetrieved: recorded != [], results: results,
        gaps: record.gaps(required: required)))
    addLink(span)
  }

  private mutating func addLink(_ span: WindowSpan) {
    guard let text = span.attributes, let chain = (try? JSONValue(parsing: text))?["chain"],
      let index = chain["index"]?.whole, index < .max, let record = chain["record"], let sha256 = chain["sha256"]?.text
    else { return }
    chains[chain["name"]?.text ?? "", default: []].append(
      AnswerChain.Link(index: index, record: record, sha256: sha256))
  }

  /// Nil where nobody said what was retrieved; what is no row has no fields.
  static func rows(_ retrieved: String?) -> [AnswerRecord.Row]? {
    guard let retrieved, case .array(let elements)? = try? JSONValue(parsing: retrieved) else { return nil }
    return elements.map { row in
      AnswerRecord.Row(
        chunkID: row["chunk_id"]?.text, docID: row["doc_id"]?.text, docSHA256: row["doc_sha256"]?.text,
        rank: row["rank"]?.whole, isInContext: row["in_context"]?.truth)
    }
  }

  // MARK: Replay

  /// Looks up what resolves, when all answers were read.
  mutating func settleReplays(_ ledger: Snapshot) throws {
    var asked: Set<Int32> = []
    // By their places: a copy of an answer counts up and down whatever it refers to.
    for place in answers.indices {
      for number in [answers[place].prompt, answers[place].config, answers[place].index] {
        if let number { asked.insert(number) }
      }
      for case let number? in answers[place].results { asked.insert(number) }
      for row in answers[place].rows { if let number = row.docSHA256 { asked.insert(number) } }
    }
    known = try ledger.knownDigests(asked.sorted().map { texts[Int($0)] })
    models = try AnswerCensus.models(Set(answers.compactMap(\.model)).sorted().map { texts[Int($0)] }, ledger)
    for place in answers.indices {
      // In two steps: what reads the census while an answer of it changes would copy all answers, each time.
      let (replay, lost) = outcome(place)
      (answers[place].replay, answers[place].lost) = (replay, lost)
    }
  }

  /// Whether an artifact holds what bears this digest.
  func resolves(_ digest: Int32?) -> Bool { text(digest).map(known.contains) ?? false }

  func resolves(model: Int32?) -> Bool { text(model).map(models.contains) ?? false }

  /// How an answer can be made again, and what does not resolve of prompt, model and index.
  private func outcome(_ place: Int) -> (AnswerOrigin.Replay, lost: [String]) {
    var lost: [String] = []
    func lose(_ what: String, _ name: Int32?) { lost.append("\(what) \(text(name) ?? "(not recorded)")") }
    if !resolves(answers[place].prompt) { lose("prompt", answers[place].prompt) }
    if !resolves(model: answers[place].model) { lose("model", answers[place].model) }
    if answers[place].isRetrieved, !resolves(answers[place].index) { lose("index", answers[place].index) }
    guard lost.isEmpty else { return (.impossible, lost) }
    let isWhole =
      resolves(answers[place].config) && answers[place].results.allSatisfy({ resolves($0) })
      && answers[place].rows.allSatisfy({ resolves($0.docSHA256) })
    return (isWhole ? .exact : .degraded, lost)
  }

  /// Models that an artifact bears the name or the digest of.
  private static func models(_ names: [String], _ ledger: Snapshot) throws -> Set<String> {
    guard !names.isEmpty else { return [] }
    let asked = Set(names)
    var found: Set<String> = []
    for kind in ["model", "adapter"] {
      try ledger.forEachArtifactVersion(kind: kind, attributes: []) { version in
        found.formUnion([version.name, version.sha256].filter(asked.contains))
      }
    }
    return found
  }

  // MARK: Questions

  /// Answers that had a version of a document in their context, the newest first.
  func answers(holding docSHA256: Int32) -> [Int] {
    newestFirst(
      answers.indices.filter { place in
        answers[place].rows.contains { $0.isInContext && $0.docSHA256 == docSHA256 }
      })
  }

  /// Answers by their times, those of one instant by their ids.
  func newestFirst(_ places: [Int]) -> [Int] {
    places.orderedByBytes { answers[$0].spanID }.ordered { -answers[$0].startedAt.nanoseconds }
  }

  func number(of text: String) -> Int32? { places[text] }
}
