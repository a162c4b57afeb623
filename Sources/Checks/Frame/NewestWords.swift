import Records
import Store

/// What was said last of each subject.
enum NewestWords {
  /// The newest word on each subject of an annotation, whoever gave it; of two of one instant, the one that was stored later.
  /// - Parameter word: what an annotation says; nil where that is nothing.
  static func read<Word>(
    _ name: String, since: Instant, _ ledger: Snapshot, _ word: (Annotation) -> Word?
  ) throws -> [String: Word] {
    var newest: [String: (at: Instant, word: Word)] = [:]
    try ledger.forEachAnnotation(named: name, by: [.human, .llm, .code], since: since) { annotation in
      guard annotation.at <= ledger.asOf, let word = word(annotation) else { return }
      if let known = newest[annotation.subject], known.at > annotation.at { return }
      newest[annotation.subject] = (annotation.at, word)
    }
    return newest.mapValues(\.word)
  }
}
