import ArgumentParser
import Glibc
import Intake
import Records
import Reports
import Store
import Synchronization

struct SQLCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql",
    abstract: "Ask the ledger in SQL: read-only, on SQLite and PostgreSQL alike.",
    discussion: """
      Examples:
        tally sql --schema
        tally sql "SELECT feature, count(*) AS calls, sum(input_tokens) AS tokens
                   FROM spans WHERE started_at >= '2026-11-01'
                   GROUP BY feature ORDER BY calls DESC"
        tally sql "SELECT model_served, avg(duration_ms) FROM spans GROUP BY 1"
        tally sql "SELECT feature, sum(coalesce(amount, cost_usd)) FROM spans
                   LEFT JOIN costs USING (trace_id, span_id) GROUP BY feature"
        tally sql --format csv - < report.sql > report.csv

      Views show the current records with the names of the record format: spans,
      trials, annotations, costs, artifacts and so on. Times are texts such as
      2026-03-01T12:00:00.000000Z, which sort as times do; time_ns counts
      nanoseconds. Amounts are decimal numbers on PostgreSQL; SQLite has none, so
      there they are floating-point numbers, good for fifteen digits: `tally
      export` has every amount exact. What was said in prompts and answers is in
      no view: `tally trace --content` shows it.

      Nothing can be changed: the connection only reads, and takes one SELECT,
      WITH … SELECT, VALUES or EXPLAIN. On PostgreSQL it also takes the role
      pg_read_all_data where the ledger's user may, and refuses functions that
      reach the server (pg_…, lo_…, dblink…) by name; what else that user may
      read in the same database, a statement can read too. Functions that were
      written there are not looked into: give `tally sql` a user of its own.

      Exit code 0: answered. 64: the statement cannot be answered. 73: there is
      no ledger. 74: the ledger cannot be read, or the time was up.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, csv, json }

  @Argument(help: "One SELECT; - reads it from standard input.")
  var statement: String?

  @Flag(help: "Print which views and columns there are.")
  var schema = false

  @Option(help: "How many rows at most, or `all`.", transform: SQLCommand.limit)
  var limit = 1_000

  @Option(
    help: ArgumentHelp("Stop the statement after 90s, 15m…", valueName: "duration"), transform: SQLCommand.duration)
  var timeout: Duration = .seconds(60)

  @Option(help: "text, csv, or json: an array with an object a row.")
  var format = Format.text

  @OptionGroup var place: LedgerOption

  func validate() throws {
    guard schema || statement != nil else {
      throw ValidationError("Write a statement, or --schema to see what can be asked.")
    }
    guard !schema || statement == nil else { throw ValidationError("--schema takes no statement.") }
  }

  func run() async throws {
    if schema { return try Terminal.write(SQLSchemaText.text) }
    let sql: String
    do {
      sql = try statement == "-" ? SQLCommand.standardInput() : statement ?? ""
    } catch {
      throw Terminal.fail(error)
    }
    do {
      let ledger = try await place.open(create: false)
      let answer = AnswerPrinter(
        AnswerWriter(AnswerWriter.Format(rawValue: format.rawValue) ?? .text, options: .forTable(show: 0)) {
          try Terminal.write(piece: $0)
        }, limit: limit)
      try await ledger.ask(sql, patience: timeout, answer)
      try answer.finish()
      try ledger.close()
      if answer.isCut {
        Terminal.note("tally: only the first \(limit) rows; --limit shows more, --limit all every one")
      }
    } catch let problem as StatementProblem {
      Terminal.note("tally: \(problem)")
      if let place = problem.offset { Terminal.note(SQLCommand.excerpt(sql, at: place)) }
      throw ExitCode(problem.cause == .slow ? 74 : 64)
    } catch let code as ExitCode {
      throw code
    } catch {
      throw Terminal.failOnLedger(error)
    }
  }

  /// The line of the statement and a mark below the place.
  static func excerpt(_ sql: String, at offset: Int) -> String {
    let scalars = Array(sql.unicodeScalars)
    let place = min(offset, scalars.count)
    let start = scalars[..<place].lastIndex(of: "\n").map { $0 + 1 } ?? 0
    let end = scalars[place...].firstIndex(of: "\n") ?? scalars.count
    let number = scalars[..<place].count { $0 == "\n" } + 1
    // Long lines are shown around the place.
    let from = max(start, place - 60)
    let line = String(String.UnicodeScalarView(scalars[from..<min(end, from + 100)]))
    let head = "  line \(number), column \(place - start + 1): "
    return head + line + "\n" + String(repeating: " ", count: head.count + place - from) + "^"
  }

  private static func standardInput() throws -> String {
    let source = try ByteSource(path: "-")
    return withExtendedLifetime(source) { String(decoding: source.bytes, as: UTF8.self) }
  }

  private static func limit(_ text: String) throws -> Int {
    if text == "all" { return .max }
    guard let limit = Int(text), limit > 0 else { throw ValidationError("--limit takes a number from 1, or all.") }
    return limit
  }

  private static func duration(_ text: String) throws -> Duration {
    guard let duration = DurationText.parse(text), duration > .zero else {
      throw ValidationError("'\(text)' is no duration: write 90s or 15m.")
    }
    return duration
  }
}

/// Prints rows as they come, until the limit.
private final class AnswerPrinter: AnswerReceiver, Sendable {
  private struct State {
    var writer: AnswerWriter
    var isCut = false
  }

  private let state: Mutex<State>
  private let limit: Int

  init(_ writer: sending AnswerWriter, limit: Int) {
    state = Mutex(State(writer: writer))
    self.limit = limit
  }

  var isCut: Bool { state.withLock { $0.isCut } }

  func start(columns: [String]) throws { try state.withLock { try $0.writer.start(columns: columns) } }

  func receive(_ row: [AskedValue]) throws -> Bool {
    try state.withLock { state in
      guard state.writer.rows < limit else {
        state.isCut = true
        return false
      }
      try state.writer.add(row)
      return true
    }
  }

  func finish() throws { try state.withLock { try $0.writer.finish() } }
}

/// What can be asked, in words.
enum SQLSchemaText {
  static var text: String {
    var text = ""
    for view in LedgerView.all {
      text += "\(view.name): \(view.meaning)\n"
      let widest = view.columns.map(\.name.count).max() ?? 0
      for column in view.columns {
        let padding = String(repeating: " ", count: widest - column.name.count)
        text += "  \(column.name)\(padding)  \(words(column.type))\(note(column.name, of: view.name))\n"
      }
      text += "\n"
    }
    return text + """
      The tables below the views can be asked too, as they lie: `tally sql "SELECT
      name FROM sqlite_master"` names them. They change with Tallystick; the views
      stay.
      """
  }

  /// What a column's name and type do not tell, where somebody would be misled without it.
  private static func note(_ column: String, of view: String) -> String {
    switch (view, column) {
    case ("spans", "cost_usd"): " as the exporter stated it; what tally priced is costs.amount, by trace_id and span_id"
    case ("costs", "amount"): "; none where the cost is unknown, and `reason` says why"
    default: ""
    }
  }

  private static func words(_ type: String) -> String {
    switch type {
    case "time": "time: 2026-03-01T12:00:00.000000Z"
    case "flag": "1 yes, 0 no"
    case "json": "JSON"
    case "sha256": "64 hexadecimal digits"
    case "amount": "amount of money"
    default: type
    }
  }
}
