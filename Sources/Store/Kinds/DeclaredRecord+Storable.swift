import Records

/// How records that declare their fields lie in the ledger: all follows from the declaration.
extension StorableRecord where Self: DeclaredRecord {
  /// The table that the declaration asks for.
  static func declaredTable() -> RecordTable {
    RecordTable(
      kind: recordKind, name: recordKind.name, time: timeField.name, columns: declaration.flatMap { $0.columns })
  }

  func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws {
    for field in Self.declaration { try field.visit(self, &visitor) }
  }

  init(_ row: inout RowReader) throws {
    self.init()
    for field in Self.declaration { try field.read(&row, into: &self) }
  }
}

extension RecordField {
  fileprivate var columns: [(name: String, kind: RecordTable.FieldKind)] {
    switch shape {
    case .identifier, .identifierIfAny, .digest, .digestIfAny, .text, .textIfAny, .texts, .object, .list:
      [(name, .text)]
    case .term, .termIfAny, .choice, .choiceIfAny, .tags: [(name, .term)]
    case .count, .integer, .flag, .time, .timeIfAny: [(name, .integer)]
    case .stamp: [(name, .stamp)]
    case .real, .duration, .share: [(name, .real)]
    case .amount: [("\(name)_high", .integer), ("\(name)_low", .integer)]
    }
  }

  fileprivate func visit<Visitor: FieldVisitor>(_ record: Root, _ visitor: inout Visitor) throws {
    switch shape {
    case .identifier(let path), .digest(let path): try visitor.identifier(record[keyPath: path])
    case .identifierIfAny(let path), .digestIfAny(let path): try visitor.identifier(record[keyPath: path])
    case .term(let path), .choice(let path, _): try visitor.term(record[keyPath: path])
    case .termIfAny(let path), .choiceIfAny(let path, _): try visitor.term(record[keyPath: path])
    case .text(let path): try visitor.text(record[keyPath: path])
    case .textIfAny(let path), .object(let path), .list(let path): try visitor.text(record[keyPath: path])
    case .count(let path), .integer(let path): try visitor.integer(record[keyPath: path])
    case .real(let path), .duration(let path), .share(let path): try visitor.real(record[keyPath: path])
    case .flag(let path): try visitor.flag(record[keyPath: path])
    case .time(let path): try visitor.integer(record[keyPath: path].nanoseconds)
    case .stamp(let path): try visitor.stamp(record[keyPath: path])
    case .timeIfAny(let path): try visitor.integer(record[keyPath: path]?.nanoseconds)
    case .amount(let path): try visitor.amount(record[keyPath: path])
    case .tags(let path): try visitor.term(record[keyPath: path].canonical)
    case .texts(let path): try visitor.text(TextList.json(record[keyPath: path]))
    }
  }

  fileprivate func read(_ row: inout RowReader, into record: inout Root) throws {
    switch shape {
    case .identifier(let path), .digest(let path), .text(let path):
      record[keyPath: path] = try row.require(row.text())
    case .identifierIfAny(let path), .digestIfAny(let path), .textIfAny(let path), .object(let path), .list(let path):
      record[keyPath: path] = row.text()
    case .term(let path), .choice(let path, _): record[keyPath: path] = try row.require(row.term())
    case .termIfAny(let path), .choiceIfAny(let path, _): record[keyPath: path] = try row.term()
    case .count(let path), .integer(let path): record[keyPath: path] = row.integer()
    case .real(let path), .duration(let path), .share(let path): record[keyPath: path] = row.real()
    case .flag(let path): record[keyPath: path] = row.flag()
    case .time(let path), .stamp(let path): record[keyPath: path] = try row.instant()
    case .timeIfAny(let path): record[keyPath: path] = row.integer().map(Instant.init(nanoseconds:))
    case .amount(let path): record[keyPath: path] = row.amount()
    case .tags(let path): record[keyPath: path] = Tags(canonical: try row.require(row.term()))
    case .texts(let path): record[keyPath: path] = TextList.texts(row.text())
    }
  }
}
