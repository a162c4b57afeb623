import Records

/// Which metric and which filter of a sample file are read.
struct LMEvaluationPlan {
  let metric: String
  /// Nil where rows do not name their filter.
  let filter: String?

  /// What the first row shows.
  private struct FirstRow {
    var metrics: [String] = []
    var filter: String?
    /// Fields that are no part of every row; the metrics, in files that do not list them.
    var other: [(name: String, kind: JSONReader.Kind)] = []
  }

  /// Fields of every row that are not metrics.
  private static let common: Set<String> = [
    "doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics", "doc_hash", "prompt_hash",
    "target_hash", "task_name", "input", "schema_version", "model_name", "is_greedy",
  ]

  /// Chooses from the first row of `reader`, which is a copy, by what the user asked for.
  ///
  /// - Throws: `IntakeError` listing the metrics when the one that was asked for is not among them, or when the only
  ///   candidates are lists.
  init(_ reader: JSONReader, _ options: IntakeOptions, summary: inout IntakeSummary) throws {
    let offset = reader.offset
    let first = try Self.firstRow(reader)
    let names = first.metrics.isEmpty ? first.other.map(\.name) : first.metrics
    guard let metric = options.metric ?? names.first else {
      throw reader.error(
        atOffset: offset, problem: "the first sample has no metric",
        remedy: "Score the samples, or name the field with --metric")
    }
    guard let field = first.other.first(where: { $0.name == metric }) else {
      throw reader.error(
        atOffset: offset, problem: "the first sample has no metric \"\(metric)\"",
        remedy: Self.offer(first.other, names))
    }
    guard field.kind != .array, field.kind != .object else {
      throw reader.error(
        atOffset: offset, problem: "the metric \"\(metric)\" is a list, not one number a sample",
        remedy: Self.offer(first.other.filter { $0.kind != .array && $0.kind != .object }, names))
    }
    self.metric = metric
    filter = options.scorer ?? first.filter
    if options.metric == nil, names.count > 1 {
      summary.add(
        .init(role: "score", column: metric, option: "--metric", alternatives: names.filter { $0 != metric }))
    }
  }

  private static func firstRow(_ reader: JSONReader) throws -> FirstRow {
    var reader = reader
    var row = FirstRow()
    try reader.enterObject()
    while let key = try reader.nextKey() {
      let name = key.string
      if name == "metrics", try reader.enterArrayIfAny() {
        while try reader.nextElement() {
          if let metric = try reader.readStringIfAny(), row.metrics.count < 256 { row.metrics.append(metric) }
        }
      } else if name == "filter" {
        row.filter = try reader.readStringIfAny()
      } else if name != "metrics" {
        let kind = try reader.peek()
        if !common.contains(name), kind != .string, row.other.count < 256 { row.other.append((name, kind)) }
        try reader.skipValue()
      }
    }
    return row
  }

  private static func offer(_ fields: [(name: String, kind: JSONReader.Kind)], _ names: [String]) -> String {
    let usable = fields.map(\.name).filter { names.isEmpty || names.contains($0) }
    return usable.isEmpty
      ? "The samples have no metric with one number a sample"
      : "Choose one with --metric: \(usable.joined(separator: ", "))"
  }
}
