/// What a person's statement may not name on a server.
///
/// There, a question runs in a transaction that only reads, behind a cursor, which takes nothing but one SELECT. What is
/// left are functions that read the server's files, run texts as statements, hold locks that writers wait for or change
/// settings: a user who is the server's administrator might call them. They are known by their names.
public enum StatementRule {
  /// Beginnings of names that no question about a ledger needs.
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
  public static func check(_ sql: String) throws {
    let text = Array(sql.unicodeScalars)
    let lower = text.map { ("A"..."Z").contains($0) ? Unicode.Scalar(UInt8($0.value) | 0x20) : $0 }
    func isName(_ place: Int) -> Bool {
      guard lower.indices.contains(place) else { return false }
      let scalar = lower[place]
      return ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_" || scalar.value >= 0x80
    }
    for place in lower.indices where !isName(place - 1) {
      let rest = lower[place...].prefix(24)
      if rest.starts(with: "u&\"".unicodeScalars) {
        throw StatementProblem(.refused, "names with Unicode escapes are not taken here", offset: place)
      }
      guard let name = foreign.first(where: { rest.starts(with: $0.unicodeScalars) }) else { continue }
      if harmless.contains(where: { rest.starts(with: $0.unicodeScalars) && !isName(place + $0.unicodeScalars.count) })
      {
        continue
      }
      var end = place
      while isName(end) { end += 1 }
      let whole = String(String.UnicodeScalarView(text[place..<max(end, place + name.unicodeScalars.count)]))
      throw StatementProblem(
        .refused, "'\(whole)' belongs to the server, not to the ledger: a question may not name it", offset: place)
    }
  }
}
