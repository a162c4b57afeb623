public import Records
public import SeededRandom

/// Values for the fields of records that declare them, from small pools so that records meet.
public struct DeclaredFields {
  private let instant: Instant

  public init(instant: Instant) { self.instant = instant }

  /// A record of a kind, each field that may be absent there once in two.
  public func record<Kind: DeclaredRecord>(_ type: Kind.Type, _ random: inout SplitMix) -> Record {
    var record = Kind()
    for field in Kind.declaration { fill(field, of: &record, &random) }
    return record.record
  }

  private func fill<Kind>(_ field: RecordField<Kind>, of record: inout Kind, _ random: inout SplitMix) {
    let isAbsent = random.chance(0.5)
    func ifAny<Value>(_ value: Value) -> Value? { isAbsent ? nil : value }
    let word = random.one(of: ["a", "b", "s\u{E9}", "se\u{301}", "'; --"])
    let digest = String(repeating: random.one(of: ["0", "f"]), count: 64)
    let count: Int64 = random.one(of: [0, 1, 7, 1 << 52])
    let real = random.one(of: [0, -0.0, 1, 0.25])
    switch field.shape {
    case .identifier(let path), .term(let path): record[keyPath: path] = word
    case .text(let path): record[keyPath: path] = word + "\n"
    case .identifierIfAny(let path), .termIfAny(let path), .textIfAny(let path): record[keyPath: path] = ifAny(word)
    case .choice(let path, let words): record[keyPath: path] = random.one(of: words.sorted())
    case .choiceIfAny(let path, let words): record[keyPath: path] = ifAny(random.one(of: words.sorted()))
    case .digest(let path): record[keyPath: path] = digest
    case .digestIfAny(let path): record[keyPath: path] = ifAny(digest)
    case .count(let path): record[keyPath: path] = ifAny(count)
    case .integer(let path): record[keyPath: path] = ifAny(-count)
    case .real(let path), .duration(let path), .share(let path): record[keyPath: path] = ifAny(real)
    case .flag(let path): record[keyPath: path] = ifAny(random.chance(0.5))
    case .time(let path), .stamp(let path): record[keyPath: path] = instant
    case .timeIfAny(let path): record[keyPath: path] = ifAny(instant)
    case .amount(let path):
      record[keyPath: path] = ifAny(
        random.one(of: [0, 1, -1, (1 << 33) + 5, -(1 << 40), 1_000_000_000_000_000_000_000]))
    case .tags(let path): record[keyPath: path] = isAbsent ? Tags() : Tags(["k": word])
    case .texts(let path): record[keyPath: path] = isAbsent ? [] : [word, "x"]
    case .object(let path): record[keyPath: path] = ifAny(#"{"a":1}"#)
    case .list(let path): record[keyPath: path] = ifAny(#"[{"a":1}]"#)
    }
  }
}
