public import Guards
internal import Records

/// Gates as documents for programs: `tally.gate/1` and `tally.gate-replay/1`, described in `Documentation/schemas`.
enum GateJSON {
  static func document(_ report: GateReport, options: ReportOptions) -> JSONValue {
    .object([
      ("schema", .string("tally.gate/1")),
      ("version", options.version.isEmpty ? .null : .string(options.version)),
      ("gate", .string(report.gate.name)),
      ("mode", .string(report.gate.mode.rawValue)),
      ("on_unknown", .string(report.gate.onUnknown.rawValue)),
      ("decision", .string(decision(report.gate.decision))),
      ("exit_code", .integer(Int(report.gate.exitCode))),
      ("as_of", .string(report.asOf.description)),
      ("ledger", .string(report.ledger)),
      ("project_file", .string(report.projectFile)),
      ("required", .array(report.gate.required.map { .string($0.check) })),
      ("missing", .array(report.gate.missing.map { .string($0) })),
      ("refusals", .array(report.gate.refusals.map(refusal))),
      ("findings", .array(report.gate.entries.map(CheckJSON.entry))),
    ])
  }

  private static func decision(_ decision: Gate.Decision) -> String {
    switch decision {
    case .pass: "pass"
    case .refused: "refused"
    case .wouldRefuse: "would_refuse"
    }
  }

  /// What a guard answers whom it refuses.
  private static func refusal(_ refusal: Gate.Refusal) -> JSONValue {
    .object([
      ("error", .string(refusal.error)), ("check", .string(refusal.check)), ("subject", .string(refusal.subject)),
      ("verdict", .string(refusal.verdict.rawValue)), ("finding", .string(refusal.finding?.description)),
      ("message", .string(refusal.sentence)), ("next", .string(refusal.next)),
    ])
  }

  static func document(_ replay: GateReplay, options: ReportOptions) -> JSONValue {
    .object([
      ("schema", .string("tally.gate-replay/1")),
      ("version", options.version.isEmpty ? .null : .string(options.version)),
      ("gate", .string(replay.name)),
      ("from", .string(replay.from.description)),
      ("to", .string(replay.to.description)),
      ("runs", .integer(replay.runs)),
      ("refused_by_fail", .integer(replay.refusedByFail)),
      ("refused_by_unknown", .integer(replay.refusedByUnknown)),
      (
        "causes",
        .array(
          replay.rows.map { row in
            .object([
              ("error", .string(row.error)), ("check", .string(row.check)), ("subject", .string(row.subject)),
              ("verdict", .string(row.verdict.rawValue)), ("runs", .integer(row.runs)),
              ("first", .string(row.first.description)), ("last", .string(row.last.description)),
            ])
          })
      ),
    ])
  }
}

extension JSONReport {
  /// What a gate decided: `tally.gate/1`.
  public static func render(_ report: GateReport, options: ReportOptions = ReportOptions()) -> String {
    GateJSON.document(report, options: options).document()
  }

  /// What a gate would have refused: `tally.gate-replay/1`.
  public static func render(_ replay: GateReplay, options: ReportOptions = ReportOptions()) -> String {
    GateJSON.document(replay, options: options).document()
  }
}
