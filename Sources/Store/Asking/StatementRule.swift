/// What a person's statement may be, before an engine sees it.
///
/// The engines themselves keep a question from changing anything. This says beforehand, in words that teach, what is no
/// question at all, and keeps out of a server what its own means would let pass.
public enum StatementRule {
  /// What a question begins with.
  public enum Opening: Sendable, Equatable {
    /// `SELECT`, `WITH`, `VALUES` or `TABLE`.
    case question
    /// Asks how a question would be answered.
    case explanation
  }

  private static let questions: Set<String> = ["select", "with", "values", "table"]

  /// Which way a statement begins.
  /// - Throws: `StatementProblem` that names what is refused and where.
  public static func opening(_ sql: String) throws -> Opening {
    let text = Array(sql.unicodeScalars)
    if let place = text.firstIndex(of: "\0") {
      throw StatementProblem(.refused, "it holds a null character", offset: place)
    }
    let start = StatementRule.start(text)
    guard start < text.count, text[start] != ";" else {
      throw StatementProblem(
        .refused, "there is no statement: write a SELECT", offset: start < text.count ? start : nil)
    }
    var end = start
    while isName(text, end) { end += 1 }
    let word = String(String.UnicodeScalarView(text[start..<end]))
    switch word.lowercased() {
    case let known where questions.contains(known): return .question
    case "explain": return .explanation
    case "": throw StatementProblem(.refused, "a question begins with SELECT or WITH", offset: start)
    default:
      throw StatementProblem(
        .refused,
        "\(word) is refused: a question only reads the ledger, with one SELECT, WITH … SELECT, VALUES or EXPLAIN",
        offset: start)
    }
  }

  /// Where what follows spaces, comments and opening parentheses begins.
  private static func start(_ text: [Unicode.Scalar]) -> Int {
    var place = 0
    while place < text.count {
      if text[place].properties.isWhitespace || text[place] == "(" || text[place] == "\u{FEFF}" {
        place += 1
      } else if text[place...].starts(with: "--".unicodeScalars) {
        place = text[place...].firstIndex(of: "\n") ?? text.count
      } else if text[place...].starts(with: "/*".unicodeScalars) {
        // PostgreSQL's comments nest. SQLite's do not: a statement that only SQLite would find is not found here either,
        // and is refused.
        var depth = 0
        repeat {
          let rest = text[place...]
          if rest.starts(with: "/*".unicodeScalars) {
            depth += 1
            place += 2
          } else if rest.starts(with: "*/".unicodeScalars) {
            depth -= 1
            place += 2
          } else {
            place += 1
          }
        } while depth > 0 && place < text.count
      } else {
        return place
      }
    }
    return text.count
  }

  private static func isName(_ text: [Unicode.Scalar], _ place: Int) -> Bool {
    guard text.indices.contains(place) else { return false }
    let scalar = text[place]
    return ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
      || scalar == "_" || scalar.value >= 0x80
  }

  // MARK: On a server

  /// Beginnings of names that no question about a ledger needs.
  ///
  /// There, a question runs in a transaction that only reads, behind a cursor, which takes nothing but one SELECT, and in a
  /// role that only reads, where the ledger's user may take it. What is left are functions that read the server's files,
  /// run texts as statements, hold locks that writers wait for or change settings: a user who is the server's administrator
  /// might call them. They are known by their names.
  private static let foreign = [
    "pg_", "lo_", "lowrite", "loread", "dblink", "set_config", "query_to_xml", "cursor_to_xml", "table_to_xml",
    "schema_to_xml", "database_to_xml", "ts_stat", "nextval", "setval", "inet_server", "binary_upgrade",
  ]

  /// Names that begin so and are harmless.
  private static let harmless = ["pg_typeof"]

  /// - Throws: `StatementProblem` that says what is refused and where.
  ///
  /// The text is searched as it is, and not what a reader of SQL would take for names: what cannot be told apart cannot be
  /// told wrong. A text that is only searched for must then be written in two parts.
  public static func checkNames(_ sql: String) throws {
    let text = Array(sql.unicodeScalars)
    let lower = text.map { ("A"..."Z").contains($0) ? Unicode.Scalar(UInt8($0.value) | 0x20) : $0 }
    for place in lower.indices where !isName(lower, place - 1) {
      let rest = lower[place...].prefix(24)
      if rest.starts(with: "u&\"".unicodeScalars) {
        throw StatementProblem(.refused, "names with Unicode escapes are not taken here", offset: place)
      }
      guard let name = foreign.first(where: { rest.starts(with: $0.unicodeScalars) }) else { continue }
      if harmless.contains(where: {
        rest.starts(with: $0.unicodeScalars) && !isName(lower, place + $0.unicodeScalars.count)
      }) {
        continue
      }
      var end = place
      while isName(lower, end) { end += 1 }
      let whole = String(String.UnicodeScalarView(text[place..<max(end, place + name.unicodeScalars.count)]))
      throw StatementProblem(
        .refused, "'\(whole)' belongs to the server, not to the ledger: a question may not name it", offset: place)
    }
  }
}
