import Guards
import Records
import Statistics
import Store

/// The prompts of one feature, folded span by span.
///
/// Memory grows with the spans that one question hands out, which is bounded: a few numbers a session, and the tokens of
/// each span.
struct PromptFold {
  /// Bytes of texts that are compared; prompts before that are left out whole.
  static let mostTextBytes = 16 << 20

  /// Tokens of one class by the model that was paid for them.
  struct Tokens {
    var plain: Int64 = 0
    /// In the prefix that the provider had in its cache.
    var cached: Int64 = 0

    var all: Int64 { plain + cached }
  }

  struct Session {
    var waste = 0.0
    var total = 0.0
  }

  /// A schema in a prompt, to be judged when all spans were read.
  private struct SchemaUse {
    var schema: String
    var tokens: Int64
    var cached: Int64
    var model: String
    var session: Int
  }

  /// What a schema asks for, and what of it was ever filled.
  struct Schema {
    var fields: [String] = []
    var emitted: Set<String> = []
    /// Spans whose answer says what it filled.
    var spans = 0
  }

  private let policy: ContextWaste.Policy
  private let history: DocumentHistory
  /// The last change of prompt or retrieval, and the tokens of prompts before and after it.
  private let change: Instant?
  private(set) var before = Moments()
  private(set) var after = Moments()

  private(set) var sessions: [Session] = []
  private var places: [String: Int] = [:]
  private(set) var tokens: [SegmentClass: [String: Tokens]] = [:]
  /// Tokens that a rule could not judge for want of their text.
  private(set) var unread: Int64 = 0
  private(set) var unreadTypes: Set<String> = []
  private var schemaUses: [SchemaUse] = []
  private(set) var schemas: [String: Schema] = [:]
  /// Of spans that say how many.
  private(set) var inputTokens: [Double] = []
  private(set) var inputSum: Int64 = 0
  private(set) var spans = 0
  /// Neither tokens nor segments.
  private(set) var excluded = 0
  private(set) var overHardLimit = 0
  private(set) var good = 0
  private(set) var examples: [RecordID] = []
  private var textBytes = 0
  /// When the oldest prompt began that was used.
  private(set) var since: Instant?
  private(set) var isFull = false

  init(_ policy: ContextWaste.Policy, _ history: DocumentHistory, change: Instant?) {
    self.policy = policy
    self.history = history
    self.change = change
  }

  var total: Double { sessions.reduce(0) { $0 + $1.total } }

  func tokens(_ kind: SegmentClass) -> Int64 { tokens[kind]?.values.reduce(0) { $0 + $1.all } ?? 0 }

  // MARK: A span

  /// - Parameter isGood: whether somebody said that its answer was right.
  mutating func add(_ span: WindowSpan, isGood: Bool) {
    let prompt = span.attributes.flatMap { PromptSegments(attributes: $0, retrieved: span.retrieved) }
    let input = span.inputTokens.flatMap { (0...PromptSegments.mostTokens).contains($0) ? $0 : nil }
    if isFull { return }
    guard input != nil || prompt.map({ $0.segments.contains { $0.tokens > 0 } }) ?? false else {
      return excluded += 1
    }
    textBytes += prompt?.textBytes ?? 0
    guard textBytes <= PromptFold.mostTextBytes else { return isFull = true }
    spans += 1
    since = min(since ?? span.startedAt, span.startedAt)
    if isGood { good += 1 }
    if let input {
      inputTokens.append(Double(input))
      inputSum += input
      if ContextLimit(hardLimit: policy.inputHardLimit).refusal(inputTokens: input) != nil { overHardLimit += 1 }
      if let change { if span.startedAt < change { before.add(Double(input)) } else { after.add(Double(input)) } }
    }
    if examples.count < 20, let id = span.recordID { examples.append(id) }
    add(prompt, input: input, span)
  }

