public import Records

/// Records as text, one after the other, for files that leave the ledger.
public enum RecordExport {
  /// A line of `tally.records/1`, which `tally ingest` reads unless it is a finding or a waiver: with its line end, and the
  /// record's id for those who look for what a finding cites.
  /// - Parameter words: what was said in a span, by the names of its parts.
  public static func line(
    _ id: RecordID, _ record: Record, words: [(name: String, value: Records.JSONValue)] = []
  ) throws -> String {
    var line = record.document
    line["record_id"] = .string(id.description)
    for (name, value) in words { line[name] = value }
    return try Records.JSONValue.object(line).line() + "\n"
  }

  /// The header of a table of a kind (RFC 4180).
  public static func header(_ kind: RecordKind) -> String { CSVTable.line(["record_id"] + kind.fieldNames) }

  /// A row below it. Texts stand as they are, also those that a spreadsheet takes for formulas: `=1+1` stays `=1+1`. Lists
  /// and maps are JSON.
  public static func row(_ id: RecordID, _ record: Record) throws -> String {
    var values: [String: Records.JSONValue] = [:]
    for member in record.document.members { values[member.key] = member.value }
    let cells = try record.kind.fieldNames.map { name -> String in
      switch values[name] {
      case nil, .null: ""
      case .string(let text): text
      case let value?: try value.line()
      }
    }
    return CSVTable.line([id.description] + cells)
  }

  /// Whether a line leaves an amount out: the format has fields for dollars only.
  public static func leavesAmountOut(_ record: Record) -> Bool {
    switch record {
    case .span(let span): span.cost.map { $0.currency != "USD" } ?? false
    case .trial(let trial): trial.cost.map { $0.currency != "USD" } ?? false
    default: false
    }
  }
}
