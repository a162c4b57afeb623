internal import CPostgres
internal import Store

/// The statements that a connection has seen. Most questions of a check name rows of one moment and are asked once; the
/// others are read and planned by the server once.
struct StatementCatalogue {
  enum Use {
    /// It was not seen before.
    case once(sql: String)
    /// It comes again: worth a name.
    case prepare(name: String, sql: String)
    case prepared(name: String)
  }

  /// The same text is another statement when its arguments are of other types.
  private struct Key: Hashable {
    let sql: String
    let types: [Oid]
  }

  private struct Entry {
    let name: String
    let sql: String
  }

  private var entries: [Key: Entry] = [:]
  private var named: Set<String> = []
  private var nextNumber = 1
  private static let seenLimit = 1_024
  private static let nameLimit = 256

  var isFull: Bool { named.count >= StatementCatalogue.nameLimit }

  mutating func use(_ sql: String, types: [Oid]) -> Use {
    let key = Key(sql: sql, types: types)
    if let entry = entries[key] {
      if named.contains(entry.name) { return .prepared(name: entry.name) }
      return isFull ? .once(sql: entry.sql) : .prepare(name: entry.name, sql: entry.sql)
    }
    let entry = Entry(name: "tally_\(nextNumber)", sql: PostgresDialect.translate(sql))
    nextNumber += 1
    if entries.count >= StatementCatalogue.seenLimit { entries = entries.filter { named.contains($0.value.name) } }
    entries[key] = entry
    return .once(sql: entry.sql)
  }

  mutating func isPrepared(_ name: String) { named.insert(name) }
}
