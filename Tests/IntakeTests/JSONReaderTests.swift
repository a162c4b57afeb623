import Records
import Testing

@testable import Intake

/// Runs a body over a text in memory.
func reading<Result>(_ text: String, _ body: (inout JSONReader) throws -> Result) throws -> Result {
  try reading(Array(text.utf8), body)
}

func reading<Result>(_ bytes: [UInt8], _ body: (inout JSONReader) throws -> Result) throws -> Result {
  try bytes.withUnsafeBytes { buffer in
    var reader = JSONReader(bytes: buffer, name: "test.json")
    return try body(&reader)
  }
}

/// Skips the one value of a text, which must be all of it, and returns the error that this makes.
func faultOfSkipping(_ bytes: [UInt8]) -> IntakeError? {
  do {
    try reading(bytes) { reader in
      try reader.skipValue()
      let isAtEnd = reader.isAtEnd
      #expect(isAtEnd)
    }
    return nil
  } catch let error as IntakeError {
    return error
  } catch {
    Issue.record(error)
    return nil
  }
}

func faultOfSkipping(_ text: String) -> IntakeError? { faultOfSkipping(Array(text.utf8)) }

@Suite struct JSONReaderTests {
  @Test func readsAnObject() throws {
    let text = #" { "item" : "q1" , "score":0.25,"ok":true,"gone":null,"list":[1,[],{}] } "#
    try reading(text) { reader in
      try reader.enterObject()
      #expect(try reader.nextKey()?.string == "item")
      #expect(try reader.readString().string == "q1")
      #expect(try reader.nextKey()?.string == "score")
      #expect(try reader.readNumber() == 0.25)
      #expect(try reader.nextKey()?.string == "ok")
      #expect(try reader.readBool())
      #expect(try reader.nextKey()?.string == "gone")
      #expect(try reader.peek() == .null)
      try reader.readNull()
      #expect(try reader.nextKey()?.string == "list")
      try reader.enterArray()
      var count = 0
      while try reader.nextElement() {
        try reader.skipValue()
        count += 1
      }
      #expect(count == 3)
      #expect(try reader.nextKey() == nil)
      #expect(try reader.peek() == .end)
    }
  }

  @Test func borrowsPlainTextAndUnescapesTheRest() throws {
    try reading(#"["Bücher","\u00fc\n\"\\\/\b\f\r\t","\ud83d\ude00 ok"]"#) { reader in
      try reader.enterArray()
      _ = try reader.nextElement()
      let plain = try reader.readString()
      _ = try reader.nextElement()
      let escaped = try reader.readString()
      _ = try reader.nextElement()
      let pair = try reader.readString()
      #expect(plain.string == "Bücher")
      #expect(escaped.string == "ü\n\"\\/\u{8}\u{C}\r\t")
      #expect(pair.string == "😀 ok")
    }
  }

  @Test(arguments: [
    ("0", 0), ("-0", -0.0), ("12", 12), ("0.1", 0.1), ("1e3", 1000), ("1E-2", 0.01), ("1.5e+2", 150),
    ("0.30000000000000004", 0.30000000000000004), ("9007199254740993", 9007199254740992),
    ("123456789012345678901234567890", 1.2345678901234568e29), ("1e-400", 0), ("5e-324", .leastNonzeroMagnitude),
    ("0.000000000000000000000000000001", 1e-30), ("2.2250738585072014e-308", .leastNormalMagnitude),
  ])
  func readsNumbersExactly(text: String, value: Double) throws {
    let read = try reading(text) { try $0.readNumber() }
    #expect(read == value)
    #expect(read?.sign == value.sign)
  }

  @Test(arguments: ["NaN", "Infinity", "-Infinity"])
  func readsPythonsNumbersWithoutValue(text: String) throws {
    #expect(try reading(text) { try $0.readNumber() } == nil)
  }

