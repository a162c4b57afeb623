public import Records

extension MarkdownReport {
  /// A post-mortem, as far as the ledger can write it.
  public static func render(_ draft: IncidentDraft, options: ReportOptions = ReportOptions()) -> String {
    IncidentDraftMarkdown(draft: draft, options: options).blocks.joined(separator: "\n\n") + "\n"
  }
}

/// The parts of a post-mortem in the order in which they are read.
struct IncidentDraftMarkdown {
  let draft: IncidentDraft
  let options: ReportOptions
  /// Of the timeline; a quarter of changes is no post-mortem.
  private static let mostEvents = 200

  private var incident: IncidentRecord { draft.incident }

  var blocks: [String] {
    let finding = FindingMarkdown(DecidedFinding(finding: draft.finding), options: options).body
    let parts: [(title: String, text: String?)] = [
      ("What is known of the cause", finding), ("Who was met", impact), ("What happened when", timeline),
      ("What it must say before it is closed", closure),
      (
        "What no ledger knows",
        "The cause in words, what is done so that it does not come again, who does it, and until when."
      ),
    ]
    return ["# Incident \(MarkdownText.code(incident.incidentID)) in \(MarkdownText.code(incident.feature))", head]
      + parts.compactMap { part in part.text.map { "## \(part.title)\n\n\($0)" } }
  }

  private var head: String {
    var rows: [[String]] = []
    func add(_ name: String, _ text: String?) { if let text { rows.append([name, text]) } }
    add("state", incident.state)
    add("severity", incident.severity.map(MarkdownText.escaped))
    add("signal", incident.signal.map(MarkdownText.code))
    add("tenant", incident.tenant.map(MarkdownText.code))
    add("owner", incident.owner.map(MarkdownText.code))
    add("began", incident.onsetAt?.secondText)
    add("opened", incident.openedAt?.secondText)
    add("closed", incident.closedAt?.secondText)
    if let onset = incident.onsetAt, onset < draft.end {
      add(incident.closedAt == nil ? "so far" : "lasted", SpanLength.text(onset.duration(to: draft.end)))
    }
    add("surface", incident.surfaceFound)
    add("drafted", "from the ledger as of \(draft.asOf.secondText)")
    return MarkdownText.table(header: ["", ""], right: [false, false], rows: rows)
  }

  private var impact: String? {
    guard let during = draft.during, let before = draft.before else {
      return "When it began is not known: `tally incident triage` says it with --onset."
    }
    func cells(_ name: String, _ calls: IncidentDraft.Calls) -> [String] {
      func share(_ part: Int) -> String {
        calls.count == 0
          ? "–" : "\(NumberFormat.count(part)) (\(NumberFormat.percent(Double(part) / Double(calls.count))))"
      }
      return [
        name + (calls.isWhole ? "" : ", read from \(calls.from.minuteText)"), NumberFormat.count(calls.count),
        share(calls.errors), share(calls.refusals),
      ]
    }
    var text = MarkdownText.table(
      header: ["calls", "all", "failed", "refused to answer"], right: [false, true, true, true],
      rows: [cells("in the incident", during), cells("as long before", before)])
    if let leftOut = leftOut([("in the incident", during), ("as long before", before)]) { text += "\n\n\(leftOut)" }
    if let share = incident.affectedShare {
      text += "\n\nIt met \(NumberFormat.percent(share)) of the traffic, as it says itself."
    }
    return text
  }

  /// Which calls are not in the table, and why; nil where all are.
  private func leftOut(_ stretches: [(name: String, calls: IncidentDraft.Calls)]) -> String? {
    let parts = stretches.compactMap { stretch -> String? in
      let counts = [
        (stretch.calls.unasked, "refused before anybody was asked"), (stretch.calls.drilled, "met by a drill"),
      ]
      let said = counts.filter { $0.0 > 0 }.map { "\(NumberFormat.count($0.0)) \($0.1)" }
      return said.isEmpty ? nil : "\(stretch.name) \(said.joined(separator: " and "))"
    }
    return parts.isEmpty ? nil : "Left out are calls that say nothing of who answers: \(parts.joined(separator: "; "))."
  }

  private var timeline: String {
    let rows = draft.timeline.suffix(IncidentDraftMarkdown.mostEvents).map { event in
      [
        event.at.secondText, MarkdownText.escaped(event.lane), MarkdownText.escaped(event.text),
        event.actor.map(MarkdownText.code) ?? "",
      ]
    }
    let table = MarkdownText.table(
      header: ["time", "lane", "what", "by"], right: [false, false, false, false], rows: Array(rows))
    let hidden = draft.timeline.count - rows.count
    return hidden > 0 ? "\(table)\n\nThe oldest \(NumberFormat.count(hidden)) are left out." : table
  }

  private var closure: String {
    let rows = draft.fields.map { field in
      [
        "`\(field.name)`", field.said.map(MarkdownText.escaped) ?? (field.isMissing ? "**missing**" : ""),
        field.found.map(MarkdownText.escaped) ?? "",
      ]
    }
    return MarkdownText.table(
      header: ["field", "it says", "the ledger shows"], right: [false, false, false], rows: rows)
  }
}

/// "3 h 20 min".
enum SpanLength {
  static func text(_ duration: Duration) -> String {
    let minutes = duration.components.seconds / 60
    let parts: [(Int64, String)] = [(minutes / 1_440, "d"), (minutes / 60 % 24, "h"), (minutes % 60, "min")]
    let said = parts.drop { $0.0 == 0 }.filter { $0.0 > 0 }.prefix(2).map { "\($0.0) \($0.1)" }
    return said.isEmpty ? "less than a minute" : said.joined(separator: " ")
  }
}
