import Records

extension Finding: StorableRecord {
  static let table = RecordTable(
    kind: .finding, name: "finding", time: "at",
    columns: [
      ("check_id", .term), ("subject", .term), ("verdict", .term), ("as_of", .integer), ("at", .integer),
      ("expires_at", .integer), ("policy_sha256", .blob), ("inputs_sha256", .blob), ("body", .text),
    ])

  var time: Instant { at }

  func visitKey(_ visitor: inout KeyBytes) {
    visitor.placeBy(at)
    visitor.append(check)
    visitor.append(subject)
    visitor.append(asOf.nanoseconds)
    visitor.append(at.nanoseconds)
  }

  func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws {
    try visitor.term(check)
    try visitor.term(subject)
    try visitor.term(verdict.rawValue)
    try visitor.integer(asOf.nanoseconds)
    try visitor.integer(at.nanoseconds)
    try visitor.integer(expiresAt.nanoseconds)
    try visitor.bytes(policySHA256.bytes)
    try visitor.bytes(inputsSHA256.bytes)
    try visitor.text(json.canonical())
  }

  /// The body says everything; the columns before it are for SQL.
  init(_ row: inout RowReader) throws {
    row.skip(Finding.table.columns.count - 1)
    let body = try JSONValue(parsing: try row.require(row.text()))
    self = try row.require(Finding(json: body))
  }
}
