import Guards
import Records
import Store

/// Every answer of a feature, with what says where it came from.
///
/// Answers are many and look alike: what each is made of lies in columns, about a hundred bytes an answer; texts, what tools of its
/// trace gave and what its record lacks are kept once and stand for numbers.
struct AnswerCensus {
  /// Something that was retrieved.
  struct Row {
    var chunk: Int32?
    var docID: Int32?
    var docSHA256: Int32?
    var isInContext: Bool
  }

  /// What else of its trace an answer rests on.
  struct Work: Equatable {
    /// Documents that retrievals found, beside those of the answer's own rows.
    var found: [Int32] = []
    /// Digests of what tools gave.
    var results: [Int32] = []
    /// Tools and rerankings of whose results there is no digest.
    var unrecorded = 0
  }

  /// What is kept of an answer, beside its columns.
  struct Answer {
    /// All zeros where it is not known.
    let recordID: RecordID
    let startedAt: Instant
    fileprivate let parts: Parts
    fileprivate let rowsEnd: Int32
    fileprivate(set) var work: Int32 = 0
    fileprivate(set) var replay = AnswerOrigin.Replay.exact

    var prompt: Int32? { parts.prompt.number }
    var config: Int32? { parts.config.number }
    var model: Int32? { parts.model.number }
    var index: Int32? { parts.index.number }
    /// Whether there is an index to speak of.
    var isRetrieved: Bool { parts.isRetrieved }
  }

  /// What an answer was made of, and what its record lacks of that.
  fileprivate struct Parts {
    var prompt = TextPlace()
    var config = TextPlace()
    var model = TextPlace()
    var index = TextPlace()
    var gaps: Int32 = 0
    var isRetrieved = true
  }

  /// The number of a text; four bytes where an optional number takes eight.
  fileprivate struct TextPlace {
    private let raw: Int32

    init(_ number: Int32? = nil) { raw = number ?? -1 }

    var number: Int32? { raw < 0 ? nil : raw }
  }

  private(set) var answers: [Answer] = []
  private var ids = TextColumn()
  private var rows: [Row] = []
  /// Of several answers; the first is that of a trace in which nothing was found and no tool ran.
  private var works = [Work()]
  /// What records lack, each once.
  private(set) var gaps: [AnswerRecord.Gaps] = []
  private(set) var texts: [String] = []
  private var places: [TextKey: Int32] = [:]
  /// By the name of the chain.
  private(set) var chains: [String: [AnswerChain.Link]] = [:]
  private let required: [AnswerRecord.Field]
  /// Of all that answers were made of, by number, whether an artifact holds it: digests, and models by name or digest.
  private var known: [Bool] = []
  private var models: [Bool] = []

  private var open = OpenTraces()
  /// Answers without sources that follow each other are often made of the same.
  private var last: (record: AnswerRecord, parts: Parts)?

  init(required: [AnswerRecord.Field]) {
    self.required = required
  }

  func text(_ place: Int32?) -> String? { place.map { texts[Int($0)] } }

  func spanID(_ answer: Int) -> String { ids[answer] }

  func rows(of answer: Int) -> ArraySlice<Row> {
    rows[(answer == 0 ? 0 : Int(answers[answer - 1].rowsEnd))..<Int(answers[answer].rowsEnd)]
  }

  func work(of answer: Int) -> Work { works[Int(answers[answer].work)] }

  func gaps(of answer: Int) -> AnswerRecord.Gaps { gaps[Int(answers[answer].parts.gaps)] }

  /// How many answers have the same gaps, in the order of `gaps`.
  var gapCounts: [Int] {
    var counts = gaps.map { _ in 0 }
    for place in answers.indices { counts[Int(answers[place].parts.gaps)] += 1 }
    return counts
  }

  /// Whether a retrieval found a document for an answer, whether or not it was sent.
  func hasFound(_ document: Int32, _ answer: Int) -> Bool {
    work(of: answer).found.contains(document) || rows(of: answer).contains { $0.docID == document }
  }

  private mutating func place(_ text: String?) -> Int32? {
    guard let text, !text.isEmpty else { return nil }
    let key = TextKey(text.identifier)
    if let known = places[key] { return known }
    let place = Int32(texts.count)
    texts.append(text)
    places[key] = place
    return place
  }

  // MARK: Spans

  /// Spans come hour by hour, the newest hour first.
  mutating func begin(hour: Int64) { for trace in open.begin(hour: hour) { close(trace) } }

  /// Takes a span of kind chat, completion, retrieval, rerank or tool.
  mutating func add(_ span: some SpanFacts) throws {
    try open.turn(to: span)
    switch try span.kind {
    case "chat", "completion":
      open.current.add(answer: Int32(answers.count))
      try addAnswer(span)
    case "retrieval": find(try span.retrieved)
    case "rerank":
      let retrieved = try span.retrieved
      find(retrieved)
      // The order that a reranking gave is its result.
      if retrieved == nil { open.current.work.unrecorded += 1 }
    case "tool":
      let attributes = try span.attributes.flatMap { try? JSONValue(parsing: $0) }
      if let result = place(attributes?["result_sha256"]?.text) {
        open.current.work.results.append(result)
      } else {
        open.current.work.unrecorded += 1
      }
    default: break
    }
  }

