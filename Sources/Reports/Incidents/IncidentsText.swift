public import Records

extension TextReport {
  /// Incidents as a table, as they stand.
  public static func render(_ incidents: [IncidentRecord], options: ReportOptions = ReportOptions()) -> String {
    var page = TextPage(options)
    var table = TextTable(columns: [
      .init(title: "incident", isFlexible: true), .init(title: "state"), .init(title: "severity"),
      .init(title: "feature", isFlexible: true), .init(title: "signal", isFlexible: true, isDroppable: true),
      .init(title: "began"), .init(title: "owner", isFlexible: true, isDroppable: true),
    ])
    table.indent = 0
    for incident in incidents {
      table.rows.append([
        page.name(incident.incidentID), incident.state, incident.severity ?? "-", page.name(incident.feature),
        incident.signal.map(page.name) ?? "-", incident.onsetAt?.minuteText ?? "-",
        incident.owner.map(page.name) ?? "-",
      ])
    }
    page.table(table)
    return page.text
  }
}
