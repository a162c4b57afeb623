internal import CPostgres
internal import Store

/// The client library, which is loaded when it is first asked for.
enum Libpq {
  /// Nil when it is loaded; else why it is not.
  private static let problem: String? = {
    var text = [CChar](repeating: 0, count: 512)
    guard cpostgres_load(&text, Int32(text.count)) == 0 else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()

  /// - Throws: `LedgerError` that says what to install.
  static func load(for location: String) throws {
    guard let problem else { return }
    throw LedgerError(
      .unreadable, location: location, problem: "PostgreSQL's client library cannot be loaded (\(problem))",
      remedy: "Install it: apt-get install libpq5")
  }

  /// Types of values, as the server numbers them.
  enum TypeNumber {
    static let unknown: Oid = 0
    static let boolean: Oid = 16
    static let bytes: Oid = 17
    static let name: Oid = 19
    static let integer64: Oid = 20
    static let integer16: Oid = 21
    static let integer32: Oid = 23
    static let text: Oid = 25
    static let real32: Oid = 700
    static let real64: Oid = 701
    static let unknownText: Oid = 705
    static let blankPadded: Oid = 1042
    static let varying: Oid = 1043
    static let numeric: Oid = 1700
  }
}

/// An answer, freed with its owner.
final class PostgresResult {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) {
    self.pointer = pointer
  }

  deinit { PQclear(pointer) }

  var status: ExecStatusType { PQresultStatus(pointer) }
  var rowCount: Int { Int(PQntuples(pointer)) }

  /// A field of an error; empty when it has none.
  func error(_ field: Int32) -> String { PQresultErrorField(pointer, field).map { String(cString: $0) } ?? "" }
}