  private mutating func find(_ retrieved: String?) {
    for row in AnswerCensus.rows(retrieved) ?? [] {
      if let document = place(row.docID) { open.current.work.found.append(document) }
    }
  }

  private mutating func close(_ trace: OpenTrace) {
    var number = 0
    if trace.work != works[0] {
      // Traces that follow each other are often alike.
      if works.count == 1 || trace.work != works[works.count - 1] { works.append(trace.work) }
      number = works.count - 1
    }
    trace.forEachAnswer { answers[Int($0)].work = Int32(number) }
  }

  private mutating func addAnswer(_ span: some SpanFacts) throws {
    let recorded = AnswerCensus.rows(try span.retrieved)
    let record = AnswerRecord(
      promptSHA256: try span.promptSHA256, configSHA256: try span.configSHA256, modelServed: try span.modelServed,
      indexSHA256: try span.indexSHA256, retrieved: recorded)
    for row in recorded ?? [] {
      rows.append(
        Row(
          chunk: place(row.chunkID), docID: place(row.docID), docSHA256: place(row.docSHA256),
          isInContext: row.isInContext == true))
    }
    ids.append(try span.spanID)
    answers.append(
      Answer(
        recordID: span.recordID ?? RecordID(high: 0, low: 0), startedAt: try span.startedAt, parts: parts(of: record),
        rowsEnd: Int32(rows.count)))
    if let attributes = try span.attributes { addLink(attributes) }
  }

  private mutating func parts(of record: AnswerRecord) -> Parts {
    let isBare = record.retrieved?.isEmpty ?? true
    if isBare, let last, last.record == record { return last.parts }
    let parts = Parts(
      prompt: TextPlace(place(record.promptSHA256)), config: TextPlace(place(record.configSHA256)),
      model: TextPlace(place(record.modelServed)), index: TextPlace(place(record.indexSHA256)),
      gaps: Int32(number(of: record.gaps(required: required))), isRetrieved: record.retrieved != [])
    if isBare { last = (record, parts) }
    return parts
  }

  private mutating func number(of lacking: AnswerRecord.Gaps) -> Int {
    if let known = gaps.firstIndex(of: lacking) { return known }
    gaps.append(lacking)
    return gaps.count - 1
  }

  private mutating func addLink(_ attributes: String) {
    guard let chain = (try? JSONValue(parsing: attributes))?["chain"],
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

  /// Looks up what resolves, when all spans were read.
  mutating func settle(_ ledger: Snapshot) throws {
    for trace in open.end() { close(trace) }
    var isDigest = texts.map { _ in false }
    var isModel = isDigest
    func ask(_ number: Int32?) { if let number { isDigest[Int(number)] = true } }
    for answer in answers {
      ask(answer.prompt)
      ask(answer.config)
      ask(answer.index)
      if let model = answer.model { isModel[Int(model)] = true }
    }
    for work in works { for number in work.results { ask(number) } }
    for row in rows { ask(row.docSHA256) }
    known = try held(isDigest) { try ledger.knownDigests($0) }
    models = try held(isModel) { try AnswerCensus.models($0, ledger) }
    let areResultsHeld = works.map { $0.unrecorded == 0 && $0.results.allSatisfy { resolves($0) } }
    for place in answers.indices {
      // In two steps: what reads the census while an answer of it changes would copy all answers, each time.
      let replay = replay(place, areResultsHeld: areResultsHeld[Int(answers[place].work)])
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
  private func replay(_ place: Int, areResultsHeld: Bool) -> AnswerOrigin.Replay {
    let answer = answers[place]
    guard resolves(answer.prompt), resolves(model: answer.model), !answer.isRetrieved || resolves(answer.index)
    else { return .impossible }
    let isWhole =
      areResultsHeld && resolves(answer.config) && rows(of: place).allSatisfy { resolves($0.docSHA256) }
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
        rows(of: place).contains { $0.isInContext && $0.docSHA256 == docSHA256 }
      })
  }

  /// Answers by their times, those of one instant by their ids.
  func newestFirst(_ places: [Int]) -> [Int] {
    places.orderedByBytes { ids[$0] }.ordered { -answers[$0].startedAt.nanoseconds }
  }

  /// Which answer bears an id; of several with one id the last that was read. O(answers).
  func placesByID() -> [TextKey: Int32] {
    Dictionary(answers.indices.lazy.map { (ids.key($0), Int32($0)) }) { $1 }
  }

  /// The newest answers whose records lack something. O(answers + answers of the newest hour · count).
  func newestWithGaps(_ count: Int) -> [Int] {
    var newest: [Int] = []
    for place in answers.indices where !gaps(of: place).isEmpty {
      if newest.count == count, let oldest = newest.last, answers[place].startedAt < answers[oldest].startedAt {
        continue
      }
      newest = Array(newestFirst(newest + [place]).prefix(count))
    }
    return newest
  }

  func number(of text: String) -> Int32? { places[TextKey(text.identifier)] }
}
