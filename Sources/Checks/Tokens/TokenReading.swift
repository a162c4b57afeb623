import Guards
import Project
import Records
import Store
import Tokenization

/// What the texts of a feature's calls say: own counts where none were recorded, shared prefixes, and habits.
struct TokenReading {
  /// The renders of one version of a prompt that one model was sent.
  struct Prompt {
    let key: TokenFold.PromptKey
    let renders: [PromptPrefix]
    /// Tokens below which the model's provider caches nothing.
    let minimum: Int
    /// Price of a cached token over that of another; nil where it is not known.
    let ratio: Double?

    /// Tokens that are the same in every render, in the mean.
    var fixed: Double { Double(renders.reduce(0) { $0 + $1.fixed }) / Double(max(1, renders.count)) }
    var share: Double? { PromptPrefix.share(of: renders) }
    /// Whether it is long enough for the cache.
    var isCacheable: Bool { fixed.isAtLeast(Double(minimum)) }

    /// Cost of a render now, and of one whose static tokens all came first, in full-price tokens.
    func cost(_ ratio: Double) -> (now: Double, best: Double) {
      var (now, best) = (0.0, 0.0)
      for render in renders {
        now += render.cost(ratio: ratio, minimum: minimum)
        let ideal = PromptPrefix(tokens: render.tokens, shared: max(render.shared, render.fixed), fixed: render.fixed)
        best += ideal.cost(ratio: ratio, minimum: minimum)
      }
      return (now / Double(max(1, renders.count)), best / Double(max(1, renders.count)))
    }
  }

  /// Where a habit was seen.
  struct Sighting {
    var count = 0
    var example = ""
    var evidence: RecordID?
  }

  private(set) var fold: TokenFold
  private(set) var prompts: [Prompt] = []
  private(set) var sightings: [PromptLint: Sighting] = [:]
  /// Texts that were read.
  private(set) var texts = 0
  /// Models whose texts nobody can count: why.
  private(set) var uncounted: [String: String] = [:]
  private let tokenizers: TokenizerShelf
  private let models: NamedEntries<ModelSettings>
  private var reader: PromptReader
  private let asOf: Instant

  init(_ fold: TokenFold, _ context: CheckContext) throws {
    self.fold = fold
    tokenizers = context.tokenizers
    models = context.project.models
    reader = PromptReader(context.ledger)
    asOf = context.asOf
    try readRenders(try TokenReading.templates(fold.prompts, context.ledger))
    try readUnread()
    try readProbes()
    try noteStops(context.ledger)
  }

  private mutating func tokenizer(of model: String) -> Tokenizer? {
    switch tokenizers.volume(of: model) {
    case .tokenizer(let tokenizer, _): return tokenizer
    case .unreadable(let problem): uncounted[model] = problem
    case .undeclared: uncounted[model] = "tally.yaml names no vocabulary for it (models.<model>.tokenizer)"
    }
    return nil
  }

  // MARK: Renders of prompts

  /// The newest text of each prompt's template, by its name and by its hash.
  private static func templates(_ prompts: Set<String>, _ ledger: Snapshot) throws -> [String: String] {
    var templates: [String: String] = [:]
    guard !prompts.isEmpty else { return templates }
    try ledger.forEachArtifactVersion(kind: "prompt", attributes: ["text"], onlyNaming: true) { version in
      guard let text = version.attributes.flatMap({ try? JSONValue(parsing: $0) })?["text"]?.text,
        prompts.contains(version.name)
      else { return }
      templates[version.name] = text
      templates[version.sha256] = text
    }
    return templates
  }

  private mutating func readRenders(_ templates: [String: String]) throws {
    for prompt in fold.prompts.orderedByBytes() {
      if let text = templates[prompt], PromptLint.isVolatileFirst(template: text) {
        note(.volatileFirst, of: "the template of \(prompt)", nil)
      }
    }
    let keys = fold.renders.keys.ordered { "\($0.prompt)\u{0}\($0.sha256)\u{0}\($0.model)" }
    for key in keys {
      let spans = fold.renders[key]?.elements ?? []
      guard spans.count > 1, !reader.isFull else { continue }
      let template = templates[key.sha256] ?? templates[key.prompt]
      try read(spans, of: key, fixed: template.map { PromptText.template($0).fixed })
    }
  }

