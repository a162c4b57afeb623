import Guards
import Project
import Records
import Store

/// A model that takes another's place, and how differently the two count the golden corpus.
struct ModelChange {
  let old: String
  let new: String
  /// Nil where one of them cannot be compared: `lacking`.
  let drift: TokenizerDrift?
  /// Models of which nobody knows how they count; empty where there is no golden corpus either.
  let lacking: [String]
  /// The first digits of the hash of all ids of a class, of the new one.
  let digests: [String: String]

  /// The changes of a feature's model: those that were recorded, and the last one that its calls show.
  static func pairs(_ fold: TokenFold, since: Instant, feature: String, _ ledger: Snapshot) throws -> [(
    old: String, new: String
  )] {
    var pairs: [(old: String, new: String)] = []
    func add(_ old: String, _ new: String) {
      guard old != new, !old.isEmpty, !new.isEmpty, !pairs.contains(where: { $0 == (old, new) }) else { return }
      pairs.append((old, new))
    }
    try ledger.forEachChange { _, change in
      guard change.surface == "model", change.at >= since, change.at <= ledger.asOf, let old = change.from,
        let new = change.to
      else { return }
      let named = change.attributes.flatMap { try? JSONValue(parsing: $0) }?["feature"]?.text
      if named.map({ $0 == feature }) ?? (fold.served[old] != nil || fold.served[new] != nil) { add(old, new) }
    }
    let order = fold.served.ordered { $0.value.last.nanoseconds }
    if let newest = order.last {
      // One that was no longer served when the other came; models side by side are no change.
      let before = order.dropLast().last { $0.value.last < newest.value.first }
      if let before { add(before.key, newest.key) }
    }
    return pairs.suffix(mostPairs)
  }

  /// Changes that are looked at, the last ones.
  static let mostPairs = 5

  init(_ pair: (old: String, new: String), _ counts: GoldenCounts) {
    (old, new) = pair
    drift = counts.drift(old, new)
    lacking = drift == nil ? [old, new].filter { !counts.knows($0) } : []
    digests = counts.digests(new)
  }
}

/// How models count the golden corpus: by their vocabularies, by what their tokenizers' artifacts say, or as billed.
struct GoldenCounts {
  private enum Source: CaseIterable {
    case vocabulary, artifact, billed
  }

  let corpus: GoldenCorpus
  private let context: CheckContext
  private let fold: TokenFold
  /// `attributes.golden_counts` of artifacts of kind tokenizer, by name.
  private var artifacts: [String: [String: Int]] = [:]

  init(_ fold: TokenFold, _ context: CheckContext) throws {
    self.fold = fold
    self.context = context
    corpus = try GoldenCorpus(context.ledger)
    var found: [String: [String: Int]] = [:]
    try context.ledger.forEachArtifactVersion(
      kind: "tokenizer", attributes: ["golden_counts"], onlyNaming: true
    ) { version in
      let counts = version.attributes.flatMap { try? JSONValue(parsing: $0) }?["golden_counts"]
      guard case .object(let object)? = counts else { return }
      var byClass: [String: Int] = [:]
      for member in object.members {
        if let tokens = member.value.whole, (0...PromptSegments.mostTokens).contains(tokens) {
          byClass[member.key] = Int(tokens)
        }
      }
      found[version.name] = byClass
    }
    artifacts = found
  }

  private func counts(_ model: String, by source: Source) -> [String: Int] {
    switch source {
    case .vocabulary:
      return context.tokenizers.volume(of: model).tokenizer.map(corpus.counts) ?? [:]
    case .artifact:
      let file = context.project.models[model]?.tokenizer
      return artifacts[model] ?? file.flatMap { artifacts[$0] } ?? [:]
    case .billed: return (fold.golden[model] ?? [:]).mapValues { Int($0.tokens) }
    }
  }

  /// Tokens by class, from the first source that has any.
  func counts(_ model: String) -> [String: Int] {
    Source.allCases.lazy.map { counts(model, by: $0) }.first { !$0.isEmpty } ?? [:]
  }

  func knows(_ model: String) -> Bool { !counts(model).isEmpty }

  /// Both by one source: counts of a vocabulary and billed ones differ by what a provider adds.
  func drift(_ old: String, _ new: String) -> TokenizerDrift? {
    if let digest = context.tokenizers.volume(of: old).sha256, digest == context.tokenizers.volume(of: new).sha256 {
      let same = counts(old, by: .vocabulary)
      return TokenizerDrift(old: same, new: same)
    }
    return Source.allCases.lazy.map { TokenizerDrift(old: counts(old, by: $0), new: counts(new, by: $0)) }
      .first { !$0.rows.isEmpty }
  }

  func digests(_ model: String) -> [String: String] {
    guard let tokenizer = context.tokenizers.volume(of: model).tokenizer else { return [:] }
    var digests: [String: String] = [:]
    for name in corpus.lines.keys {
      if let digest = corpus.digest(of: name, tokenizer) { digests[name] = String("\(digest)".prefix(12)) }
    }
    return digests
  }
}
