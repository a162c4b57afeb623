/// One field of a record that declares its fields: what it is called in files and in the ledger, what it may hold, and
/// where the record keeps it.
///
/// Reading a line, writing one, storing, hashing and reading back all follow from a record's list of these, in its order.
/// The order is part of the format: fields are only ever added at the end.
public struct RecordField<Root>: Sendable {
  public typealias Path<Value> = any WritableKeyPath<Root, Value> & Sendable

  /// What a field holds. Where the path leads to no optional, every record has it.
  public enum Shape: Sendable {
    /// A text that is compared with others.
    case identifier(Path<String>)
    case identifierIfAny(Path<String?>)
    /// The same, one that many records share.
    case term(Path<String>)
    case termIfAny(Path<String?>)
    /// One of a few words.
    case choice(Path<String>, of: Set<String>)
    case choiceIfAny(Path<String?>, of: Set<String>)
    /// A text for people.
    case text(Path<String>)
    case textIfAny(Path<String?>)
    /// 64 hexadecimal digits, of a SHA-256.
    case digest(Path<String>)
    case digestIfAny(Path<String?>)
    /// A whole number that is not negative.
    case count(Path<Int64?>)
    /// A whole number.
    case integer(Path<Int64?>)
    case real(Path<Double?>)
    /// Seconds, not negative.
    case duration(Path<Double?>)
    /// From 0 to 1.
    case share(Path<Double?>)
    case flag(Path<Bool?>)
    /// When it happened.
    case time(Path<Instant>)
    /// When it was stated, which is no part of what is stated; the time of the file where a line has none.
    case stamp(Path<Instant>)
    case timeIfAny(Path<Instant?>)
    /// An amount of money in 10⁻¹² of the currency that the record names elsewhere.
    case amount(Path<Int128?>)
    case tags(Path<Tags>)
    case texts(Path<[String]>)
    /// Canonical JSON of an object.
    case object(Path<String?>)
    /// Canonical JSON of a list.
    case list(Path<String?>)
  }

  public let name: String
  public let shape: Shape

  public init(_ name: String, _ shape: Shape) {
    self.name = name
    self.shape = shape
  }
}

/// A record whose fields are declared in one list.
public protocol DeclaredRecord: NativeRecord, Sendable, Equatable {
  static var declaration: [RecordField<Self>] { get }
  /// The field that says when what it states happened, and where the record keeps it.
  static var timeField: (name: String, path: RecordField<Self>.Path<Instant>) { get }
  /// A record whose fields are to be set.
  init()
}

extension DeclaredRecord {
  /// When what it states happened.
  public var time: Instant { self[keyPath: Self.timeField.path] }

  public var fields: JSONObject {
    var line = JSONObject()
    for field in Self.declaration { field.write(self, to: &line) }
    return line
  }
}

extension RecordField {
  fileprivate func write(_ record: Root, to line: inout JSONObject) {
    switch shape {
    case .identifier(let path), .term(let path), .choice(let path, _), .text(let path), .digest(let path):
      line.set(name, record[keyPath: path])
    case .identifierIfAny(let path), .termIfAny(let path), .choiceIfAny(let path, _), .textIfAny(let path),
      .digestIfAny(let path):
      line.set(name, record[keyPath: path])
    case .count(let path), .integer(let path): line.set(name, record[keyPath: path])
    case .real(let path), .duration(let path), .share(let path): line.set(name, record[keyPath: path])
    case .flag(let path): line.set(name, record[keyPath: path])
    case .time(let path), .stamp(let path): line.set(name, record[keyPath: path])
    case .timeIfAny(let path): line.set(name, record[keyPath: path])
    case .amount(let path): line.set(name, record[keyPath: path].map(Money.decimal))
    case .tags(let path): line.set(name, record[keyPath: path])
    case .texts(let path): line.set(name, record[keyPath: path])
    case .object(let path), .list(let path): line.set(name, canonical: record[keyPath: path])
    }
  }
}
