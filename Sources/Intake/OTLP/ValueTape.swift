import Records

/// One value of a `ValueTape`: a scalar, or the head of a list or a map whose parts follow it.
struct ValueNode {
  enum Kind: UInt8 {
    case null, boolean, integer, real, text, bytes, list, map
  }

  var kind: Kind
  /// The key in the map that the value is a member of; empty for elements of lists.
  var key: BorrowedText
  /// The text, the raw bytes, or the spelling of a number that JSON wrote.
  var text: BorrowedText
  /// An integer, the bits of a real, 1 for true.
  var word: Int64
  /// The place behind the value and all of its parts.
  var next: Int

  static var noText: BorrowedText { BorrowedText(UnsafeRawBufferPointer(start: nil, count: 0)) }

  init(_ kind: Kind, key: BorrowedText = ValueNode.noText) {
    self.kind = kind
    self.key = key
    text = ValueNode.noText
    word = 0
    next = 0
  }

  var real: Double { Double(bitPattern: UInt64(bitPattern: word)) }
}

/// Attribute values of any depth in one flat memory, in document order: a list or a map is followed by its parts, and each
/// value knows where the next one begins.
///
/// Both encodings of OTLP, and texts that hold JSON, are read into tapes, so that whoever reads attributes knows only this
/// form. Texts are borrowed from the input, or from the tape's arena if they had to be unescaped; both must outlive the use.
/// The memory is kept from one span to the next: reading allocates nothing once it is warm.
final class ValueTape {
  private var nodes: UnsafeMutablePointer<ValueNode>
  private var capacity = 64
  private(set) var count = 0
  /// Where texts of this tape lie that the input does not have as they are.
  let arena = TextArena()

  init() {
    nodes = .allocate(capacity: capacity)
  }

  deinit { nodes.deallocate() }

  @inline(__always)
  subscript(place: Int) -> ValueNode {
    get { nodes[place] }
    set { nodes[place] = newValue }
  }

  /// Forgets all values, and the texts of the arena.
  @inline(__always)
  func removeAll() {
    count = 0
    if !arena.isEmpty { arena.removeAll() }
  }

  /// Forgets the values from a place on.
  @inline(__always)
  func cut(to place: Int) { count = place }

  /// Appends a value that has no parts yet, and returns its place.
  @inline(__always)
  @discardableResult
  func append(_ node: ValueNode) -> Int {
    if count == capacity { grow() }
    nodes[count] = node
    nodes[count].next = count + 1
    count += 1
    return count - 1
  }

  /// Says that all that was appended since `place` is part of the value there.
  @inline(__always)
  func close(_ place: Int) { nodes[place].next = count }

  @inline(__always)
  func setKey(_ key: BorrowedText, of place: Int) { nodes[place].key = key }

  @inline(never)
  private func grow() {
    let larger = UnsafeMutablePointer<ValueNode>.allocate(capacity: capacity * 2)
    larger.update(from: nodes, count: count)
    nodes.deallocate()
    nodes = larger
    capacity *= 2
  }

  /// A copy of a text that lives as long as the values of this tape.
  func keep(_ text: BorrowedText) -> BorrowedText {
    guard let start = text.bytes.baseAddress else { return text }
    let copy = arena.allocate(text.bytes.count)
    UnsafeMutableRawPointer(copy).copyMemory(from: start, byteCount: text.bytes.count)
    return BorrowedText(UnsafeRawBufferPointer(start: copy, count: text.bytes.count))
  }

  /// Appends a copy of a value of another tape with all of its parts; texts stay where they are.
  @discardableResult
  func append(copyOf other: ValueTape, _ place: Int) -> Int {
    let shift = count - place
    for part in place..<other[place].next {
      append(other[part])
      nodes[count - 1].next = other[part].next + shift
    }
    return place + shift
  }

  /// The place of a member of a map; the last one, if the key is repeated.
  func member(_ key: StaticString, of place: Int) -> Int? {
    guard nodes[place].kind == .map else { return nil }
    var found: Int?
    var part = place + 1
    while part < nodes[place].next {
      if nodes[part].key.equals(key) { found = part }
      part = nodes[part].next
    }
    return found
  }
}

extension ValueTape {
  /// How deep the JSON in a text may nest to be read as JSON; deeper, it stays text.
  static let maximumDepth = 64

  /// Appends the value that a text holds as JSON; nil, with nothing appended, if it is not JSON.
  func append(json text: BorrowedText) -> Int? {
    var reader = JSONReader(bytes: text.bytes, name: "", arena: arena)
    let before = count
    do {
      let place = try append(&reader, key: ValueNode.noText, depth: 0)
      if reader.isAtEnd { return place }
    } catch {}
    cut(to: before)
    return nil
  }

  private struct TooDeep: Error {}

  private func append(_ reader: inout JSONReader, key: BorrowedText, depth: Int) throws -> Int {
    guard depth < ValueTape.maximumDepth else { throw TooDeep() }
    var node = ValueNode(.null, key: key)
    switch try reader.peek() {
    case .null: try reader.readNull()
    case .boolean:
      node.kind = .boolean
      node.word = try reader.readBool() ? 1 : 0
    case .string:
      node.kind = .text
      node.text = try reader.readString()
    case .number: try ValueTape.readNumber(&reader, into: &node)
    case .array:
      node.kind = .list
      let place = append(node)
      try reader.enterArray()
      while try reader.nextElement() { _ = try append(&reader, key: ValueNode.noText, depth: depth + 1) }
      close(place)
      return place
    case .object:
      node.kind = .map
      let place = append(node)
      try reader.enterObject()
      while let key = try reader.nextKey() { _ = try append(&reader, key: key, depth: depth + 1) }
      close(place)
      return place
    case .end: throw reader.unexpected("a value")
    }
    return append(node)
  }

  /// Whole numbers that fit 64 bits are integers, all others reals; `NaN` and infinities as well.
  static func readNumber(_ reader: inout JSONReader, into node: inout ValueNode) throws {
    let number = try reader.readNumberToken()
    node.text = number.text
    if let whole = plainInteger(number.text.bytes) {
      node.kind = .integer
      node.word = whole
      return
    }
    node.kind = .real
    let bytes = number.text.bytes
    let special: Double =
      bytes.first == UInt8(ascii: "N") ? .nan : bytes.first == UInt8(ascii: "-") ? -.infinity : .infinity
    node.word = Int64(bitPattern: (number.value ?? special).bitPattern)
  }

  /// The value of `-?digits`; nil for anything else and beyond 64 bits.
  static func plainInteger(_ text: UnsafeRawBufferPointer) -> Int64? {
    for (place, byte) in text.enumerated() where byte &- UInt8(ascii: "0") >= 10 {
      guard place == 0, byte == UInt8(ascii: "-") else { return nil }
    }
    return NumberText.whole(text)
  }
}