  private mutating func add(_ prompt: PromptSegments?, input: Int64?, _ span: WindowSpan) {
    // A span that names no session is one of its own.
    let name = span.sessionID.map { "s" + $0 } ?? "o" + span.traceID + " " + span.spanID
    let session = places[name] ?? sessions.count
    if session == sessions.count {
      places[name] = session
      sessions.append(Session())
    }
    let model = span.modelServed ?? ""
    let prefix = max(0, span.cachedTokens ?? 0)
    var offset: Int64 = 0
    if let prompt {
      let classes = prompt.classified(policy, history, at: span.startedAt)
      for (segment, known) in zip(prompt.segments, classes) {
        let cached = min(max(0, prefix - offset), segment.tokens)
        offset += segment.tokens
        if segment.type == "schema", !known.kind.isWaste {
          add(schema: segment, emitted: prompt.emitted, cached: cached, model: model, session: session)
          continue
        }
        if known.isUnread { noteUnread(segment.tokens, segment.type) }
        add(known.kind, plain: segment.tokens - cached, cached: cached, model: model, session: session)
      }
    }
    let rest = max(0, (input ?? 0) - offset)
    let cached = min(max(0, prefix - offset), rest)
    add(.unattributed, plain: rest - cached, cached: cached, model: model, session: session)
  }

  private mutating func add(_ kind: SegmentClass, plain: Int64, cached: Int64, model: String, session: Int) {
    guard plain + cached > 0 else { return }
    tokens[kind, default: [:]][model, default: Tokens()].plain += plain
    tokens[kind, default: [:]][model, default: Tokens()].cached += cached
    sessions[session].total += Double(plain + cached)
    if kind.isWaste { sessions[session].waste += Double(plain + cached) }
  }

  private mutating func noteUnread(_ count: Int64, _ type: String) {
    guard count > 0 else { return }
    unread += count
    unreadTypes.insert(type)
  }

  // MARK: Schemas

  private mutating func add(
    schema segment: PromptSegments.Segment, emitted: [String]?, cached: Int64, model: String, session: Int
  ) {
    let name = segment.sha256 ?? segment.fields.joined(separator: "\n")
    schemaUses.append(
      SchemaUse(schema: name, tokens: segment.tokens, cached: cached, model: model, session: session))
    var schema = schemas[name] ?? Schema()
    if !segment.fields.isEmpty { schema.fields = segment.fields }
    if let emitted {
      schema.spans += 1
      schema.emitted.formUnion(emitted)
    }
    schemas[name] = schema
  }

  /// Judges the schemas, when all spans were read.
  mutating func settleSchemas(_ ledger: Snapshot) throws {
    var unused: [String: (unused: Int64, fields: Int64)] = [:]
    for name in schemas.keys.orderedByBytes() {
      guard var schema = schemas[name] else { continue }
      if schema.fields.isEmpty { schema.fields = try PromptFold.fields(ofSchema: name, ledger) }
      schemas[name] = schema
      let fields = Set(schema.fields)
      guard !fields.isEmpty, schema.spans > 0 else { continue }
      let count = schema.spans >= policy.schemaMinSpans ? fields.subtracting(schema.emitted).count : 0
      unused[name] = (Int64(count), Int64(fields.count))
    }
    for use in schemaUses {
      let known = unused[use.schema]
      if known == nil { noteUnread(use.tokens, "schema") }
      let wasted = known.map { use.tokens * $0.unused / $0.fields } ?? 0
      // What is left out is taken from the schema's end.
      let cached = max(0, use.cached - (use.tokens - wasted))
      add(.unusedSchema, plain: wasted - cached, cached: cached, model: use.model, session: use.session)
      add(
        .needed, plain: use.tokens - wasted - (use.cached - cached), cached: use.cached - cached, model: use.model,
        session: use.session)
    }
    schemaUses.removeAll()
  }

  /// What an artifact of kind schema says of its fields.
  private static func fields(ofSchema sha256: String, _ ledger: Snapshot) throws -> [String] {
    for artifact in try ledger.artifacts(sha256: sha256) where artifact.artifactKind == "schema" {
      let attributes = artifact.attributes.flatMap { try? JSONValue(parsing: $0) }
      if let fields = attributes?["fields"]?.elements.compactMap(\.text), !fields.isEmpty { return fields }
    }
    return []
  }
}
