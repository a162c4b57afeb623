public import Guards
internal import Records

extension CallReplay {
  /// `From … to … 12,431 calls were made; guards that only watch would have refused 214 of them, those that enforce refused 31.`
  var sentence: String {
    let span = "From \(from.minuteText) to \(to.minuteText)"
    guard calls > 0 else { return "\(span) no call of a model was recorded." }
    let made = calls == 1 ? "one call was recorded" : "\(NumberFormat.count(Int(calls))) calls were recorded"
    guard wouldRefuse + refused > 0 else {
      return "\(span) \(made), and no guard \(glassPassed > 0 ? "refused any" : "had anything against them")."
    }
    return "\(span) \(made); guards that only watch would have refused \(NumberFormat.count(wouldRefuse)) of them "
      + "(\(NumberFormat.percent(Double(wouldRefuse) / Double(calls)))), and \(NumberFormat.count(refused)) were refused."
  }

  /// What is missing where breakers enforce: the ledger keeps no span of what was not made.
  static let breakerSentence =
    "Calls that enforcing breakers kept back have no span and are not counted here: tally_breaker_refusals_total of /metrics counts them."

  /// `12 calls were made with a break-glass key; guards would have refused 9 of them.` Nil where there were none.
  var glassSentence: String? {
    guard glassCalls > 0 else { return nil }
    let made =
      glassCalls == 1
      ? "One call was made with a break-glass key"
      : "\(NumberFormat.count(glassCalls)) calls were made with break-glass keys"
    guard glassPassed > 0 else { return "\(made), and nothing stood in their way." }
    return "\(made); guards would have refused \(NumberFormat.count(glassPassed)) of them."
  }
}

extension CallReplay.BrokenRow {
  /// `night-shift 9, day-shift 2`: the most frequent first.
  var keysText: String {
    keys.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \(NumberFormat.count($0.value))" }
      .joined(separator: ", ")
  }
}

extension TextReport {
  /// What the guards of calls did in a time.
  /// - Parameter breakersEnforce: says that what breakers kept back is not among it.
  public static func render(
    _ replay: CallReplay, breakersEnforce: Bool = false, options: ReportOptions = ReportOptions()
  ) -> String {
    var page = TextPage(options)
    page.paragraph(replay.sentence, tint: replay.wouldRefuse + replay.refused > 0 ? .unsure : .good)
    if !replay.rows.isEmpty {
      page.blank()
      var table = TextTable(columns: [
        .init(title: "rule", isFlexible: true), .init(title: "would refuse", alignsRight: true),
        .init(title: "refused", alignsRight: true), .init(title: "feature", isFlexible: true),
        .init(title: "last", isDroppable: true),
      ])
      for row in replay.rows {
        let cells = [
          TerminalText.safe(row.rule), NumberFormat.count(row.observed), NumberFormat.count(row.refused),
          TerminalText.safe(row.mostly ?? "-"), row.last.minuteText,
        ]
        table.rows.append(cells.map(page.spelled))
      }
      page.table(table)
    }
    if let glass = replay.glassSentence {
      page.blank()
      page.paragraph(glass, tint: replay.glassPassed > 0 ? .unsure : .good)
    }
    if !replay.brokenRows.isEmpty {
      page.blank()
      var table = TextTable(columns: [
        .init(title: "rule", isFlexible: true), .init(title: "passed", alignsRight: true),
        .init(title: "by key", isFlexible: true), .init(title: "last", isDroppable: true),
      ])
      for row in replay.brokenRows {
        let cells = [
          TerminalText.safe(row.rule), NumberFormat.count(row.passed), TerminalText.safe(row.keysText),
          row.last.minuteText,
        ]
        table.rows.append(cells.map(page.spelled))
      }
      page.table(table)
    }
    if breakersEnforce {
      page.blank()
      page.paragraph(CallReplay.breakerSentence)
    }
    return page.text
  }
}

extension MarkdownReport {
  /// What the guards of calls did in a time.
  /// - Parameter breakersEnforce: says that what breakers kept back is not among it.
  public static func render(
    _ replay: CallReplay, breakersEnforce: Bool = false, options: ReportOptions = ReportOptions()
  ) -> String {
    var blocks = ["**\(MarkdownText.escaped(replay.sentence))**"]
    if !replay.rows.isEmpty {
      blocks.append(
        MarkdownText.table(
          header: ["rule", "would refuse", "refused", "feature", "last"],
          right: [false, true, true, false, false],
          rows: replay.rows.prefix(100).map { row in
            [
              MarkdownText.code(row.rule), NumberFormat.count(row.observed), NumberFormat.count(row.refused),
              MarkdownText.code(row.mostly ?? "-"), row.last.minuteText,
            ]
          }))
    }
    if let glass = replay.glassSentence { blocks.append(MarkdownText.escaped(glass)) }
    if !replay.brokenRows.isEmpty {
      blocks.append(
        MarkdownText.table(
          header: ["rule", "passed", "by key", "last"], right: [false, true, false, false],
          rows: replay.brokenRows.prefix(100).map { row in
            [
              MarkdownText.code(row.rule), NumberFormat.count(row.passed), MarkdownText.code(row.keysText),
              row.last.minuteText,
            ]
          }))
    }
    if breakersEnforce { blocks.append(MarkdownText.escaped(CallReplay.breakerSentence)) }
    return blocks.joined(separator: "\n\n") + "\n"
  }
}

extension JSONReport {
  /// What the guards of calls did in a time: `tally.call-replay/1`.
  /// - Parameter breakersEnforce: says that what breakers kept back is not among it.
  public static func render(
    _ replay: CallReplay, breakersEnforce: Bool = false, options: ReportOptions = ReportOptions()
  ) -> String {
    let rules = replay.rows.map { row in
      JSONValue.object([
        ("rule", .string(row.rule)), ("would_refuse", .integer(row.observed)), ("refused", .integer(row.refused)),
        ("features", .object(row.features.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })),
        ("last", .string(row.last.description)),
      ])
    }
    let broken = replay.brokenRows.map { row in
      JSONValue.object([
        ("rule", .string(row.rule)), ("passed", .integer(row.passed)),
        ("keys", .object(row.keys.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })),
        ("last", .string(row.last.description)),
      ])
    }
    return JSONValue.object([
      ("schema", .string("tally.call-replay/1")),
      ("version", options.version.isEmpty ? .null : .string(options.version)),
      ("from", .string(replay.from.description)), ("to", .string(replay.to.description)),
      ("calls", .integer(Int(replay.calls))), ("would_refuse", .integer(replay.wouldRefuse)),
      ("refused", .integer(replay.refused)), ("rules", .array(rules)),
      ("note", breakersEnforce ? .string(CallReplay.breakerSentence) : .null),
      (
        "break_glass",
        .object([
          ("calls", .integer(replay.glassCalls)), ("passed", .integer(replay.glassPassed)), ("rules", .array(broken)),
        ])
      ),
    ]).document()
  }
}
