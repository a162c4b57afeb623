import Records

/// Ids of the items that passed: a bare list, or the report that SWE-bench's harness writes.
///
/// In a report the resolved items score 1 and all others that it names as submitted, completed, unresolved, without a
/// patch, or failed in evaluation score 0, as in the benchmark's own rate. A bare list, and the short report with only
/// `no_generation` and `no_logs` beside the passes, do not name all that was tried; the summary says so
/// (`listsOnlyPasses`).
enum ResolvedList {
  /// Keys of the list of passes; the first that occurs counts.
  static let resolvedKeys = ["resolved_ids", "resolved"]
  /// Keys of lists that, with the resolved ones, name every item that was tried.
  private static let completeKeys = [
    "submitted_ids", "completed_ids", "unresolved_ids", "submitted", "completed", "unresolved", "applied", "generated",
    "with_logs",
  ]
  /// Keys of lists of some items that did not pass; what neither they nor the passes name may have been tried too.
  private static let partialKeys = [
    "empty_patch_ids", "error_ids", "no_apply", "no_generation", "no_logs", "install_fail",
  ]
  private static let triedKeys = completeKeys + partialKeys

  /// A list is held in memory, unlike tables; benchmarks with lists have thousands of items.
  private static let maximumIDs = 2_000_000

  static func read<Sink: TrialSink>(
    _ source: ByteSource, into sink: inout Sink, summary: inout IntakeSummary
  ) throws {
    var reader = JSONReader(source)
    var lists: [String: [String]] = [:]
    if try reader.peek() == .array {
      lists["resolved"] = try ids(&reader)
    } else {
      try reader.enterObject()
      while let key = try reader.nextKey() {
        let name = key.string
        let isList = resolvedKeys.contains(name) || triedKeys.contains(name)
        guard isList, try reader.peek() == .array else {
          try reader.skipValue()
          continue
        }
        if lists[name] != nil { throw reader.error(at: key, problem: "the list '\(name)' occurs twice") }
        lists[name] = try ids(&reader)
      }
    }
    try reader.expectEnd()
    try deliver(lists, name: source.name, into: &sink, summary: &summary)
  }

  private static func deliver<Sink: TrialSink>(
    _ lists: [String: [String]], name: String, into sink: inout Sink, summary: inout IntakeSummary
  ) throws {
    let resolved = resolvedKeys.lazy.compactMap { lists[$0] }.first ?? []
    var seen = Set<String>()
    for id in resolved where seen.insert(id).inserted { try deliver(id, 1, into: &sink, summary: &summary) }
    let tried = triedKeys.filter { lists[$0] != nil }
    for key in tried {
      for id in lists[key] ?? [] where seen.insert(id).inserted { try deliver(id, 0, into: &sink, summary: &summary) }
    }
    if let errors = lists["error_ids"], !errors.isEmpty {
      summary.warn(
        "\(name): \(errors.count) items whose evaluation failed count as not resolved, as in SWE-bench's own rate")
    }
    if !completeKeys.contains(where: { lists[$0] != nil }) {
      summary.listsOnlyPasses = true
      summary.warn("\(name): does not list every item that was tried; what it does not name counts as not passed")
    }
    if seen.isEmpty {
      throw IntakeError(file: name, problem: "lists no items", remedy: "Check that the run wrote its results")
    }
  }

  private static func deliver<Sink: TrialSink>(
    _ id: String, _ score: Double, into sink: inout Sink, summary: inout IntakeSummary
  ) throws {
    var id = id
    try id.withUTF8 { bytes in
      var row = TrialRow(item: BorrowedText(UnsafeRawBufferPointer(bytes)))
      row.score = score
      row.details.passed = score == 1
      try summary.deliver(row, to: &sink)
    }
  }

  private static func ids(_ reader: inout JSONReader) throws -> [String] {
    var ids: [String] = []
    try reader.enterArray()
    while try reader.nextElement() {
      guard try reader.peek() == .string else { throw reader.unexpected("an item id in double quotes") }
      let id = try reader.readString()
      if id.isEmpty { throw reader.error(at: id, problem: "an item id is empty") }
      guard ids.count < maximumIDs else {
        throw reader.error(
          at: id, problem: "the list has more than \(maximumIDs) ids", remedy: "Give JSON lines instead")
      }
      ids.append(id.string)
      reader.recycleTexts()
    }
    return ids
  }
}
