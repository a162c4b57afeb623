internal import Records

/// Findings as documents for programs: `tally.check/1`, described in `Documentation/schemas`.
struct CheckJSON {
  let report: CheckReport
  let options: ReportOptions

  var document: JSONValue {
    .object([
      ("schema", .string("tally.check/1")),
      ("version", options.version.isEmpty ? .null : .string(options.version)),
      ("verdict", .string(report.verdict?.rawValue)),
      ("as_of", .string(report.asOf.description)),
      ("ledger", .string(report.ledger)),
      ("project_file", .string(report.projectFile)),
      ("counts", CheckJSON.counts(report.entries)),
      ("not_applicable", .array(report.notApplicable.map { .string($0) })),
      ("findings", .array(report.entries.map(CheckJSON.entry))),
    ])
  }

  /// Findings by verdict, those that are waived apart.
  private static func counts(_ entries: [CheckReport.Entry]) -> JSONValue {
    let counting = entries.filter(\.counts)
    let verdicts = Finding.Verdict.allCases.map { verdict in
      (key: verdict.rawValue, value: JSONValue.integer(counting.count { $0.finding.verdict == verdict }))
    }
    return .object(verdicts + [(key: "waived", value: .integer(entries.count - counting.count))])
  }

  static func entry(_ entry: CheckReport.Entry) -> JSONValue {
    .object([
      ("id", .string(entry.id?.description)),
      ("waiver", entry.waiver.map(waiver) ?? .null),
      ("finding", JSONValue(entry.finding.json)),
    ])
  }

  private static func waiver(_ waiver: Waiver) -> JSONValue {
    .object([
      ("check", .string(waiver.check)), ("subject", .string(waiver.subject)), ("owner", .string(waiver.owner)),
      ("reason", .string(waiver.reason)), ("at", .string(waiver.at.description)),
      ("expires_at", .string(waiver.expiresAt.description)),
    ])
  }
}

extension JSONValue {
  /// A value of the ledger's as a part of a document of ours.
  init(_ value: Records.JSONValue) {
    switch value {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .number(let value): self = .number(value)
    case .integer(let value): self = .integer(Int(value))
    case .string(let value): self = .string(value)
    case .array(let values): self = .array(values.map { JSONValue($0) })
    case .object(let object): self = .object(object.members.map { ($0.key, JSONValue($0.value)) })
    }
  }
}

extension JSONReport {
  /// What the checks found: `tally.check/1`. Every finding stands in it as `tally.finding/1`, in the catalogue's order.
  public static func render(_ report: CheckReport, options: ReportOptions = ReportOptions()) -> String {
    CheckJSON(report: report, options: options).document.document()
  }
}
