import Records
import Store

/// Why a wrong answer was wrong, when it is known what would have been right: the first thing that went wrong on the way
/// from the corpus to the answer.
enum AnswerDiagnosis: String, CaseIterable {
  case corpusGap = "CORPUS_GAP"
  case retrievalMiss = "RETRIEVAL_MISS"
  case rankOrTruncation = "RANK_OR_TRUNCATION"
  case staleSource = "STALE_SOURCE"
  case sourceConflict = "SOURCE_CONFLICT"
  case ignoredEvidence = "IGNORED_EVIDENCE"

  /// Who can mend it.
  var owner: String {
    switch self {
    case .corpusGap, .staleSource, .sourceConflict: "corpus"
    case .retrievalMiss, .rankOrTruncation: "retrieval"
    case .ignoredEvidence: "prompt/model"
    }
  }

  var words: String {
    switch self {
    case .corpusGap: "the right document is not in the index"
    case .retrievalMiss: "the right document was not found"
    case .rankOrTruncation: "the right document was found and not sent"
    case .staleSource: "a document that was out of date made the answer"
    case .sourceConflict: "documents that were sent contradict each other"
    case .ignoredEvidence: "the right document was sent and not used"
    }
  }
}

/// Diagnoses wrong answers, with what documents and indexes say of themselves.
struct AnswerDiagnostician {
  /// A version of a document.
  struct Document {
    var effectiveFrom: Instant?
    var facts: [JSONValue] = []
  }

  private let census: AnswerCensus
  private let judgements: AnswerJudgements
  private let history: DocumentHistory
  /// Digests of all versions of the right documents, by name.
  private var versions: [String: Set<String>] = [:]
  /// What an index was made of; absent where no artifact says.
  private var indexes: [Int32: Set<String>] = [:]
  private var documents: [Int32: Document] = [:]

  /// Reads what the diagnoses of these answers need.
  init(
    _ answers: [Int], _ census: AnswerCensus, _ judgements: AnswerJudgements, _ history: DocumentHistory,
    _ ledger: Snapshot
  ) throws {
    self.census = census
    self.judgements = judgements
    self.history = history
    let wanted = Set(answers.compactMap { judgements.gold[$0]?.docID })
    if !wanted.isEmpty {
      var found: [String: Set<String>] = [:]
      try ledger.forEachArtifactVersion(kind: "document", attributes: []) { version in
        if wanted.contains(version.name) { found[version.name, default: []].insert(version.sha256) }
      }
      versions = found
    }
    for answer in answers where judgements.gold[answer] != nil {
      if let index = census.answers[answer].index, indexes[index] == nil { try readIndex(index, ledger) }
      for row in census.rows(of: answer) where row.isInContext {
        if let digest = row.docSHA256, documents[digest] == nil { try readDocument(digest, ledger) }
      }
    }
  }

  private mutating func readIndex(_ index: Int32, _ ledger: Snapshot) throws {
    for artifact in try ledger.artifacts(sha256: census.text(index) ?? "") where artifact.artifactKind == "index" {
      let attributes = artifact.attributes.flatMap { try? JSONValue(parsing: $0) }
      let names = attributes?["doc_ids"]?.elements.compactMap(\.text) ?? []
      indexes[index, default: []].formUnion(artifact.derivedFrom.map(\.sha256) + names)
    }
  }

  private mutating func readDocument(_ digest: Int32, _ ledger: Snapshot) throws {
    var document = Document()
    for artifact in try ledger.artifacts(sha256: census.text(digest) ?? "") where artifact.artifactKind == "document" {
      let attributes = artifact.attributes.flatMap { try? JSONValue(parsing: $0) }
      document.effectiveFrom = attributes?["effective_from"]?.text.flatMap { Instant($0) }
      document.facts = attributes?["facts"]?.elements ?? []
    }
    documents[digest] = document
  }

  /// What was found out about one wrong answer.
  struct Result {
    var answer: Int
    /// Nil where nothing that is known explains it.
    var diagnosis: AnswerDiagnosis?
    /// The version of the document that is to blame, where one is.
    var blamed: Int32?
    /// What is missing to go on; nil where nothing is.
    var missing: String?
  }

