import Intake
import Records
import Store

/// What a delivery to the ledger did, as a sentence for people or as JSON (`tally.ingest/1`).
struct IngestReport {
  let ledger: String
  let summary: IntakeSummary
  let counts: IngestCounts
  /// What the calls of the delivery cost as the ledger has it now, or, of a dry run, would have it; nil where nobody can say.
  let costs: CostSums?
  /// Nil for a dry run.
  let receipt: AppendReceipt?

  // MARK: Text

  var text: String {
    var lines: [String] = [headline]
    let shown = counts.series.prefix(12)
    if counts.series.count > 1 || receipt == nil {
      for (series, trials) in shown { lines.append("  \(name(series)): \(count(trials, "trial"))") }
      if counts.series.count > shown.count { lines.append("  … and \(counts.series.count - shown.count) more series") }
    }
    if let costLine { lines.append(costLine) }
    guard let receipt else { return lines.joined(separator: "\n") }
    let total = receipt.total
    if total.superseding > 0 {
      let correct = total.superseding == 1 ? "corrects" : "correct"
      lines.append(
        """
        \(count(total.superseding, "record")) of these \(correct) what was there: the new value is current, \
        the old one stays on record.
        """)
    }
    if total.conflicting > 0 {
      let contradict = total.conflicting == 1 ? "contradicts" : "contradict"
      lines.append(
        """
        \(count(total.conflicting, "record")) of these \(contradict) another of this delivery about the same thing; \
        checks count such items as conflicting. [CONFLICTING_TRIALS] \
        If they are repeats, name their column with --repeat or say --repeats-by-order; if one column does not tell \
        the items apart, give --item several times.
        """)
    }
    if let commit = receipt.commit { lines.append("Ledger \(ledger), commit \(commit).") }
    return lines.joined(separator: "\n")
  }

  /// What the calls of the delivery cost; nil when none was priced.
  private var costLine: String? {
    guard let costs, !counts.calls.isEmpty else { return nil }
    let reasons = costs.reasons.prefix(5).map { "\($0.reason) (\($0.count))" }.joined(separator: "; ")
    return "Cost of calls: \(costs.text)\(reasons.isEmpty ? "" : ": \(reasons)")."
  }

  private var headline: String {
    guard let receipt else { return "Would store \(what(counts.kinds)) in \(ledger); nothing was written." }
    let total = receipt.total
    let twice = total.duplicates > 0 ? ", or occur twice in the input" : ""
    if total.stored == 0 {
      let all = total.duplicates == 1 ? "the one record was" : "all \(total.duplicates) records were"
      return "Nothing new: \(all) there already."
    }
    return
      "Stored \(what(receipt.counts.mapValues(\.stored), isNew: true)); \(total.duplicates) were there already\(twice)."
  }

  /// `400 new trials of suite support-bot (variant baseline), 3 new annotations`.
  private func what(_ kinds: [RecordKind: Int], isNew: Bool = false) -> String {
    let parts = RecordKind.allCases.compactMap { kind -> String? in
      guard let number = kinds[kind], number > 0 else { return nil }
      let noun = count(number, kind.name, adjective: isNew ? "new " : "")
      return kind == .trial ? noun + origin : noun
    }
    return parts.isEmpty ? "no records" : parts.joined(separator: ", ")
  }

  private var origin: String {
    if counts.series.count == 1 { return " of \(name(counts.series[0].key))" }
    let suites = Set(counts.series.map(\.key.suite))
    if suites.count == 1, let suite = suites.first { return " of suite \(suite) (\(counts.series.count) series)" }
    return " of \(suites.count) suites"
  }

  private func name(_ series: IngestCounts.Series) -> String {
    let version = series.suiteVersion.map { " version \($0)" } ?? ""
    let metric = series.metric == "correct" ? "" : ", metric \(series.metric)"
    return "suite \(series.suite)\(version) (variant \(series.variant)\(metric))"
  }

  private func count(_ number: Int, _ noun: String, adjective: String = "") -> String {
    "\(number) \(adjective)\(noun)\(number == 1 ? "" : "s")"
  }

  // MARK: JSON

  var json: JSONValue {
    var object = JSONObject()
    object["schema"] = "tally.ingest/1"
    object["ledger"] = .string(ledger)
    object["dry_run"] = .bool(receipt == nil)
    object["commit"] = receipt?.commit.map(JSONValue.integer) ?? .null
    object["at"] = receipt?.at.map { .string($0.description) } ?? .null
    var kinds = JSONObject()
    for kind in RecordKind.allCases {
      guard let read = counts.kinds[kind] else { continue }
      let count = receipt?.counts[kind]
      kinds[kind.name] = [
        "read": .integer(Int64(read)), "stored": .integer(Int64(count?.stored ?? 0)),
        "duplicates": .integer(Int64(count?.duplicates ?? 0)),
        "superseding": .integer(Int64(count?.superseding ?? 0)),
        "conflicting": .integer(Int64(count?.conflicting ?? 0)),
      ]
    }
    object["records"] = .object(kinds)
    object["series"] = .array(
      counts.series.map { series, trials in
        [
          "suite": .string(series.suite), "suite_version": series.suiteVersion.map(JSONValue.string) ?? .null,
          "variant": .string(series.variant), "metric": .string(series.metric), "trials": .integer(Int64(trials)),
        ]
      })
    object["files"] = .array(
      summary.files.map {
        ["name": .string($0.name), "format": .string($0.format.rawValue), "records": .integer(Int64($0.rows))]
      })
    object["guesses"] = .array(
      summary.guesses.map { ["role": .string($0.role), "column": .string($0.column), "option": .string($0.option)] })
    object["warnings"] = .array(summary.warnings.map(JSONValue.string))
    return .object(object)
  }
}
