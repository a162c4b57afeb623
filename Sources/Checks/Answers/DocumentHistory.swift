import Records
import Store

/// From when on versions of documents are out of date: when their validity ended, or when another document that names them
/// in `supersedes` took effect.
///
/// Memory grows with what is out of date, not with the corpus.
struct DocumentHistory {
  /// By digest.
  private var versions: [String: Instant] = [:]
  /// By name: every version of it.
  private var names: [String: Instant] = [:]
  /// By name: its newest version.
  private var newest: [String: Instant] = [:]

  /// Passes over the documents; more than one only where something is out of date.
  init(_ ledger: Snapshot) throws {
    var ended: Set<String> = []
    try ledger.forEachArtifactVersion(
      kind: "document", attributes: ["valid_to", "supersedes"], onlyNaming: true
    ) { version in
      guard let attributes = version.attributes.flatMap({ try? JSONValue(parsing: $0) }) else { return }
      if let end = attributes["valid_to"]?.text.flatMap({ Instant($0) }) {
        versions.end(version.sha256, at: end)
        ended.insert(version.name)
      }
      // What takes effect at no stated time supersedes nothing.
      guard let from = attributes["effective_from"]?.text.flatMap({ Instant($0) }) else { return }
      for element in attributes["supersedes"]?.elements ?? [] {
        guard let what = element.text else { continue }
        versions.end(what, at: from)
        // A document that names its own name means its earlier versions, which only digests tell apart.
        if what != version.name { names.end(what, at: from) }
      }
    }
    guard !versions.isEmpty else { return }
    try ledger.forEachArtifactVersion(kind: "document", attributes: []) { version in
      if versions[version.sha256] != nil { ended.insert(version.name) }
    }
    var last: [String: (at: Instant, sha256: String)] = [:]
    try ledger.forEachArtifactVersion(kind: "document", attributes: []) { version in
      guard ended.contains(version.name), last[version.name].map({ $0.at <= version.at }) ?? true else { return }
      last[version.name] = (version.at, version.sha256)
    }
    newest = last.compactMapValues { versions[$0.sha256] }
  }

  /// From when on a document is out of date; nil as far as is known.
  /// - Parameters:
  ///   - sha256: its version; without one, the newest of its name is meant.
  func end(sha256: String?, name: String?) -> Instant? {
    let version = sha256.flatMap { versions[$0] } ?? (sha256 == nil ? name.flatMap { newest[$0] } : nil)
    return [version, name.flatMap { names[$0] }].compactMap(\.self).min()
  }

  func isOutdated(sha256: String?, name: String?, at instant: Instant) -> Bool {
    end(sha256: sha256, name: name).map { $0 <= instant } ?? false
  }
}

extension [String: Instant] {
  /// The earliest end counts.
  fileprivate mutating func end(_ key: String, at instant: Instant) {
    self[key] = Swift.min(self[key] ?? instant, instant)
  }
}
