import Records

/// One line of a bill at a time, its cells by the names of their columns.
///
/// A class over reused arrays: it is filled and emptied for every line. Texts live until the next line is read.
final class BillLine {
  let input: InputText
  /// Where the line starts.
  var offset = 0
  private(set) var names: [String] = []
  private var cells: [BorrowedText] = []
  private var slots: [String: Int] = [:]
  /// Slots by the bytes of their names.
  private var order: [Int] = []
  private var content: [UInt8] = []

  init(_ input: InputText) {
    self.input = input
  }

  /// The slot of a column, which is added where it was not met before.
  func slot(adding name: String) -> Int {
    if let known = slots[name] { return known }
    let slot = names.count
    names.append(name)
    cells.append(BillLine.nothing)
    slots[name] = slot
    return slot
  }

  private static var nothing: BorrowedText { BorrowedText(UnsafeRawBufferPointer(start: nil, count: 0)) }

  func clear() {
    for slot in cells.indices { cells[slot] = BillLine.nothing }
  }

  func set(_ slot: Int, _ text: BorrowedText) { cells[slot] = text }

  /// The text of a column; nil where there is no such column, and where the cell is empty or says `NULL`, as databases
  /// write what is not there.
  func text(_ name: String) -> BorrowedText? { slots[name].flatMap(text) }

  func text(_ slot: Int) -> BorrowedText? {
    let text = cells[slot]
    return text.isEmpty || text.equals("NULL") || text.equals("null") ? nil : text
  }

  func string(_ name: String) -> String? { text(name)?.string }

  func has(_ name: String) -> Bool { slots[name] != nil }

  /// An amount in 10⁻¹² of its currency.
  func amount(_ name: String) throws -> Int128? {
    guard let text = text(name) else { return nil }
    guard let units = MoneyText.units(text.bytes) else { throw wrong(text, name, "an amount") }
    return units
  }

  func real(_ name: String) throws -> Double? {
    guard let text = text(name) else { return nil }
    guard let value = ScoreText.number(text.bytes), value.isFinite else { throw wrong(text, name, "a number") }
    return value
  }

  func time(_ name: String) throws -> Instant? {
    guard let text = text(name) else { return nil }
    guard let time = TimeText.instant(text) else { throw wrong(text, name, "a time") }
    return time
  }

  func required<Value>(_ value: Value?, _ names: String...) throws -> Value {
    if let value { return value }
    throw input.error(
      atOffset: offset, problem: "the line has no \(names.joined(separator: " or "))",
      remedy: "Export the bill with this column")
  }

  func wrong(_ text: BorrowedText, _ name: String, _ expected: String) -> IntakeError {
    input.error(
      at: text, orAtOffset: offset, problem: "\(name) is '\(text.string.prefix(40))', which is not \(expected)",
      remedy: "Check the export")
  }

  /// The digest of everything that the line says, whatever the order of its columns and however many of them are empty.
  /// O(length).
  func digest() -> SHA256Digest {
    content.removeAll(keepingCapacity: true)
    if order.count < names.count {
      order = names.indices.sorted { names[$0].utf8.lexicographicallyPrecedes(names[$1].utf8) }
    }
    for slot in order {
      guard let text = text(slot) else { continue }
      for part in [names[slot].utf8.count, text.bytes.count] {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: part).littleEndian) { content.append(contentsOf: $0) }
      }
      content.append(contentsOf: names[slot].utf8)
      content.append(contentsOf: text.bytes)
    }
    return SHA256Digest(of: content)
  }
}

/// Tells equal lines of one delivery apart.
///
/// Bills hold lines that are equal in everything, and each of them was charged: what names a line is what it says, and which
/// of its equals it is. The same delivery again gives the same names, so that nothing is counted twice.
struct BillLineNames {
  /// Lines met, by the first half of their digests' first half: two lines that share one only share their numbering, since
  /// their names hold more of the digest. 16 bytes a distinct line.
  private var counts: [UInt64: UInt32] = [:]
  /// Files of the delivery, by their content.
  private var files: [SHA256Digest: String] = [:]

  mutating func name(_ digest: SHA256Digest) -> String {
    let number = (counts[digest.words.0] ?? 0) + 1
    counts[digest.words.0] = number
    let content = String("\(digest)".prefix(32))
    return number == 1 ? content : "\(content)-\(number)"
  }

  /// The file of this delivery that holds the same bytes; nil for the first of its kind.
  mutating func twin(of source: ByteSource) -> String? {
    let digest = SHA256Digest(of: source.bytes)
    if let twin = files[digest] { return twin }
    files[digest] = source.name
    return nil
  }
}
