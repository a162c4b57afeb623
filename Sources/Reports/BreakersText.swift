public import Guards
public import Records

/// Breakers as tables: those that people hold, and how the others last changed.
public struct BreakersText {
  private let holds: [(name: String, hold: BreakerHold)]
  private let changes: [(name: String, state: String, at: Instant, reason: String)]
  private let options: ReportOptions

  /// - Parameters:
  ///   - holds: what people say, while it holds.
  ///   - changes: the last change of each breaker.
  public init(
    holds: [(name: String, hold: BreakerHold)],
    changes: [(name: String, state: String, at: Instant, reason: String)], options: ReportOptions
  ) {
    self.holds = holds
    self.changes = changes
    self.options = options
  }

  public var text: String {
    var page = TextPage(options)
    if !holds.isEmpty {
      var table = TextTable(columns: [
        .init(title: "breaker", isFlexible: true), .init(title: "held"), .init(title: "until"),
        .init(title: "by", isFlexible: true, isDroppable: true), .init(title: "since", isDroppable: true),
        .init(title: "why", isFlexible: true, isDroppable: true),
      ])
      for (name, hold) in holds {
        table.rows.append([
          page.name(name), hold.position.rawValue, BreakersText.minute(hold.expiresAt), page.name(hold.actor),
          BreakersText.minute(hold.at), page.name(hold.reason),
        ])
      }
      table.indent = 0
      page.table(table)
    }
    if !changes.isEmpty {
      if !holds.isEmpty { page.blank() }
      var table = TextTable(columns: [
        .init(title: "breaker", isFlexible: true), .init(title: "last became"), .init(title: "at"),
        .init(title: "why", isFlexible: true, isDroppable: true),
      ])
      for (name, state, at, reason) in changes {
        table.rows.append([page.name(name), state, BreakersText.minute(at), page.name(reason)])
      }
      table.indent = 0
      page.table(table)
    }
    return page.text
  }

  private static func minute(_ instant: Instant) -> String { String(instant.description.prefix(16)) }
}
