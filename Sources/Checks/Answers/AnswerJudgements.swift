import Records
import Store

/// What people and judges said about the answers of a census: whether they are right, what supports their claims, what
/// they were made of, and what would have been right.
struct AnswerJudgements {
  /// How far some chunks support a claim.
  enum Support: String {
    case entails, partial, none, contradicts
  }

  struct Claim {
    let id: String
    /// The answer that makes it.
    let answer: Int
    /// By the chunks and whoever judged: the last word of each.
    var supports: [(chunks: [String], annotator: String, support: Support)] = []
    /// Whether somebody said that this very claim is wrong.
    var isWrong = false

    var isSupportedAtAll: Bool { supports.contains { $0.support == .entails || $0.support == .partial } }

    /// Every chunk that anybody set beside it.
    var chunks: Set<String> { Set(supports.flatMap(\.chunks)) }
  }

  /// What would have been right: a document, and a fact in it.
  struct Gold {
    var docID: String
    var fact: JSONValue?
  }

  private(set) var claims: [Claim] = []
  /// By id: answers may number their claims alike.
  private var claimPlaces: [String: [Int]] = [:]
  /// Whether an answer was right, by the last word about it.
  private(set) var isRight: [Int: Bool] = [:]
  private(set) var gold: [Int: Gold] = [:]
  /// Log-probability that the answer loses without a chunk.
  private(set) var drops: [Int: [String: Double]] = [:]
  private static let everybody: [AnnotationRecord.AnnotatorKind] = [.human, .llm, .code]

  init(_ census: AnswerCensus, since: Instant, _ ledger: Snapshot) throws {
    // Where nobody said anything, no answer is looked for.
    lazy var places = census.placesByID()
    func read(_ name: String, _ body: (Annotation, JSONValue?, Int?) -> Void) throws {
      try ledger.forEachAnnotation(named: name, by: AnswerJudgements.everybody, since: since) { annotation in
        let attributes = annotation.attributes.flatMap { try? JSONValue(parsing: $0) }
        let place = places[TextKey((attributes?["span"]?.text ?? annotation.subject).identifier)]
        body(annotation, attributes, place.map { Int($0) })
      }
    }
    try read("claim_support") { annotation, attributes, answer in
      guard let answer, let support = Support(rawValue: annotation.value.text) else { return }
      add(annotation, attributes?["chunk_ids"]?.elements.compactMap(\.text) ?? [], support, answer)
    }
    try read("correct") { annotation, attributes, answer in
      guard let passed = annotation.value.isPass else { return }
      if let places = claimPlaces[annotation.subject] {
        // Of claims with one id the annotation must say which is meant.
        let isNamed = attributes?["span"]?.text != nil
        let meant = isNamed ? places.filter { claims[$0].answer == answer } : places.count == 1 ? places : []
        for place in meant { claims[place].isWrong = !passed }
        return
      }
      if let answer { isRight[answer] = passed }
    }
    try read("gold") { _, attributes, answer in
      guard let answer, let docID = attributes?["doc_id"]?.text else { return }
      gold[answer] = Gold(docID: docID, fact: attributes?["fact"])
    }
    try read("attribution") { annotation, attributes, answer in
      guard let answer, let chunk = attributes?["chunk_id"]?.text,
        let drop = attributes?["logprob_drop"]?.real ?? annotation.value.number, drop.isFinite
      else { return }
      drops[answer, default: [:]][chunk] = drop
    }
  }

  private mutating func add(_ annotation: Annotation, _ chunks: [String], _ support: Support, _ answer: Int) {
    let known = claimPlaces[annotation.subject]?.first { claims[$0].answer == answer }
    let place = known ?? claims.count
    if known == nil {
      claimPlaces[annotation.subject, default: []].append(place)
      claims.append(Claim(id: annotation.subject, answer: answer))
    }
    claims[place].supports.removeAll { $0.annotator == annotation.annotator && $0.chunks == chunks }
    claims[place].supports.append((chunks, annotation.annotator, support))
  }

  /// Answers that are known to be wrong, the newest first.
  func wrong(_ census: AnswerCensus) -> [Int] {
    census.newestFirst(isRight.filter { !$0.value }.map(\.key))
  }

  /// Whether a chunk that was in the answer's context entails the claim.
  func isCovered(_ claim: Claim, _ census: AnswerCensus) -> Bool {
    let inContext = Set(census.rows(of: claim.answer).filter(\.isInContext).compactMap { census.text($0.chunk) })
    return claim.supports.contains { $0.support == .entails && $0.chunks.contains(where: inContext.contains) }
  }

  /// The share of the answer that each chunk explains: max(0, drop)/Σ max(0, drop), leaving one out. Empty where no drop is
  /// above zero.
  func attribution(_ answer: Int) -> [String: Double] {
    let drops = (drops[answer] ?? [:]).mapValues { max(0, $0) }
    let total = drops.values.reduce(0, +)
    return total > 0 && total.isFinite ? drops.mapValues { $0 / total } : [:]
  }
}
