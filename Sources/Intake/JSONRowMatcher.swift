import Records

/// Takes the wanted fields out of row objects, at any depth, and skips the rest.
///
/// A path such as `metrics.acc` finds the member `acc` of the member `metrics`, and also a member whose key is
/// `metrics.acc` itself. A field that occurs twice in a row is an error: which one counts is not for a reader to choose.
struct JSONRowMatcher {
  private struct Entry {
    let key: [UInt8]
    var slot: Int?
    var child: Int?
  }

  private var nodes: [[Entry]] = [[]]
  private let columns: [String]

  init(columns: [String]) {
    self.columns = columns
    for (slot, path) in columns.enumerated() { add(path[...], slot: slot, node: 0) }
  }

  private mutating func add(_ path: Substring, slot: Int, node: Int) {
    let whole = entry(for: path, node: node)
    nodes[node][whole].slot = slot
    for dot in path.indices where path[dot] == "." {
      let rest = path[path.index(after: dot)...]
      if rest.isEmpty || dot == path.startIndex { continue }
      let index = entry(for: path[..<dot], node: node)
      if nodes[node][index].child == nil {
        nodes[node][index].child = nodes.count
        nodes.append([])
      }
      if let child = nodes[node][index].child { add(rest, slot: slot, node: child) }
    }
  }

  private mutating func entry(for key: Substring, node: Int) -> Int {
    let bytes = Array(key.utf8)
    if let index = nodes[node].firstIndex(where: { $0.key == bytes }) { return index }
    nodes[node].append(Entry(key: bytes, slot: nil, child: nil))
    return nodes[node].count - 1
  }

  /// Reads the object at the reader into the cells, which the caller has cleared.
  @inline(__always)
  func read(_ reader: inout JSONReader, into cells: CellRow) throws {
    try read(&reader, into: cells, node: 0)
  }

  private func read(_ reader: inout JSONReader, into cells: CellRow, node: Int) throws {
    try nodes[node].withUnsafeBufferPointer { entries in
      try reader.enterObject()
      while let key = try reader.nextKey() {
        guard let entry = JSONRowMatcher.find(key, in: entries) else {
          try reader.skipValue()
          continue
        }
        if let child = entries[entry].child, try reader.peek() == .object {
          try read(&reader, into: cells, node: child)
        } else if let slot = entries[entry].slot {
          if cells[slot].kind != .absent { throw duplicate(reader, key, slot) }
          cells[slot] = try JSONRowMatcher.readCell(&reader)
        } else {
          try reader.skipValue()
        }
      }
    }
  }

  @inline(__always)
  private static func find(_ key: BorrowedText, in entries: UnsafeBufferPointer<Entry>) -> Int? {
    for index in entries.indices where entries[index].key.count == key.bytes.count {
      if entries[index].key.withUnsafeBytes({ key.equals($0) }) { return index }
    }
    return nil
  }

  /// Reads a value of any kind as a field.
  @inline(__always)
  static func readCell(_ reader: inout JSONReader) throws -> Cell {
    switch try reader.peek() {
    case .string: return Cell(kind: .text, text: try reader.readString())
    case .number: return Cell(kind: .number, text: try reader.readNumberText())
    case .boolean: return Cell(kind: try reader.readBool() ? .yes : .no, text: Cell.absent.text)
    case .null:
      try reader.readNull()
      return Cell(kind: .null, text: Cell.absent.text)
    case .object, .array, .end:
      let start = reader.cursor
      try reader.skipValue()
      return Cell(kind: .container, text: BorrowedText(UnsafeRawBufferPointer(start: start, count: 0)))
    }
  }

  @inline(never)
  private func duplicate(_ reader: JSONReader, _ key: BorrowedText, _ slot: Int) -> IntakeError {
    reader.error(
      at: key, problem: "the field '\(columns[slot])' occurs twice in one row", remedy: "Write each field once a row")
  }
}
