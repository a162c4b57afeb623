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
    /// Documents that retrievals of its trace found, beside those of its rows.
    var found: [Int32]
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

    /// Whether a retrieval found a document, whether or not it was sent.
    func hasFound(_ document: Int32) -> Bool { found.contains(document) || rows.contains { $0.docID == document } }
  }

  private(set) var answers: [Answer] = []
  private(set) var texts: [String] = []
  private var places: [String: Int32] = [:]
  /// By span, when all answers were read.
  private(set) var indices: [String: Int] = [:]
  /// By the name of the chain.
  private(set) var chains: [String: [AnswerChain.Link]] = [:]
  private let required: [AnswerRecord.Field]
  /// Of all that answers were made of, by number, whether an artifact holds it: digests, and models by name or digest.
  private var known: [Bool] = []
  private var models: [Bool] = []

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
    var found: [Int32] = []
    var results: [Int32?] = []
    var answers: [WindowSpan] = []
    for span in trace.ordered {
      switch span.kind {
      case "chat", "completion": answers.append(span)
      case "retrieval", "rerank":
        found += (AnswerCensus.rows(span.retrieved) ?? []).compactMap { place($0.docID) }
        // The order that a reranking gave is its result.
        if span.kind == "rerank", span.retrieved == nil { results.append(nil) }
      case "tool":
        let attributes = span.attributes.flatMap { try? JSONValue(parsing: $0) }
        results.append(place(attributes?["result_sha256"]?.text))
      default: break
      }
    }
    for answer in answers { add(answer, found: found, results: results) }
  }

  private mutating func add(_ span: WindowSpan, found: [Int32], results: [Int32?]) {
    let recorded = AnswerCensus.rows(span.retrieved)
    let record = AnswerRecord(
      promptSHA256: span.promptSHA256, configSHA256: span.configSHA256, modelServed: span.modelServed,
      indexSHA256: span.indexSHA256, retrieved: recorded)
    let rows = (recorded ?? []).map { row in
      Row(
        chunk: place(row.chunkID), docID: place(row.docID), docSHA256: place(row.docSHA256),
        isInContext: row.isInContext == true)
    }
    answers.append(
      Answer(
        spanID: span.spanID, recordID: span.recordID, startedAt: span.startedAt, rows: rows, found: found,
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

  /// Looks up what resolves, and which answer is whose, when all answers were read.
  mutating func settle(_ ledger: Snapshot) throws {
    indices = Dictionary(answers.indices.map { (answers[$0].spanID, $0) }) { $1 }
    var isDigest = texts.map { _ in false }
    var isModel = isDigest
    // By their places: a copy of an answer counts up and down whatever it refers to.
    for place in answers.indices {
      func ask(_ number: Int32?) { if let number { isDigest[Int(number)] = true } }
      ask(answers[place].prompt)
      ask(answers[place].config)
      ask(answers[place].index)
      for number in answers[place].results { ask(number) }
      for row in answers[place].rows { ask(row.docSHA256) }
      if let model = answers[place].model { isModel[Int(model)] = true }
    }
    known = try held(isDigest) { try ledger.knownDigests($0) }
    models = try held(isModel) { try AnswerCensus.models($0, ledger) }
    for place in answers.indices {
      // In two steps: what reads the census while an answer of it changes would copy all answers, each time.
      let replay = replay(place)
      answers[place].replay = replay
    }
  }

  /// Of the texts that are asked for, those that are found.
  private func held(_ isAsked: [Bool], _ find: ([String]) throws -> Set<String>) throws -> [Bool] {
    let found = try find(texts.indices.filter { isAsked[$0] }.map { texts[$0] })
    return texts.indices.map { isAsked[$0] && found.contains(texts[$0]) }
  }

  /// Whether an artifact holds what bears this digest.
  func resolves(_ digest: Int32?) -> Bool { digest.map { known[Int($0)] } ?? false }

  func resolves(model: Int32?) -> Bool { model.map { models[Int($0)] } ?? false }

  /// How an answer can be made again.
  private func replay(_ place: Int) -> AnswerOrigin.Replay {
    guard resolves(answers[place].prompt), resolves(model: answers[place].model),
      !answers[place].isRetrieved || resolves(answers[place].index)
    else { return .impossible }
    let isWhole =
      resolves(answers[place].config) && answers[place].results.allSatisfy({ resolves($0) })
      && answers[place].rows.allSatisfy({ resolves($0.docSHA256) })
    return isWhole ? .exact : .degraded
  }

  /// What does not resolve of an answer's prompt, model and index, in words: what makes a replay impossible.
  func lost(_ answer: Answer) -> [String] {
    var lost: [String] = []
    func lose(_ what: String, _ name: Int32?) { lost.append("\(what) \(text(name) ?? "(not recorded)")") }
    if !resolves(answer.prompt) { lose("prompt", answer.prompt) }
    if !resolves(model: answer.model) { lose("model", answer.model) }
    if answer.isRetrieved, !resolves(answer.index) { lose("index", answer.index) }
    return lost
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
