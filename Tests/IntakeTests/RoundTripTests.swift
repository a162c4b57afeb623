import SeededRandom
import Records
import Testing

@testable import Intake

/// A document as a tree, to compare what was written with what was read.
private indirect enum Document: Equatable {
  case null, bool(Bool), number(Double), text(String), list([Document]), object([(String, Document)])

  static func == (left: Document, right: Document) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a.bitPattern == b.bitPattern
    case (.text(let a), .text(let b)): Array(a.utf8) == Array(b.utf8)
    case (.list(let a), .list(let b)): a == b
    case (.object(let a), .object(let b)):
      a.count == b.count && zip(a, b).allSatisfy { Array($0.0.utf8) == Array($1.0.utf8) && $0.1 == $1.1 }
    default: false
    }
  }

  static func random(_ generator: inout SplitMix, depth: Int) -> Document {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &generator) {
    case 0: .null
    case 1: .bool(Bool.random(using: &generator))
    case 2: .number(randomNumber(&generator))
    case 3: .number(Double(Int.random(in: -1000...1000, using: &generator)))
    case 4, 5: .text(randomText(&generator))
    case 6: .list((0..<Int.random(in: 0...4, using: &generator)).map { _ in random(&generator, depth: depth - 1) })
    default:
      .object(
        (0..<Int.random(in: 0...4, using: &generator)).map { _ in
          (randomText(&generator), random(&generator, depth: depth - 1))
        })
    }
  }

  /// Any finite double, by its bits.
  static func randomNumber(_ generator: inout SplitMix) -> Double {
    while true {
      let value = Double(bitPattern: generator.next())
      if value.isFinite { return value }
    }
  }

  static func randomText(_ generator: inout SplitMix) -> String {
    let alphabet: [Unicode.Scalar] = [
      "a", "b", "Z", "7", " ", ",", "\"", "\\", "/", "\n", "\t", "\u{1}", "é", "日", "😀", "\u{7F}",
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...40, using: &generator) {
      // Mostly plain, so that runs of eight plain bytes occur.
      let isPlain = Int.random(in: 0..<4, using: &generator) > 0
      text.append(isPlain ? "x" : alphabet.randomElement(using: &generator) ?? "y")
    }
    return String(text)
  }

  func write(to text: inout String, _ generator: inout SplitMix) {
    let spaces = ["", "", "", " ", "\n", "\t\r\n "]
    text += spaces.randomElement(using: &generator) ?? ""
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .number(let value): text += "\(value)".hasSuffix(".0") ? String("\(value)".dropLast(2)) : "\(value)"
    case .text(let value): Document.write(value, to: &text, &generator)
    case .list(let items):
      text += "["
      for (index, item) in items.enumerated() {
        if index > 0 { text += "," }
        item.write(to: &text, &generator)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += "," }
        Document.write(member.0, to: &text, &generator)
        text += ":"
        member.1.write(to: &text, &generator)
      }
      text += "}"
    }
    text += spaces.randomElement(using: &generator) ?? ""
  }

  private static func write(_ value: String, to text: inout String, _ generator: inout SplitMix) {
    text += "\""
    for scalar in value.unicodeScalars {
      let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
      if mustEscape || Int.random(in: 0..<16, using: &generator) == 0 {
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16, uppercase: Bool.random(using: &generator))
          text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }

  static func read(_ reader: inout JSONReader) throws -> Document {
    switch try reader.peek() {
    case .object:
      var members: [(String, Document)] = []
      try reader.enterObject()
      while let key = try reader.nextKey() {
        let name = key.string
        members.append((name, try read(&reader)))
      }
      return .object(members)
    case .array:
      var items: [Document] = []
      try reader.enterArray()
      while try reader.nextElement() { items.append(try read(&reader)) }
      return .list(items)
    case .string: return .text(try reader.readString().string)
    case .number: return .number(try reader.readNumber() ?? .nan)
    case .boolean: return .bool(try reader.readBool())
    case .null, .end:
      try reader.readNull()
      return .null
    }
  }
}

@Suite struct RoundTripTests {
  @Test func randomDocumentsComeBack() throws {
    var generator = SplitMix(seed: 1)
    for _ in 0..<2000 {
      let document = Document.random(&generator, depth: 5)
      var text = ""
      document.write(to: &text, &generator)
      let (read, isAtEnd) = try reading(text) { (try Document.read(&$0), $0.isAtEnd) }
      #expect(read == document, "\(text)")
      #expect(isAtEnd)
      #expect(faultOfSkipping(text) == nil)
    }
  }

  /// No proper prefix of a container is a document: whatever is cut off is noticed.
  @Test func everyTruncationIsAnError() {
    var generator = SplitMix(seed: 2)
    for _ in 0..<60 {
      var text = ""
      Document.list([Document.random(&generator, depth: 3)]).write(to: &text, &generator)
      let bytes = Array(text.utf8)
      guard let last = bytes.lastIndex(of: UInt8(ascii: "]")) else { continue }
      for length in 0..<last { #expect(faultOfSkipping(Array(bytes[..<length])) != nil) }
    }
  }

  /// Changed bytes make an error or another document, never a crash.
  @Test func mutationsNeverCrash() {
    var generator = SplitMix(seed: 3)
    var faults = 0
    for _ in 0..<300 {
      var text = ""
      Document.list([Document.random(&generator, depth: 4)]).write(to: &text, &generator)
      for _ in 0..<20 {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        let document = try? reading(bytes) { reader in
          let document = try Document.read(&reader)
          try reader.expectEnd()
          return document
        }
        if document == nil { faults += 1 }
      }
    }
    #expect(faults > 3000)
  }

  @Test func randomTablesComeBack() throws {
    var generator = SplitMix(seed: 4)
    let delimiters: [Character] = [",", "\t", ";", "|"]
    for _ in 0..<100 {
      let delimiter = delimiters.randomElement(using: &generator) ?? ","
      let lineEnd = Bool.random(using: &generator) ? "\n" : "\r\n"
      var text = ["item_id", "score", "note"].joined(separator: String(delimiter)) + lineEnd
      var expected: [CollectedRow] = []
      for row in 0..<Int.random(in: 1...80, using: &generator) {
        let item = "q\(row)" + Document.randomText(&generator)
        let note = Document.randomText(&generator)
        let score = Bool.random(using: &generator) ? nil : Double.random(in: -5...5, using: &generator)
        let fields = [
          quoted(item, delimiter, &generator), score.map { "\($0)" } ?? "", quoted(note, delimiter, &generator),
        ]
        text += fields.joined(separator: String(delimiter)) + lineEnd
        expected.append(CollectedRow(item: item, score: score, slices: [note.isEmpty ? nil : note]))
      }
      let result = try collect(text) {
        $0.item = "item_id"
        $0.scores = ["score"]
        $0.slices = ["note"]
      }
      #expect(result.rows == expected)
    }
  }

  private func quoted(_ text: String, _ delimiter: Character, _ generator: inout SplitMix) -> String {
    let needsQuotes = text.unicodeScalars.contains {
      $0 == "\"" || $0 == "\n" || $0 == "\r" || Character($0) == delimiter
    }
    if !needsQuotes, Bool.random(using: &generator) { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