  @Test(arguments: [
    ("{\"a\":1\n \"b\":2}", "test.json:2:2: expected ',' or '}' after a value, found '\"'."),
    (
      "{\"a\":1",
      "test.json:1:7: expected ',' or '}' after a value, found end of file. "
        + "The file is cut off: write or copy it again."
    ),
    ("[1,]", "test.json:1:4: a comma is followed by the end of its list. Remove the comma."),
    ("[1 2]", "test.json:1:4: expected ',' or ']' after a value, found '2'."),
    ("{\"a\" 1}", "test.json:1:6: expected ':' after a key, found '1'."),
    ("{a:1}", "test.json:1:2: expected a key in double quotes, found 'a'."),
    ("{'a':1}", "test.json:1:2: expected a key in double quotes, found '''."),
    ("[01]", "test.json:1:2: a number starts with a zero. Remove the zero, or quote an identifier."),
    ("[1.]", "test.json:1:4: expected a digit after the decimal point, found ']'."),
    ("[1e]", "test.json:1:4: expected a digit in the exponent, found ']'."),
    ("[+1]", "test.json:1:2: expected a value, found '+'."),
    ("[-]", "test.json:1:3: expected a number, found ']'."),
    ("[.5]", "test.json:1:2: expected a value, found '.'."),
    ("[tru]", "test.json:1:2: expected true or false, found 't'."),
    ("[truely]", "test.json:1:2: expected true or false, found 't'."),
    ("[nul]", "test.json:1:2: expected null, found 'n'."),
    ("[\u{FC}]", "test.json:1:2: expected a value, found 'ü'."),
    ("[\"ü\",?]", "test.json:1:6: expected a value, found '?'."),
    ("[\"\\x\"]", "test.json:1:3: invalid escape in a string. Write '\\\\' for a backslash."),
    (
      "[\"\\u12g4\"]",
      "test.json:1:3: '\\u' is not followed by four hexadecimal digits. Write '\\\\u' for a backslash."
    ),
    (
      "[\"a\nb\"]",
      "test.json:1:4: an unescaped control character in a string: end of line. "
        + "Write it as an escape such as '\\n', or close the string before it."
    ),
    ("", "test.json:1:1: expected a value, found end of file. The file is cut off: write or copy it again."),
    ("[\"abc", "test.json:1:2: a string has no end, found end of file. The file is cut off: write or copy it again."),
  ])
  func namesThePlaceOfAFault(text: String, expected: String) {
    #expect(faultOfSkipping(text)?.description == expected)
  }

  @Test(arguments: [
    [0xFF], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
    [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0x80], [0xC3, 0x28],
  ])
  func refusesWhatIsNotUTF8(sequence: [UInt8]) throws {
    let quote = [UInt8(ascii: "\"")]
    let fault = try #require(faultOfSkipping(quote + Array("abcdefghijk".utf8) + sequence + quote))
    #expect(fault.column == 13)
    #expect(fault.problem.hasPrefix("not UTF-8"))
  }

  @Test func refusesNULBytes() {
    #expect(faultOfSkipping([0x22, 0x61, 0, 0x22])?.problem.contains("byte 0x00") == true)
    #expect(faultOfSkipping([0x5B, 0, 0x5D])?.problem == "expected a value, found byte 0x00")
  }

  @Test func limitsDepth() {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(faultOfSkipping(nested(JSONReader.maximumDepth)) == nil)
    #expect(faultOfSkipping(nested(JSONReader.maximumDepth + 1))?.problem == "nested deeper than 512 levels")
    #expect(faultOfSkipping(String(repeating: "{\"a\":", count: 100_000))?.problem == "nested deeper than 512 levels")
  }

  @Test func loneSurrogatesPassWhenSkippedAndFailWhenRead() throws {
    #expect(faultOfSkipping(#"["\ud800","\udc00x","\ud800A"]"#) == nil)
    for text in [#""\ud800""#, #""\udc00x""#, #""\ud800A""#, #""\ud800\n12345678""#] {
      #expect(throws: IntakeError.self) { try reading(text) { _ = try $0.readString() } }
    }
  }

  @Test func refusesNumbersBeyondADouble() throws {
    #expect(throws: IntakeError.self) { try reading("1e999") { _ = try $0.readNumber() } }
    #expect(faultOfSkipping("1e999") == nil)
    let long = String(repeating: "9", count: 100_000)
    #expect(throws: IntakeError.self) { try reading(long) { _ = try $0.readNumber() } }
    #expect(faultOfSkipping(long) == nil)
  }

  @Test func skipsAByteOrderMark() throws {
    try reading([0xEF, 0xBB, 0xBF, 0x31, 0x20, 0x3F]) { reader in
      let number = try reader.readNumber()
      #expect(number == 1)
      #expect(reader.offset == 4)
    }
    #expect(faultOfSkipping([0xEF, 0xBB, 0xBF, 0x5B, 0x3F])?.column == 2)
  }
}
