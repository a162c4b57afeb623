import Records
import Store
import Tokenization

/// Texts whose tokens are counted with every tokenizer, so that two can be compared: lines by class, a class perhaps beside
/// the one that it is a version of (a translation, the same data written in another way).
///
/// It is an artifact of kind dataset with `attributes.golden`: [{class, text, reference?}].
struct GoldenCorpus {
  /// Lines by class, in the order of the corpus.
  private(set) var lines: [String: [String]] = [:]
  /// The class that a class is compared with.
  private(set) var references: [String: String] = [:]

  var isEmpty: Bool { lines.isEmpty }

  init() {}

  /// Of the artifacts with a golden corpus, the one of each name that was delivered last.
  init(_ ledger: Snapshot) throws {
    var newest: [String: ArtifactVersion] = [:]
    try ledger.forEachArtifactVersion(kind: "dataset", attributes: ["golden"], onlyNaming: true) { version in
      newest[version.name] = version
    }
    for name in newest.keys.orderedByBytes() {
      for line in newest[name]?.attributes.flatMap({ try? JSONValue(parsing: $0) })?["golden"]?.elements ?? [] {
        guard let name = line["class"]?.text, let text = line["text"]?.text else { continue }
        add(text, to: name, reference: line["reference"]?.text)
      }
    }
  }

  mutating func add(_ text: String, to name: String, reference: String? = nil) {
    lines[name, default: []].append(text)
    if let reference { references[name] = reference }
  }

  /// Tokens of each class.
  func counts(_ tokenizer: Tokenizer) -> [String: Int] {
    var counter = TokenCounter(tokenizer)
    return lines.mapValues { lines in lines.reduce(0) { $0 + counter.count($1) } }
  }

  /// The SHA-256 of the canonical JSON of the ids of a class, a list a line: equal only where every id is.
  func digest(of name: String, _ tokenizer: Tokenizer) -> SHA256Digest? {
    let ids = (lines[name] ?? []).map { line in
      JSONValue.array(tokenizer.encode(line).map { .integer(Int64($0)) })
    }
    return (try? JSONValue.array(ids).canonical()).map { SHA256Digest(of: $0) }
  }

  /// Tokens of a class for one of the class that it is compared with; nil where there is none.
  func ratio(of name: String, _ counts: [String: Int]) -> Double? {
    guard let reference = references[name], let part = counts[name], let whole = counts[reference] else { return nil }
    return Share.of(part, whole)
  }

  /// Σ share·ratio: how many tokens real traffic has for one of what development was done with.
  ///
  /// A class that is compared with none is what development was done with: its ratio is 1.
  /// - Parameter shares: of classes, in any unit; those that the corpus does not have are left out.
  func multiplier(_ shares: [String: Double], _ counts: [String: Int]) -> Double? {
    var (sum, whole) = (0.0, 0.0)
    for (name, share) in shares.orderedByBytes(of: \.key) {
      guard lines[name] != nil || counts[name] != nil else { continue }
      guard let ratio = references[name] == nil ? 1 : ratio(of: name, counts) else { return nil }
      sum += share * ratio
      whole += share
    }
    return Share.of(sum, whole)
  }
}