  func diagnose(_ answer: Int) -> Result {
    var result = Result(answer: answer)
    guard let gold = judgements.gold[answer] else {
      result.missing = "gold"
      return result
    }
    let known = census.answers[answer]
    let right = census.number(of: gold.docID)
    let isCandidate = right.map { census.hasFound($0, answer) } ?? false
    if !isCandidate {
      guard let index = known.index, let contents = indexes[index] else {
        result.missing = "the artifact of the index"
        return result
      }
      let digests = versions[gold.docID] ?? []
      let isIndexed = contents.contains(gold.docID) || !contents.isDisjoint(with: digests)
      result.diagnosis = isIndexed ? .retrievalMiss : .corpusGap
      return result
    }
    let sent = census.rows(of: answer).filter(\.isInContext)
    guard sent.contains(where: { $0.docID == right }) else {
      result.diagnosis = .rankOrTruncation
      return result
    }
    if let stale = staleRow(answer, sent) {
      (result.diagnosis, result.blamed) = (.staleSource, stale.docSHA256)
    } else if disagree(sent, about: gold.fact, at: known.startedAt) {
      result.diagnosis = .sourceConflict
    } else if sent.contains(where: { $0.docID == right && isValid($0, at: known.startedAt) }) {
      result.diagnosis = .ignoredEvidence
    }
    return result
  }

  /// The row that made the answer, where it was out of date: the one with the highest attribution; where nobody attributed
  /// anything, any that a wrong claim cites.
  private func staleRow(_ answer: Int, _ sent: [AnswerCensus.Row]) -> AnswerCensus.Row? {
    let attribution = judgements.attribution(answer)
    let suspects: Set<String>
    if let top = attribution.keys.orderedByBytes().least(by: { -(attribution[$0] ?? 0) }) {
      suspects = [top]
    } else {
      let claims = judgements.claims.filter { $0.answer == answer }
      let wrong = claims.filter(\.isWrong)
      suspects = (wrong.isEmpty ? claims : wrong).reduce(into: []) { $0.formUnion($1.chunks) }
    }
    let started = census.answers[answer].startedAt
    return sent.first { row in
      census.text(row.chunk).map(suspects.contains) ?? false && !isValid(row, at: started)
    }
  }

  func isValid(_ row: AnswerCensus.Row, at instant: Instant) -> Bool {
    if history.isOutdated(sha256: census.text(row.docSHA256), name: census.text(row.docID), at: instant) {
      return false
    }
    return row.docSHA256.flatMap { documents[$0]?.effectiveFrom }.map { $0 <= instant } ?? true
  }

  /// Whether documents that were valid state different values of a fact.
  private func disagree(_ sent: [AnswerCensus.Row], about fact: JSONValue?, at instant: Instant) -> Bool {
    guard let fact else { return false }
    var values: Set<JSONValue> = []
    for row in sent where isValid(row, at: instant) {
      for stated in row.docSHA256.flatMap({ documents[$0]?.facts }) ?? [] {
        guard AnswerDiagnostician.isAbout(stated, fact), AnswerDiagnostician.holds(stated, at: instant),
          let value = stated["value"]
        else { continue }
        values.insert(value)
      }
    }
    return values.count > 1
  }

  /// A fact is named by its subject and attribute, as an object or with a slash between them; or by its attribute alone.
  private static func isAbout(_ stated: JSONValue, _ fact: JSONValue) -> Bool {
    let (subject, attribute) = (stated["subject"]?.text, stated["attribute"]?.text)
    if let name = fact.text { return name == attribute || name == "\(subject ?? "")/\(attribute ?? "")" }
    return attribute != nil && fact["attribute"]?.text == attribute && fact["subject"]?.text == subject
  }

  private static func holds(_ stated: JSONValue, at instant: Instant) -> Bool {
    let from = stated["from"]?.text.flatMap { Instant($0) }
    let to = stated["to"]?.text.flatMap { Instant($0) }
    return (from.map { $0 <= instant } ?? true) && (to.map { instant < $0 } ?? true)
  }
}
