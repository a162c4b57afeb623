import Records

/// What identifies a test of promptfoo: its variables and its assertions.
///
/// Neither its place nor its description does: `--repeat` gives every repeat a place of its own, and descriptions are
/// edited. The name that people see is made of the same things as the identity, for the same reason.
struct PromptfooItem {
  private(set) var variables = JSONDigest.none
  private(set) var assertions = JSONDigest.none
  /// The variable that the item is named after.
  private var label: BorrowedText?
  private var labelKey: BorrowedText?
  private var labelRank = Int.max
  /// Whether a test without variables and assertions would have nothing that identifies it.
  private(set) var isEmpty = true

  /// Variables that usually hold the question, the most telling first.
  private static let tellingNames: [StaticString] = [
    "question", "input", "query", "prompt", "task", "problem", "message", "text", "user_input", "name", "id",
  ]

  init() {}

  /// Takes the variables, an object from name to value.
  /// - Parameter note: is told of every variable that has a single spelling.
  mutating func readVariables(
    _ reader: inout JSONReader, note: (_ name: BorrowedText, _ value: BorrowedText) -> Void
  ) throws {
    guard try reader.peek() == .object else {
      variables = try JSONDigest(&reader)
      return
    }
    var names = reader
    variables = try JSONDigest(&reader)
    (label, labelKey, labelRank) = (nil, nil, Int.max)
    try names.enterObject()
    while let name = try names.nextKey() {
      isEmpty = false
      let kind = try names.peek()
      guard kind == .string || kind == .number || kind == .boolean, let value = try names.readLabel("a variable") else {
        try names.skipValue()
        continue
      }
      note(name, value)
      consider(name, value)
    }
  }

  /// Takes over the variables of another item, and the name with them.
  mutating func takeVariables(_ other: PromptfooItem) {
    variables = other.variables
    label = other.label
    isEmpty = isEmpty && other.isEmpty
  }

  /// Takes the values of a table's row, whose tests were not kept.
  mutating func readColumns(_ reader: inout JSONReader) throws {
    var values = reader
    variables = try JSONDigest(&reader)
    guard try values.enterArrayIfAny() else { return }
    while try values.nextElement() {
      isEmpty = false
      if label == nil, try values.peek() == .string { label = try values.readString() } else { try values.skipValue() }
    }
  }

  mutating func readAssertions(_ reader: inout JSONReader) throws {
    var ahead = reader
    assertions = try JSONDigest(&reader)
    if try ahead.enterArrayIfAny(), try ahead.nextElement() { isEmpty = false }
  }

  /// Prefers a telling name, then the smallest: the order of variables may differ between two files.
  private mutating func consider(_ name: BorrowedText, _ value: BorrowedText) {
    let rank = Self.tellingNames.firstIndex { name.equals($0) } ?? Self.tellingNames.count
    if rank < labelRank || rank == labelRank && labelKey.map({ compareBytes(name.bytes, $0.bytes) < 0 }) ?? true {
      (label, labelKey, labelRank) = (value, name, rank)
    }
  }

  /// Writes the item's name: the start of the variable, then the digest that makes it unique.
  func write(to bytes: inout [UInt8]) {
    bytes.removeAll(keepingCapacity: true)
    if let label { appendLine(label, limit: 60, to: &bytes) }
    if !bytes.isEmpty { bytes.append(UInt8(ascii: " ")) }
    bytes.append(UInt8(ascii: "#"))
    JSONDigest(variables, assertions, kind: 8).appendDigits(to: &bytes)
  }
}

/// Appends a text as one line of at most `limit` characters: white space and control characters become single spaces.
func appendLine(_ text: BorrowedText, limit: Int, to bytes: inout [UInt8]) {
  var written = 0
  var needsSpace = false
  let start = bytes.count
  for (index, byte) in text.bytes.enumerated() {
    if byte <= 0x20 || byte == 0x7F {
      needsSpace = bytes.count > start
      continue
    }
    if byte & 0xC0 != 0x80 {
      if written + (needsSpace ? 1 : 0) >= limit {
        // The last bytes of a text may be white space only, which would not have been written.
        if text.bytes[index...].contains(where: { $0 > 0x20 }) { bytes += "…".utf8 }
        return
      }
      if needsSpace {
        bytes.append(UInt8(ascii: " "))
        written += 1
        needsSpace = false
      }
      written += 1
    }
    bytes.append(byte)
  }
}
