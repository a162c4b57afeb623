import Records

/// What the path of a sample file of lm-evaluation-harness says: `MODEL/samples_TASK_TIME.jsonl`.
struct LMEvaluationFile: Equatable {
  /// The task, when the file has the name that the harness gave it.
  var task: String?
  /// The model as the harness writes it into a directory's name, which has `__` for what such a name cannot hold.
  var model: String?
  /// When the run ended; the harness writes it without an offset.
  var time: Instant?

  init(path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    guard let name = parts.last, name.hasPrefix("samples_") else { return }
    var stem = name.dropFirst("samples_".count)
    for suffix in [".gz", ".zst", ".jsonl"] where stem.hasSuffix(suffix) { stem = stem.dropLast(suffix.count) }
    if let mark = stem.lastIndex(of: "_"), Self.isTime(stem[stem.index(after: mark)...]) {
      let parts = stem[stem.index(after: mark)...].split(separator: "T")
      if parts.count == 2 { time = Instant("\(parts[0])T\(parts[1].replacing("-", with: ":"))Z") }
      stem = stem[..<mark]
    }
    task = stem.isEmpty ? nil : String(stem)
    if parts.count > 1, let directory = parts.dropLast().last, directory != ".", directory != ".." {
      model = String(directory)
    }
  }

  /// Whether a text begins as the harness's times do, `2024-11-05T13-31-45.123456`.
  private static func isTime(_ text: Substring) -> Bool {
    let pattern = "0000-00-00T00-00-00".utf8
    guard text.utf8.count >= pattern.count else { return false }
    return zip(text.utf8, pattern).allSatisfy { byte, wanted in
      wanted == UInt8(ascii: "0") ? byte &- UInt8(ascii: "0") < 10 : byte == wanted || byte == UInt8(ascii: ":")
    }
  }
}
