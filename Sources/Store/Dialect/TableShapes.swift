/// What the migrations say about tables: a dialect has to know which columns are texts and which may be null.
struct TableShapes {
  struct Table {
    var texts: Set<String> = []
    /// The column that numbers the rows; nil when rows have another primary key.
    var number: String?
    /// All columns in their order.
    var columns: [(name: String, kind: RowBatch.ColumnKind)] = []
    /// What the rows are told apart by.
    var key: [String] = []
  }

  private(set) var tables: [String: Table] = [:]
  /// Names of columns that some table has.
  private(set) var columns: Set<String> = []
  /// Names of columns that are null in some row of some table.
  private(set) var nullable: Set<String> = []

  /// After all steps.
  static let current = TableShapes(Migrations.steps)

  init(_ steps: [[String]]) {
    for step in steps {
      for statement in step { read(SQLToken.tokens(of: statement)) }
    }
  }

  private mutating func read(_ tokens: [SQLToken]) {
    let words = tokens.filter { $0.kind == .word }
    if tokens.begins(with: "CREATE", "TABLE"), words.count > 2, let body = tokens.parentheses {
      for column in Array(tokens[body.lowerBound + 1..<body.upperBound]).list { add(column, to: words[2].text) }
    } else if tokens.begins(with: "ALTER", "TABLE"), words.count > 5, words[3].keyword == "ADD" {
      let start = tokens.firstIndex { $0.keyword == "ADD" } ?? 0
      add(tokens[start...].filter { !["ADD", "COLUMN"].contains($0.keyword) }, to: words[2].text)
    }
  }

  private mutating func add(_ definition: [SQLToken], to table: String) {
    let words = definition.filter { $0.kind == .word }
    if words.count > 2, words[0].keyword == "PRIMARY" { tables[table, default: Table()].key = words[2...].map(\.text) }
    guard words.count > 1, !["PRIMARY", "UNIQUE", "CHECK", "FOREIGN"].contains(words[0].keyword) else { return }
    let (name, rest) = (words[0].text, words.dropFirst(2).map(\.keyword))
    columns.insert(name)
    tables[table, default: Table()].columns.append((name, TableShapes.kind(words[1].keyword)))
    if words[1].keyword == "TEXT" { tables[table, default: Table()].texts.insert(name) }
    if words[1].keyword == "INTEGER", rest.starts(with: ["PRIMARY", "KEY"]) {
      tables[table, default: Table()].number = name
      tables[table, default: Table()].key = [name]
    } else if !rest.starts(with: ["NOT", "NULL"]), !rest.starts(with: ["PRIMARY", "KEY"]) {
      nullable.insert(name)
    }
  }

  private static func kind(_ word: String) -> RowBatch.ColumnKind {
    switch word {
    case "REAL": .real
    case "TEXT": .text
    case "BLOB": .blob
    default: .integer
    }
  }
}
