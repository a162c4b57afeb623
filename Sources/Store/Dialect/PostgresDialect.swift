/// What the statements of this room, which are SQLite's, are to PostgreSQL.
///
/// | here | there |
/// |---|---|
/// | `?1` | `$1` |
/// | `INTEGER`, `REAL`, `BLOB` | `BIGINT`, `DOUBLE PRECISION`, `BYTEA`: what they are in SQLite |
/// | `TEXT` of a table | `TEXT COLLATE "C"`: compared byte by byte |
/// | `STRICT`, `WITHOUT ROWID` | nothing: all tables are so |
/// | an index that begins with a text | a hash index: other indexes take no long texts |
/// | any other index | ends with the row's number, as SQLite's do by themselves |
/// | `ORDER BY` what may be null | `NULLS FIRST`, or `NULLS LAST` where it descends |
/// | `1.5` | a double and not a decimal number |
/// | `x'00'` | `'\x00'::bytea` |
/// | `sqlite_master` | the tables of the schema |
public enum PostgresDialect {
  /// O(length).
  public static func translate(_ sql: String) -> String {
    var tokens = SQLToken.tokens(of: sql)
    let isTable = tokens.begins(with: "CREATE", "TABLE") || tokens.begins(with: "ALTER", "TABLE")
    if tokens.begins(with: "CREATE", "TABLE") { tokens = table(tokens) }
    if tokens.begins(with: "CREATE", "INDEX") || tokens.begins(with: "CREATE", "UNIQUE", "INDEX") {
      tokens = index(tokens)
    }
    tokens = ordered(tokens)
    return tokens.map { word($0, inTable: isTable) }.joined()
  }

  private static let tables = """
    (SELECT tablename AS name FROM pg_catalog.pg_tables WHERE schemaname = current_schema()) AS sqlite_master
    """

  private static func word(_ token: SQLToken, inTable: Bool) -> String {
    switch token.kind {
    case .placeholder: return "$" + token.text.dropFirst()
    case .blob: return "'\\x" + token.text.dropFirst(2) + "::bytea"
    case .number:
      let isReal = token.text.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
      return isReal ? token.text + "::double precision" : token.text
    case .word:
      switch token.keyword {
      case "INTEGER": return "BIGINT"
      case "REAL": return "DOUBLE PRECISION"
      case "BLOB": return "BYTEA"
      case "TEXT": return inTable ? "TEXT COLLATE \"C\"" : "TEXT"
      case "SQLITE_MASTER": return tables
      default: return token.text
      }
    default: return token.text
    }
  }

  // MARK: Tables

  private static func table(_ tokens: [SQLToken]) -> [SQLToken] {
    guard let body = tokens.parentheses else { return tokens }
    let options = tokens[(body.upperBound + 1)...]
    guard options.allSatisfy({ ["", "STRICT", "WITHOUT", "ROWID"].contains($0.keyword) && $0.kind != .text }) else {
      return tokens
    }
    var unique: [String] = []
    var columns: [String] = []
    for column in Array(tokens[body.lowerBound + 1..<body.upperBound]).list {
      let words = column.filter { $0.kind == .word }
      if words.count > 1, words[1].keyword == "TEXT", words.contains(where: { $0.keyword == "UNIQUE" }) {
        unique.append(words[0].text)
      }
      let isUnique = unique.last == words.first?.text
      columns.append(column.filter { !(isUnique && $0.keyword == "UNIQUE") }.sql)
    }
    // What UNIQUE says, of texts of any length.
    columns += unique.map { " EXCLUDE USING hash (\($0) WITH =)" }
    return SQLToken.tokens(of: tokens[...body.lowerBound].map(\.text).joined() + columns.joined(separator: ",") + ")")
  }

  // MARK: Indexes

  private static func index(_ tokens: [SQLToken]) -> [SQLToken] {
    guard let on = tokens.firstIndex(where: { $0.keyword == "ON" }), let body = tokens.parentheses,
      let name = tokens[on...].dropFirst().first(where: { $0.kind == .word })?.text
    else { return tokens }
    let parts = Array(tokens[body.lowerBound + 1..<body.upperBound]).list.map(\.trimmed)
    guard parts.allSatisfy({ $0.count == 1 && $0[0].kind == .word }) else { return tokens }
    var columns = parts.map { $0[0].text }
    let shape = TableShapes.current.tables[name] ?? TableShapes.Table()
    var head = Array(tokens[..<body.lowerBound])
    func dropUnique() {
      guard let place = head.firstIndex(where: { $0.keyword == "UNIQUE" }) else { return }
      head.removeSubrange(place...place + 1)
    }
    if let text = columns.firstIndex(where: { shape.texts.contains($0) }) {
      dropUnique()
      if text == 0 {
        head += SQLToken.tokens(of: " USING hash ")
        columns = [columns[0]]
      } else {
        columns = Array(columns[..<text])
      }
    } else if let number = shape.number, !columns.contains(number), !tokens.begins(with: "CREATE", "UNIQUE") {
      columns.append(number)
    }
    return head + SQLToken.tokens(of: "(" + columns.joined(separator: ", ") + ")")
      + Array(tokens[(body.upperBound + 1)...])
  }

  // MARK: Order

  /// SQLite takes null for less than everything.
  private static func ordered(_ tokens: [SQLToken]) -> [SQLToken] {
    var result: [SQLToken] = []
    var place = 0
    while place < tokens.count {
      result.append(tokens[place])
      place += 1
      let before = result.dropLast().last { $0.kind != .space }
      guard tokens[place - 1].keyword == "BY", before?.keyword == "ORDER" else { continue }
      let end = endOfOrder(tokens, from: place)
      // Orders lie within orders where a question lies within a question.
      let items = ordered(Array(tokens[place..<end])).list.map(item)
      result += SQLToken.tokens(of: items.joined(separator: ","))
      place = end
    }
    return result
  }

  private static func endOfOrder(_ tokens: [SQLToken], from start: Int) -> Int {
    var depth = 0
    for place in start..<tokens.count {
      if tokens[place].isSymbol("(") { depth += 1 }
      if tokens[place].isSymbol(")") { depth -= 1 }
      if depth < 0 || depth == 0 && ["LIMIT", "UNION", "OFFSET", "ROWS", "RANGE"].contains(tokens[place].keyword) {
        return place
      }
    }
    return tokens.count
  }

  private static func item(_ tokens: [SQLToken]) -> String {
    let core = tokens.trimmed
    let descends = core.last?.keyword == "DESC"
    let what = core.filter { $0.kind != .space && !["ASC", "DESC"].contains($0.keyword) }
    let isColumn = what.count == 1 || what.count == 3 && what[1].isSymbol(".")
    // Saying it of what is never null would keep indexes from being used.
    if isColumn, let name = what.last, name.kind == .word, TableShapes.current.columns.contains(name.text),
      !TableShapes.current.nullable.contains(name.text)
    {
      return tokens.sql
    }
    return " " + core.sql + (descends ? " NULLS LAST " : " NULLS FIRST ")
  }
}
