import Records
import Store

/// Items of a suite that were found where a system learns from them: a system that knows them is not measured by them.
struct SuiteLeaks {
  /// Kinds of artifacts that a model is trained on.
  static let training = ["dataset", "dataset_item", "model", "adapter"]
  /// Those, and what it is prompted with.
  static let everywhere = ["prompt", "template"] + training
  /// Holders that are named.
  private static let named = 20

  /// Digests of the items that were found.
  private(set) var items: Set<String> = []
  /// Artifacts that hold them, a sample when there are many.
  private(set) var holders: [RecordID] = []

  /// O(artifacts of these kinds).
  /// - Parameter digests: of the suite's items.
  init(of digests: Set<String>, suite: String, in kinds: [String], _ ledger: Snapshot) throws {
    guard !digests.isEmpty else { return }
    for kind in kinds {
      try ledger.forEachArtifact(kind: kind) { id, artifact in
        let attributes = artifact.attributes.flatMap { try? JSONValue(parsing: $0) }
        // The suite's own data set, and items of any suite, are no training data.
        if let owner = attributes?["suite"]?.text, kind == "dataset_item" || owner == suite { return }
        if kind == "dataset", artifact.name == suite { return }
        var held = artifact.derivedFrom.map(\.sha256) + [artifact.sha256]
        held += attributes?["segments"]?.elements.compactMap { $0["text_sha256"]?.text } ?? []
        let leaked = held.filter(digests.contains)
        guard !leaked.isEmpty else { return }
        items.formUnion(leaked)
        if holders.count < SuiteLeaks.named { holders.append(id) }
      }
    }
  }
}
