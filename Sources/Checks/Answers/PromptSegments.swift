import Records
import Similarity

/// What a part of a prompt is worth.
enum SegmentClass: String, CaseIterable {
  case superseded
  case duplicate
  case lowScore = "low_score"
  case staleHistory = "stale_history"
  case repeatedRule = "repeated_rule"
  case unusedSchema = "unused_schema"
  /// Its score is doubtful: counts as needed.
  case maybe
  case needed
  /// No segment says what these tokens are.
  case unattributed

  var isWaste: Bool {
    switch self {
    case .superseded, .duplicate, .lowScore, .staleHistory, .repeatedRule, .unusedSchema: true
    case .maybe, .needed, .unattributed: false
    }
  }

  /// What makes it go away.
  var remedy: String {
    switch self {
    case .superseded: "take superseded documents out of the index"
    case .duplicate: "send a text once"
    case .lowScore: "leave out what scores below the floor"
    case .staleHistory: "keep the last turns, and older ones only where they matter"
    case .repeatedRule: "say each rule once, in the system prompt"
    case .unusedSchema: "leave out fields that are never filled"
    case .maybe, .needed, .unattributed: ""
    }
  }
}

/// The segments of one prompt, in the order in which they were sent.
struct PromptSegments {
  struct Segment {
    var type: String
    var tokens: Int64
    var sha256: String?
    var docID: String?
    /// The version of the document, as the retrieval recorded it.
    var docSHA256: String?
    var rank: Int64?
    var score: Double?
    var turn: Int64?
    var text: String?
    var fields: [String]
  }

  /// What a segment is, and whether a rule that might have called it waste could not be applied for want of its text.
  struct Classified {
    var kind: SegmentClass
    var isUnread = false
  }

  /// More tokens than any prompt has are a mistake; sums of fewer stay within 64 bits.
  static let mostTokens: Int64 = 1 << 32

  var segments: [Segment]
  /// Names of the fields that the answer filled; nil where nobody said.
  var emitted: [String]?

  /// Nil where the attributes hold no list of segments.
  init?(attributes: String, retrieved: String?) {
    guard let object = try? JSONValue(parsing: attributes), case .array(let elements)? = object["context_segments"]
    else { return nil }
    if case .array(let names)? = object["emitted_fields"] { emitted = names.compactMap(\.text) }
    var rows = PromptSegments.rows(retrieved)
    segments = elements.compactMap { element in
      guard let type = element["type"]?.text, let tokens = element["tokens"]?.whole,
        (0...PromptSegments.mostTokens).contains(tokens)
      else { return nil }
      let docID = element["doc_id"]?.text
      // Chunks of one document come in the order of their ranks.
      let row = docID.flatMap { rows[$0]?.popLast() }
      return Segment(
        type: type, tokens: tokens, sha256: element["sha256"]?.text, docID: docID, docSHA256: row?.sha256,
        rank: row?.rank, score: element["score"]?.real,
        turn: element["turn"]?.whole.flatMap { $0.magnitude < 1 << 40 ? $0 : nil }, text: element["text"]?.text,
        fields: element["fields"]?.elements.compactMap(\.text) ?? [])
    }
  }

  /// What was retrieved of each document, the last rank first.
  private static func rows(_ retrieved: String?) -> [String: [(rank: Int64, sha256: String?)]] {
    var rows: [String: [(rank: Int64, sha256: String?)]] = [:]
    for row in retrieved.flatMap({ try? JSONValue(parsing: $0) })?.elements ?? [] {
      guard let docID = row["doc_id"]?.text, row["in_context"]?.truth != false else { continue }
      rows[docID, default: []].append((row["rank"]?.whole ?? .max, row["doc_sha256"]?.text))
    }
    return rows.mapValues { $0.ordered { -Double($0.rank) } }
  }

  /// Bytes of the texts that the rules read.
  var textBytes: Int { segments.reduce(0) { $0 + ($1.text?.utf8.count ?? 0) } }

  // MARK: Classes

  /// The first class that applies to each segment. Of two that are alike the one that is wanted more is kept: what the
  /// system and the user say, then what was retrieved by rank, then what came first.
  ///
  /// Schemas are `needed` here: what they waste shows over many spans.
  func classified(_ policy: ContextWaste.Policy, _ history: DocumentHistory, at instant: Instant) -> [Classified] {
    var classes = segments.map { _ in Classified(kind: .needed) }
    let rule = policy.nearDuplicates
    var digests: Set<String> = []
    var texts: [NearDuplicates.Candidate] = []
    let context = Context(self)
    for place in order {
      let segment = segments[place]
      let candidate = segment.text.map { NearDuplicates.Candidate(ComparedText($0)) }
      if history.isOutdated(sha256: segment.docSHA256, name: segment.docID, at: instant) {
        classes[place].kind = .superseded
      } else if segment.sha256.map(digests.contains) ?? false
        || candidate.map({ candidate in texts.contains { rule.areNear($0, candidate) } }) ?? false
      {
        classes[place].kind = .duplicate
      } else if let score = segment.score, let floor = policy.scoreFloor, score.isBelow(floor) {
        classes[place].kind = .lowScore
      } else {
        classes[place] = context.classified(segment, policy)
      }
      guard !classes[place].kind.isWaste else { continue }
      if let digest = segment.sha256 { digests.insert(digest) }
      if let candidate { texts.append(candidate) }
    }
    return classes
  }

  private var order: [Int] {
    let first = segments.indices.filter { ["system", "user"].contains(segments[$0].type) }
    let rest = segments.indices.filter { !["system", "user"].contains(segments[$0].type) }
    // Ranked ones take the places of ranked ones, in the order of their ranks.
    let ranked = rest.filter { segments[$0].rank != nil }.ordered { Double(segments[$0].rank ?? .max) }
    var next = ranked.makeIterator()
    return first + rest.map { segments[$0].rank == nil ? $0 : next.next() ?? $0 }
  }

  /// What the rules about history and format compare with.
  private struct Context {
    let lastTurn: Int64?
    /// Of what the user says now.
    let userTerms: Set<Substring>?
    let systemSentences: Set<ComparedText>?

    init(_ prompt: PromptSegments) {
      let history = prompt.segments.filter { $0.type == "history" }
      lastTurn = history.compactMap(\.turn).max()
      userTerms = prompt.segments.last { $0.type == "user" }?.text.map { ComparedText($0).terms }
      let system = prompt.segments.filter { $0.type == "system" }.compactMap(\.text)
      systemSentences = system.isEmpty ? nil : ComparedText.sentences(of: system.joined(separator: "\n"))
    }

    func classified(_ segment: Segment, _ policy: ContextWaste.Policy) -> Classified {
      if segment.type == "history", let turn = segment.turn, let lastTurn, turn <= lastTurn - Int64(policy.keepTurns) {
        guard let text = segment.text, let userTerms else { return Classified(kind: .needed, isUnread: true) }
        let terms = ComparedText(text).terms
        if let overlap = Share.of(terms.intersection(userTerms).count, terms.count),
          overlap.isBelow(policy.turnOverlapMin)
        {
          return Classified(kind: .staleHistory)
        }
      } else if segment.type == "format" {
        guard let text = segment.text, let systemSentences else { return Classified(kind: .needed, isUnread: true) }
        let sentences = ComparedText.sentences(of: text)
        if !sentences.isEmpty, sentences.isSubset(of: systemSentences) { return Classified(kind: .repeatedRule) }
      }
      if let score = segment.score, let doubtful = policy.scoreMaybe, score.isBelow(doubtful) {
        return Classified(kind: .maybe)
      }
      return Classified(kind: .needed)
    }
  }
}
