public import Guards
internal import Records

/// Breakers that people hold as a table, a line each.
public struct BreakerHoldsText {
  private let holds: [(name: String, hold: BreakerHold)]
  private let options: ReportOptions

  public init(_ holds: [(name: String, hold: BreakerHold)], options: ReportOptions) {
    self.holds = holds
    self.options = options
  }

  public var text: String {
    var page = TextPage(options)
    var table = TextTable(columns: [
      .init(title: "breaker", isFlexible: true), .init(title: "held"), .init(title: "until"),
      .init(title: "by", isFlexible: true, isDroppable: true),
      .init(title: "since", isDroppable: true), .init(title: "why", isFlexible: true, isDroppable: true),
    ])
    for (name, hold) in holds {
      table.rows.append([
        page.name(name), hold.position.rawValue, String(hold.expiresAt.description.prefix(16)), page.name(hold.actor),
        String(hold.at.description.prefix(16)), page.name(hold.reason),
      ])
    }
    table.indent = 0
    page.table(table)
    return page.text
  }
}
