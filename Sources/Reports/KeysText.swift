public import Records

/// Keys as a table, a line each.
public struct KeysText {
  private let keys: [AccessKey]
  private let now: Instant
  private let options: ReportOptions

  /// - Parameter now: tells which keys have ended.
  public init(_ keys: [AccessKey], now: Instant, options: ReportOptions) {
    self.keys = keys
    self.now = now
    self.options = options
  }

  public var text: String {
    var page = TextPage(options)
    var columns: [TextTable.Column] = [
      .init(title: "name", isFlexible: true), .init(title: "scopes"), .init(title: "state"),
      .init(title: "tenant", isFlexible: true, isDroppable: true),
      .init(title: "team", isFlexible: true, isDroppable: true), .init(title: "created", isDroppable: true),
      .init(title: "ends", isDroppable: true), .init(title: "last used", isDroppable: true),
    ]
    // Few ledgers have such keys, and where there is one everybody should see it.
    let hasGlass = keys.contains(where: \.breaksGlass)
    if hasGlass { columns.append(.init(title: "break-glass", isFlexible: true)) }
    var table = TextTable(columns: columns)
    for key in keys {
      var cells = [
        page.name(key.name), key.scopeText, key.state(at: now).rawValue, page.name(key.tenant ?? "-"),
        page.name(key.team ?? "-"), key.createdAt.dateText, KeysText.minute(key.expiresAt), KeysText.minute(key.usedAt),
      ]
      if hasGlass { cells.append(page.name(key.breakGlass ?? "-")) }
      table.rows.append(cells)
    }
    table.indent = 0
    page.table(table)
    return page.text
  }

  private static func minute(_ instant: Instant?) -> String {
    instant.map { String($0.description.prefix(16)) } ?? "never"
  }
}
