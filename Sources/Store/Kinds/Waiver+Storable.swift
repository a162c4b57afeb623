import Records

extension Waiver: StorableRecord {
  static let table = RecordTable(
    kind: .waiver, name: "waiver", time: "at",
    columns: [
      ("check_id", .term), ("subject", .term), ("owner", .text), ("reason", .text), ("at", .stamp),
      ("expires_at", .integer),
    ])

  var time: Instant { at }

  /// A newer waiver of the same subject replaces the older one.
  func visitKey(_ visitor: inout KeyBytes) {
    visitor.append(check)
    visitor.append(subject)
  }

  func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws {
    try visitor.term(check)
    try visitor.term(subject)
    try visitor.text(owner)
    try visitor.text(reason)
    try visitor.stamp(at)
    try visitor.integer(expiresAt.nanoseconds)
  }

  init(_ row: inout RowReader) throws {
    self.init(
      check: try row.require(row.term()), subject: try row.require(row.term()), owner: try row.require(row.text()),
      reason: try row.require(row.text()), at: try row.instant(), expiresAt: try row.instant())
  }
}
