public import Guards
internal import Records

/// Freezes and drills as tables.
public struct OrdersText {
  private let freezes: [CallFreeze]
  private let drills: [CallDrill]
  private let options: ReportOptions

  public init(freezes: [CallFreeze] = [], drills: [CallDrill] = [], options: ReportOptions) {
    self.freezes = freezes
    self.drills = drills
    self.options = options
  }

  public var text: String {
    var page = TextPage(options)
    if !freezes.isEmpty {
      var table = TextTable(columns: [
        .init(title: "frozen", isFlexible: true), .init(title: "to"), .init(title: "mode"), .init(title: "until"),
        .init(title: "by", isFlexible: true, isDroppable: true),
        .init(title: "why", isFlexible: true, isDroppable: true),
      ])
      for freeze in freezes {
        let what = freeze.allowed.map { "\($0.count) of \(freeze.pin.rawValue)" } ?? "stopped"
        table.rows.append([
          page.name(freeze.subject.text), what, freeze.mode.rawValue, OrdersText.minute(freeze.order),
          page.name(freeze.order.actor), page.name(freeze.order.reason),
        ])
      }
      table.indent = 0
      page.table(table)
    }
    if !drills.isEmpty {
      var table = TextTable(columns: [
        .init(title: "drill", isFlexible: true), .init(title: "failure"), .init(title: "share"),
        .init(title: "keys", isFlexible: true), .init(title: "until"),
        .init(title: "by", isFlexible: true, isDroppable: true),
        .init(title: "why", isFlexible: true, isDroppable: true),
      ])
      for drill in drills {
        let fault =
          switch drill.fault {
          case .latency(let delay): "+\(delay)"
          case .status(let status): "\(status)"
          case .empty: "empty"
          }
        table.rows.append([
          page.name(drill.name), fault, NumberFormat.percent(drill.share),
          page.name(drill.keys.sorted().joined(separator: ", ")), OrdersText.minute(drill.order),
          page.name(drill.order.actor), page.name(drill.order.reason),
        ])
      }
      table.indent = 0
      page.table(table)
    }
    return page.text
  }

  private static func minute(_ order: StandingOrder) -> String { String(order.expiresAt.description.prefix(16)) }
}
