import Records

/// A key of a record that declares its fields: the number of the field, then the keys that every line may have.
struct DeclaredKey<Record: DeclaredRecord>: RecordKey, CustomStringConvertible {
  let rawValue: Int

  init(rawValue: Int) { self.rawValue = rawValue }

  static var kind: RecordKind { Record.recordKind }

  private static var common: [String] { ["record_id", "ingested_at", "source", "schema_version"] }

  static var allCases: [DeclaredKey] {
    (0..<Record.declaration.count + common.count).map { DeclaredKey(rawValue: $0) }
  }

  /// The key as a line has it.
  var description: String {
    let count = Record.declaration.count
    return rawValue < count ? Record.declaration[rawValue].name : DeclaredKey.common[rawValue - count]
  }
}

/// Makes a record of the fields of a line, by the declaration of its kind.
struct DeclaredRecordReader<Record: DeclaredRecord> {
  typealias Key = DeclaredKey<Record>

  let fields: RecordFields<Key>
  private var values: RecordValues<Key>
  private let time: Instant?

  init(_ input: InputText, time: Instant?) {
    fields = RecordFields(input)
    values = RecordValues(fields)
    self.time = time
  }

  mutating func record() throws -> Record {
    var record = Record()
    for (place, field) in Record.declaration.enumerated() {
      try read(field.shape, Key(rawValue: place), into: &record)
    }
    return record
  }

  private mutating func read(_ shape: RecordField<Record>.Shape, _ key: Key, into record: inout Record) throws {
    switch shape {
    case .identifier(let path), .term(let path), .text(let path): record[keyPath: path] = try values.required(key)
    case .identifierIfAny(let path), .termIfAny(let path): record[keyPath: path] = try values.name(key)
    case .textIfAny(let path): record[keyPath: path] = try values.text(key)
    case .choice(let path, let words): record[keyPath: path] = try values.choice(key, of: words)
    case .choiceIfAny(let path, let words):
      record[keyPath: path] = fields[key] == nil ? nil : try values.choice(key, of: words)
    case .digest(let path): record[keyPath: path] = try present(try values.sha256(key), key)
    case .digestIfAny(let path): record[keyPath: path] = try values.sha256(key)
    case .count(let path): record[keyPath: path] = try values.count(key)
    case .integer(let path): record[keyPath: path] = try values.integer(key)
    case .real(let path): record[keyPath: path] = try values.real(key)
    case .duration(let path): record[keyPath: path] = try values.amount(key)
    case .share(let path): record[keyPath: path] = try values.share(key)
    case .flag(let path): record[keyPath: path] = try values.flag(key)
    case .time(let path): record[keyPath: path] = try present(try values.time(key), key)
    case .stamp(let path): record[keyPath: path] = try present(try values.time(key) ?? time, key)
    case .timeIfAny(let path): record[keyPath: path] = try values.time(key)
    case .amount(let path): record[keyPath: path] = try values.money(key)
    case .tags(let path): record[keyPath: path] = try values.tags(key)
    case .texts(let path): record[keyPath: path] = try values.texts(key)
    case .object(let path): record[keyPath: path] = try values.object(key)
    case .list(let path): record[keyPath: path] = try values.list(key)
    }
  }

  private func present<Value>(_ value: Value?, _ key: Key) throws -> Value {
    guard let value else { throw fields.missing(key) }
    return value
  }
}
