import Records

/// The keys of one kind of record. The name of a case in snake case is the key in a file: `itemId` is `item_id`.
protocol RecordKey: RawRepresentable, CaseIterable where RawValue == Int {
  static var kind: RecordKind { get }
}

/// The fields of the record at hand, as they lie in the input.
///
/// A class over raw memory, as `CellRow` is: it is filled and emptied for every record.
final class RecordFields<Key: RecordKey> {
  /// One field: a string without its quotes, a number as written, an object or a list with its brackets.
  struct Field {
    var kind: JSONReader.Kind
    var text: BorrowedText

    static var absent: Field { Field(kind: .end, text: BorrowedText(UnsafeRawBufferPointer(start: nil, count: 0))) }
  }

  let input: InputText
  /// Where the record starts.
  var offset = 0
  private let names: [String]
  private let keys: RecordKeyTable
  private let fields: UnsafeMutablePointer<Field>
  /// Records of one file mostly have their keys in one order: the slot of the n-th key of the record before.
  private var order: [Int] = []
  private let versionSlot: Int?

  init(_ input: InputText) {
    self.input = input
    names = Key.allCases.map { ColumnNames.normalised("\($0)") }
    keys = RecordKeyTable(names)
    versionSlot = names.firstIndex(of: "schema_version")
    fields = .allocate(capacity: names.count)
    fields.initialize(repeating: .absent, count: names.count)
  }

  deinit { fields.deallocate() }

  /// Reads the object at the reader.
  /// - Parameter ignored: told of each key that begins with `x_`, whose value is passed over.
  func read(_ reader: inout JSONReader, ignored: () -> Void) throws {
    offset = reader.offset
    for slot in 0..<names.count { fields[slot] = .absent }
    var position = 0
    try reader.enterObject()
    while let key = try reader.nextKey() {
      guard let slot = slot(of: key, position) else {
        if key.equals("kind") {
          try reader.skipValue()
        } else if key.bytes.starts(with: "x_".utf8) {
          ignored()
          try reader.skipValue()
        } else {
          throw unknown(key, reader)
        }
        continue
      }
      position += 1
      guard fields[slot].kind == .end else {
        throw reader.error(
          at: key, problem: "the key '\(names[slot])' occurs twice in one record", remedy: "Write each key once")
      }
      fields[slot] = try RecordFields.field(&reader)
    }
    if let versionSlot, fields[versionSlot].kind != .end, !fields[versionSlot].text.equals("1") {
      throw input.error(
        at: fields[versionSlot].text, orAtOffset: offset, problem: "this is another version of records than 1",
        remedy: "Read it with the version of tally that wrote it")
    }
  }

  @inline(__always)
  private static func field(_ reader: inout JSONReader) throws -> Field {
    let kind = try reader.peek()
    switch kind {
    case .string: return Field(kind: kind, text: try reader.readString())
    case .number: return Field(kind: kind, text: try reader.readNumberText())
    default:
      let start = reader.cursor
      try reader.skipValue()
      return Field(
        kind: kind, text: BorrowedText(UnsafeRawBufferPointer(start: start, count: reader.cursor - start)))
    }
  }

  @inline(__always)
  private func slot(of key: BorrowedText, _ position: Int) -> Int? {
    if position < order.count, keys.isKey(order[position], key) { return order[position] }
    guard let slot = keys.slot(of: key) else { return nil }
    if position < order.count { order[position] = slot } else { order.append(slot) }
    return slot
  }

  /// The field of a key; `absent` when the record lacks it or it is null.
  @inline(__always)
  subscript(key: Key) -> Field? {
    let field = fields[key.rawValue]
    return field.kind == .end || field.kind == .null ? nil : field
  }

  func name(_ key: Key) -> String { names[key.rawValue] }

  // MARK: Errors

  @inline(never)
  func wrong(_ key: Key, _ expected: String) -> IntakeError {
    let field = fields[key.rawValue]
    let isShown = field.kind == .string || field.kind == .number || field.kind == .boolean
    let shown = isShown ? ": '\(field.text.string.prefix(60))'" : ""
    let what = field.kind == .object ? "an object" : field.kind == .array ? "a list" : "no such value"
    return input.error(
      at: field.text, orAtOffset: offset, problem: "'\(name(key))'\(shown) is \(isShown ? "not \(expected)" : what)",
      remedy: "Write \(expected)")
  }

  @inline(never)
  func missing(_ key: Key) -> IntakeError {
    input.error(
      atOffset: offset, problem: "the \(Key.kind.name) has no '\(name(key))'",
      remedy: "Every \(Key.kind.name) needs it; see `tally ingest --help`")
  }

  @inline(never)
  private func unknown(_ key: BorrowedText, _ reader: JSONReader) -> IntakeError {
    let name = key.string
    var remedy = "Write it inside \"attributes\", or begin its name with x_ to have it passed over"
    if let nearest = NearestName.nearest(to: ColumnNames.normalised(name), in: names) {
      remedy = "Do you mean '\(nearest)'? Else w\(remedy.dropFirst())"
    }
    return reader.error(
      at: key, problem: "\(Key.kind.withArticle) has no key '\(name.prefix(60))'", remedy: remedy)
  }
}

/// Keys in memory of their own: comparing one must not touch a reference count.
private final class RecordKeyTable {
  private let keys: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>

  init(_ names: [String]) {
    keys = .allocate(capacity: names.count)
    for (slot, name) in names.enumerated() {
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: name.utf8.count, alignment: 1)
      memory.copyBytes(from: Array(name.utf8))
      keys.initializeElement(at: slot, to: UnsafeRawBufferPointer(memory))
    }
  }

  deinit {
    for key in keys { key.deallocate() }
    keys.deallocate()
  }

  @inline(__always)
  func isKey(_ slot: Int, _ key: BorrowedText) -> Bool { key.equals(keys[slot]) }

  @inline(__always)
  func slot(of key: BorrowedText) -> Int? {
    for slot in keys.indices where key.equals(keys[slot]) { return slot }
    return nil
  }
}

extension RecordKind {
  /// `a trial`, `an annotation`.
  fileprivate var withArticle: String { (name.first == "a" ? "an " : "a ") + name }
}
