internal import CPostgres
internal import Store

/// What the server says, as what a person can do about it.
struct PostgresFailure {
  let address: PostgresAddress

  private var location: String { address.location }

  /// The connection is broken.
  func lost(_ said: String) -> LedgerError {
    LedgerError(
      .lost, location: location,
      problem: "the connection to the server broke (\(clean(said))); nothing of this delivery was stored",
      remedy: "Repeat the command: what is there already is not stored twice")
  }

  /// There never was a connection.
  func unreachable(_ said: String) -> LedgerError {
    let said = clean(said)
    if said.contains("password") || said.contains("no pg_hba.conf entry") || said.contains("authentication")
      || said.contains("role \"")
    {
      return LedgerError(
        .unreadable, location: location, problem: "the server refuses the login (\(said))",
        remedy: "Check the user in the address, and the password in PGPASSWORD or ~/.pgpass")
    }
    if said.contains("database \""), said.contains("does not exist") {
      return LedgerError(
        .unreadable, location: location, problem: "there is no such database (\(said))",
        remedy: "Make it on the server: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0")
    }
    if said.contains("too many") || said.contains("connection slots") {
      return LedgerError(
        .busy, location: location, problem: "the server takes no more connections (\(said))",
        remedy: "Raise max_connections, or end what holds them")
    }
    return LedgerError(
      .unreadable, location: location, problem: "the server cannot be reached (\(said))",
      remedy: "Check that it runs, and the host and port in the address; --ledger names another place")
  }

  /// A server that was there before is away: later, trying again may help.
  static func gone(_ error: LedgerError) -> LedgerError {
    LedgerError(.lost, location: error.location, problem: error.problem, remedy: error.remedy)
  }

  /// Whether trying again may help: the server is starting, or going, or full for the moment.
  static func isPassing(_ said: String) -> Bool {
    ["starting up", "shutting down", "in recovery", "not yet accepting", "connection slots", "too many clients"]
      .contains { said.contains($0) }
  }

  /// A statement failed.
  func explain(_ result: PostgresResult) -> LedgerError {
    let code = result.error(Int32(UInt8(ascii: "C")))
    let said = clean(result.error(Int32(UInt8(ascii: "M"))))
    // Without a code it is not the server that speaks, but the client, whose connection is gone.
    if code.isEmpty { return lost(said.isEmpty ? "no word came back" : said) }
    let (cause, problem, remedy) = explain(code, said: said)
    return LedgerError(cause, location: location, problem: problem, remedy: remedy)
  }

  /// A person's statement failed.
  /// - Parameter prefix: how many characters of what was sent are not the person's; nil when the place says nothing.
  func explain(_ result: PostgresResult, prefix: Int?, _ patience: Duration) -> any Error {
    let code = result.error(Int32(UInt8(ascii: "C")))
    let said = clean(result.error(Int32(UInt8(ascii: "M"))))
    // 57014: stopped after statement_timeout. 08, 53, 57, 58, XX: the server itself. 25006: it would write.
    if code == "57014" { return StatementProblem.slow(patience) }
    if code.isEmpty || ["08", "53", "57", "58", "XX"].contains(code.prefix(2)) { return explain(result) }
    let hint = clean(result.error(Int32(UInt8(ascii: "H"))))
    let offset = Int(result.error(Int32(UInt8(ascii: "P")))).flatMap { place in
      prefix.map { max(place - 1 - $0, 0) }
    }
    let isRefused = code == "25006" || code == "42501" || said.contains("DECLARE CURSOR")
    let full = hint.isEmpty ? said : "\(said). \(hint)"
    return StatementProblem(
      isRefused ? .refused : .failed, isRefused ? "a question may only read the ledger (\(full))" : full,
      offset: offset)
  }

  private func explain(_ code: String, said: String) -> (LedgerError.Cause, problem: String, remedy: String) {
    switch code {
    case "53100":
      return (
        .full, "the server's disk is full; nothing of this delivery was stored",
        "Make room there and repeat the command: what is there already is not stored twice"
      )
    case "55P03":
      return (
        .busy, "another process keeps the ledger locked",
        "See what it does (pg_stat_activity on the server), then repeat the command"
      )
    case "57P01", "57P02", "57P03", "25P03":
      return (
        .lost, "the server ended the connection (\(said)); nothing of this delivery was stored",
        "Repeat the command: what is there already is not stored twice"
      )
    case "25006":
      return (
        .unreadable, "takes no writes: it only follows another server (\(said))",
        "Name the server that it follows, or add target_session_attrs=read-write and both hosts to the address"
      )
    case "42501":
      return (
        .unreadable, "the user may not do what is needed (\(said))",
        "Grant it CREATE and USAGE on the schema, or name another user"
      )
    case "3F000":
      return (
        .unreadable, "there is no schema to put the ledger in (\(said))",
        "Make it on the server (CREATE SCHEMA …), or name another search_path"
      )
    case "54000", "22001":
      return (
        .refused, "a record is larger than the server takes (\(said))",
        "Correct the source; nothing of this delivery was stored"
      )
    case "53200", "53300":
      return (.busy, "the server has no room for more (\(said))", "Repeat the command when less is going on there")
    case "XX001", "XX002":
      return (.damaged, "the database is damaged (\(said))", "Keep it as it is, and go back to a copy")
    default: return (.database, "\(said) (\(code))", "This is a fault of tally: please report it")
    }
  }

  /// One line, without the password.
  private func clean(_ said: String) -> String {
    let lines = said.split { $0.isNewline }.map { $0.drop { $0 == " " || $0 == "\t" } }
    return address.redacted(lines.joined(separator: "; "))
  }
}
