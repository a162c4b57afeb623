import Records

/// Takes the wanted fields out of row objects, at any depth, and skips the rest.
///
/// A path such as `metrics.acc` finds the member `acc` of the member `metrics`, and also a member whose key is
/// `metrics.acc` itself. A field that occurs twice in a row is an error: which one counts is not for a reader to choose.
struct JSONRowMatcher {
  private let keys: KeyTree
  private let columns: [String]

  init(columns: [String]) {
    self.columns = columns
    keys = KeyTree(columns: columns)
  }

  /// Reads the object at the reader into the cells, which the caller has cleared.
  @inline(__always)
  func read(_ reader: inout JSONReader, into cells: CellRow) throws {
    try read(&reader, into: cells, node: keys.nodes[0])
  }

  private func read(
    _ reader: inout JSONReader, into cells: CellRow, node: UnsafeBufferPointer<KeyTree.Entry>
  ) throws {
    try reader.enterObject()
    while let key = try reader.nextKey() {
      guard let entry = JSONRowMatcher.find(key, in: node) else {
        try reader.skipValue()
        continue
      }
      if entry.child >= 0, try reader.peek() == .object {
        try read(&reader, into: cells, node: keys.nodes[entry.child])
      } else if entry.slot >= 0 {
        if cells[entry.slot].kind != .absent { throw duplicate(reader, key, entry.slot) }
        cells[entry.slot] = try JSONRowMatcher.readCell(&reader)
      } else {
        try reader.skipValue()
      }
    }
  }

  @inline(__always)
  private static func find(
    _ key: BorrowedText, in entries: UnsafeBufferPointer<KeyTree.Entry>
  ) -> KeyTree.Entry? {
    for entry in entries where entry.key.count == key.bytes.count {
      if key.equals(entry.key) { return entry }
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
      let text = UnsafeRawBufferPointer(start: start, count: reader.cursor - start)
      return Cell(kind: .container, text: BorrowedText(text))
    }
  }

  @inline(never)
  private func duplicate(_ reader: JSONReader, _ key: BorrowedText, _ slot: Int) -> IntakeError {
    reader.error(
      at: key, problem: "the field '\(columns[slot])' occurs twice in one row", remedy: "Write each field once a row")
  }
}

/// The keys of wanted paths, level by level, in memory of their own: comparing a key must not touch a reference count.
private final class KeyTree {
  struct Entry {
    let key: UnsafeRawBufferPointer
    /// The slot of a path that ends here, else -1.
    var slot: Int
    /// The node with the keys of the object below, else -1.
    var child: Int
  }

  private(set) var nodes: [UnsafeBufferPointer<Entry>] = []
  private var building: [[Entry]] = [[]]
  private var allocations: [UnsafeMutableRawPointer] = []

  init(columns: [String]) {
    for (slot, path) in columns.enumerated() { add(path[...], slot: slot, node: 0) }
    for entries in building {
      let memory = UnsafeMutableBufferPointer<Entry>.allocate(capacity: max(entries.count, 1))
      _ = memory.initialize(from: entries)
      nodes.append(UnsafeBufferPointer(rebasing: memory[..<entries.count]))
      if let base = memory.baseAddress { allocations.append(UnsafeMutableRawPointer(base)) }
    }
  }

  deinit {
    for memory in allocations { memory.deallocate() }
  }

  private func add(_ path: Substring, slot: Int, node: Int) {
    let whole = entry(for: path, node: node)
    building[node][whole].slot = slot
    for dot in path.indices where path[dot] == "." {
      let rest = path[path.index(after: dot)...]
      if rest.isEmpty || dot == path.startIndex { continue }
      let index = entry(for: path[..<dot], node: node)
      if building[node][index].child < 0 {
        building[node][index].child = building.count
        building.append([])
      }
      add(rest, slot: slot, node: building[node][index].child)
    }
  }

  private func entry(for key: Substring, node: Int) -> Int {
    let bytes = Array(key.utf8)
    let known = bytes.withUnsafeBytes { wanted in
      building[node].firstIndex { BorrowedText($0.key).equals(wanted) }
    }
    if let known { return known }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
    memory.copyBytes(from: bytes)
    if let base = memory.baseAddress { allocations.append(base) }
    let text = UnsafeRawBufferPointer(rebasing: memory[..<bytes.count])
    building[node].append(Entry(key: text, slot: -1, child: -1))
    return building[node].count - 1
  }
}
