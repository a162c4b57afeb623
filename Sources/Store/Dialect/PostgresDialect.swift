/// What the statements of this room, which are SQLite's, are to PostgreSQL.
///
/// | here | there |
/// |---|---|
/// | `?1` | `$1` |
/// | `INTEGER`, `REAL`, `BLOB` | `BIGINT`, `DOUBLE PRECISION`, `BYTEA`: what they are in SQLite |
/// | `TEXT` of a table | `TEXT COLLATE "C"`: compared byte by byte |
/// | `STRICT`, `WITHOUT ROWID` | nothing: all tables are so |
/// | an index with a text | a hash index of it, and another of what comes before (`indexes`) |
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

  /// What an index of ours is there: one or two. Indexes in order take no long texts, so what begins an index before a
  /// text is one of its own, and the text another, by hashes.
  /// - Returns: nil for what makes no index.
  public static func indexes(_ sql: String) -> [String]? {
    let tokens = SQLToken.tokens(of: sql)
    let isUnique = tokens.begins(with: "CREATE", "UNIQUE", "INDEX")
    guard isUnique || tokens.begins(with: "CREATE", "INDEX"), let body = tokens.parentheses else { return nil }
    let words = tokens[..<body.lowerBound].filter { $0.kind == .word }.map(\.text)
    guard let table = words.last, let name = words.dropLast(2).last else { return nil }
    let condition = tokens[(body.upperBound + 1)...].map { word($0, inTable: false) }.joined()
    let shape = TableShapes.current.tables[table] ?? TableShapes.Table()
    var columns = Array(tokens[body.lowerBound + 1..<body.upperBound]).list.map { $0.trimmed.sql }
    if let place = columns.firstIndex(where: { shape.texts.contains($0) }) {
      let hashed = "CREATE INDEX \(name) ON \(table) USING hash (\(columns[place]))\(condition)"
      // Rows are in the order of their numbers anyway.
      let isByRow = columns[..<place].contains { SQLToken.tokens(of: $0).contains { $0.text == shape.number } }
      if place == 0 || isByRow { return [hashed] }
      let rest = columns[..<place].joined(separator: ", ")
      return [hashed, "CREATE INDEX \(name)_order ON \(table)(\(rest))\(condition)"]
    }
    if !isUnique, let number = shape.number, !columns.contains(number) { columns.append(number) }
    let kind = isUnique ? "UNIQUE INDEX" : "INDEX"
    return ["CREATE \(kind) \(name) ON \(table)(\(columns.joined(separator: ", ")))\(condition)"]
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
    // Saying it of what is never null would keep indexes from being used.
    if isNeverNull(core.filter { $0.kind != .space && !["ASC", "DESC"].contains($0.keyword) }) { return tokens.sql }
    return " " + core.sql + (descends ? " NULLS LAST " : " NULLS FIRST ")
  }

  /// Columns that are never null, and sums and quotients of them.
  private static func isNeverNull(_ tokens: [SQLToken]) -> Bool {
    let shapes = TableShapes.current
    return tokens.indices.allSatisfy { place in
      switch tokens[place].kind {
      case .number, .symbol: return true
      case .word:
        // The table's name.
        if place + 1 < tokens.count, tokens[place + 1].isSymbol(".") { return true }
        return shapes.columns.contains(tokens[place].text) && !shapes.nullable.contains(tokens[place].text)
      default: return false
      }
    }
  }
}