  private mutating func read(_ spans: [WindowSpan], of key: TokenFold.PromptKey, fixed: String?) throws {
    let tokenizer = tokenizer(of: key.model)
    var counter = tokenizer.map(TokenCounter.init)
    let fixedTokens = fixed.flatMap { counter?.count($0) }
    var counts: [(tokens: Int, shared: Int, ending: Int)] = []
    var last: String?
    for span in spans {
      guard let text = try reader.text(of: span) else {
        last = nil
        continue
      }
      lint(text, span, tokenizer)
      defer { last = text }
      guard let last else { continue }
      let pair = RenderPair(last, text)
      for habit in PromptLint.seen(in: pair, user: span.userID) { note(habit, of: key.prompt, span.recordID) }
      guard let tokenizer, let all = counter?.count(text) else { continue }
      counts.append((all, tokenizer.sharedPrefix(last, text), counter?.count(pair.ending) ?? 0))
    }
    guard !counts.isEmpty else { return }
    // Without a template: what a render begins with as the one before, and ends with as half of all pairs do. Two questions
    // that happen to end alike say nothing.
    let usualEnding = counts.map(\.ending).sorted()[(counts.count - 1) / 2]
    let renders = counts.map { render in
      PromptPrefix(
        tokens: render.tokens, shared: render.shared,
        fixed: min(render.tokens, fixedTokens ?? render.shared + min(render.ending, usualEnding)))
    }
    let price = models[key.model]?.price(at: asOf)
    let ratio = price?.input.flatMap { input in
      price?.cacheRead.flatMap { Share.of($0.approximate, input.approximate) }
    }
    prompts.append(
      Prompt(
        key: key, renders: renders, minimum: models[key.model]?.cacheMinimum ?? ModelSettings().cacheMinimum,
        ratio: ratio))
  }

  // MARK: Own counts

  private mutating func readUnread() throws {
    var counters: [String: CounterBox] = [:]
    for call in TokenReading.byTurns(fold.unread.map(\.texts.elements)) where !reader.isFull {
      let model = call.place.model
      guard let tokenizer = tokenizer(of: model) else { continue }
      let counter = counters[model] ?? CounterBox(tokenizer)
      counters[model] = counter
      guard let text = try reader.text(of: call.span) else {
        fold.exclude()
        continue
      }
      lint(text, call.span, tokenizer)
      let billed = call.span.inputTokens ?? 0
      fold.add(local: Int64(counter.count(text)), billed: billed, maxTokens: call.maxTokens, call.span, to: call.place)
      fold.add(characters: text.unicodeScalars.count, billed: billed, to: call.place)
    }
  }

  /// One of each list, then the next of each: when there is no more room, all have had as much.
  private static func byTurns<Element>(_ lists: [[Element]]) -> [Element] {
    let longest = lists.map(\.count).max() ?? 0
    return (0..<longest).flatMap { turn in lists.compactMap { $0.indices.contains(turn) ? $0[turn] : nil } }
  }

  /// Whether own counts are those of a vocabulary.
  private mutating func readProbes() throws {
    for model in fold.probes.keys.orderedByBytes() {
      let tokenizer = tokenizers.volume(of: model).tokenizer
      var (read, byLength) = (0, 0)
      var example: WindowSpan?
      for call in fold.probes[model]?.elements ?? [] where !reader.isFull {
        guard let own = call.own, let text = try reader.text(of: call.span) else { continue }
        lint(text, call.span, tokenizer)
        fold.add(characters: text.unicodeScalars.count, billed: call.span.inputTokens ?? 0, to: call.place)
        read += 1
        guard PromptLint.isByLength(own, of: text) else { continue }
        byLength += 1
        example = call.span
      }
      // A count by tokens is now and then the same number.
      guard read >= TokenReading.fewestProbes, Double(byLength).isAtLeast(0.9 * Double(read)), let example else {
        continue
      }
      for _ in 0..<byLength { note(.lengthGuard, of: example.spanID, example.recordID) }
    }
  }

  private static let fewestProbes = 20

  // MARK: Habits

  private mutating func lint(_ text: String, _ span: WindowSpan, _ tokenizer: Tokenizer?) {
    texts += 1
    for habit in PromptLint.seen(in: text, count: { tokenizer?.count($0) ?? $0.utf8.count }) {
      note(habit, of: span.promptID ?? span.spanID, span.recordID)
    }
  }

  private mutating func note(_ habit: PromptLint, of example: String, _ evidence: RecordID?) {
    if sightings[habit] == nil { sightings[habit] = Sighting(example: example, evidence: evidence) }
    sightings[habit]?.count += 1
  }

  /// Stop texts that a valid value of the answers' schema holds.
  private mutating func noteStops(_ ledger: Snapshot) throws {
    let stops = fold.stops.elements
    guard !stops.isEmpty else { return }
    for digest in fold.schemas.orderedByBytes().prefix(TokenFold.mostPrompts) {
      for artifact in try ledger.artifacts(sha256: digest) where artifact.artifactKind == "schema" {
        let attributes = artifact.attributes.flatMap { try? JSONValue(parsing: $0) }
        let values = attributes?["schema"].map(PromptLint.values) ?? []
        let stopped = stops.contains { stop in values.contains { $0.contains(stop) } }
        if stopped { note(.stopInValue, of: artifact.name, nil) }
      }
    }
  }
}

/// A counter that a dictionary can hold.
private final class CounterBox {
  private var counter: TokenCounter

  init(_ tokenizer: Tokenizer) { counter = TokenCounter(tokenizer) }

  func count(_ text: String) -> Int { counter.count(text) }
}
