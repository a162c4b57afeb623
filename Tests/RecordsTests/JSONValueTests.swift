import SeededRandom
import Records
import Testing

@Suite struct JSONValueTests {
  /// RFC 8785, appendix B: the bits of a number and its text; nil is an error.
  @Test(
    arguments: [
      (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
      (0x8000_0000_0000_0001, "-5e-324"), (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
      (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
      (0xc340_0000_0000_0000, "-9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
      (0x7fff_ffff_ffff_ffff, nil), (0x7ff0_0000_0000_0000, nil), (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
      (0x44b5_2d02_c7e1_4af6, "1e+23"), (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
      (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"), (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
      (0x444b_1ae4_d6e2_ef50, "1e+21"), (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
      (0x3eb0_c6f7_a0b5_ed8d, "0.000001"), (0x41b3_de43_5555_5553, "333333333.3333332"),
      (0x41b3_de43_5555_5554, "333333333.33333325"), (0x41b3_de43_5555_5555, "333333333.3333333"),
      (0x41b3_de43_5555_5556, "333333333.3333334"), (0x41b3_de43_5555_5557, "333333333.33333343"),
      (0xbecb_f647_612f_3696, "-0.0000033333333333333333"), (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ] as [(UInt64, String?)])
  func printsNumbersAsECMAScript(bits: UInt64, text: String?) {
    #expect((try? JSONValue.number(Double(bitPattern: bits)).canonical()) == text)
  }

  /// RFC 8785, sections 3.2.2 and 3.2.3.
  @Test func isCanonicalAsTheExamplesOfTheRFC() throws {
    let sample = """
      {"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
       "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/", "literals": [null, true, false]}
      """
    #expect(
      try JSONValue(parsing: sample).canonical()
        == #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
        + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#)
    let keys = #"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#
    let sorted = "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}"
    #expect(try JSONValue(parsing: keys).canonical() == sorted)
    #expect(try JSONValue(parsing: sorted).canonical() == sorted)
  }

  @Test func integersAndNumbersHaveOneText() throws {
    #expect(try JSONValue(parsing: "[1, 1.0, 1e0, -0, -0.0, 100]").canonical() == "[1,1,1,0,0,100]")
    #expect(try JSONValue(parsing: "9007199254740991") == .integer(9_007_199_254_740_991))
    #expect(try JSONValue(parsing: "9007199254740991").canonical() == "9007199254740991")
    #expect(throws: JSONValue.Unrepresentable.self) { try JSONValue.integer(9_007_199_254_740_992).canonical() }
    #expect(try JSONValue.integer(.min).rendered() == "-9223372036854775808")
    #expect(try JSONValue(parsing: "92233720368547758070") == .number(0x1p63 * 10))
  }

  @Test(arguments: [
    ("", 0), (" ", 1), ("nul", 0), ("truex", 4), ("[1,]", 3), ("[1 2]", 3), ("{\"a\":1,}", 7), ("{a:1}", 1),
    ("{\"a\" 1}", 5),
    ("01", 0), ("-", 1), ("1.", 2), ("1e", 2), (".5", 0), ("+1", 0), ("1e999", 0), ("NaN", 0), ("Infinity", 0),
    ("\"a", 2), ("\"\n\"", 1), ("\"\\x\"", 1), ("\"\\u12\"", 3), ("\"\\ud800\"", 1), ("\"\\udc00\"", 1),
    ("\"\\ud800\\u0041\"", 1), ("{\"a\":1,\"a\":2}", 7), ("[] []", 3), ("\u{feff}1", 0), ("'a'", 0), ("[1", 2),
    ("// x\n1", 0), ("\"\\ud800\\n\"", 1), ("1\u{0}", 1), ("-01", 1),
  ])
  func isRefusedAtItsPlace(text: String, offset: Int) {
    do {
      let value = try JSONValue(parsing: text)
      Issue.record("read as \(value)")
    } catch {
      #expect(error.offset == offset, "\(error)")
    }
  }

  @Test func bytesMustBeUTF8() {
    let error = #expect(throws: JSONValue.Malformed.self) {
      try JSONValue(parsing: [0x22, 0xC3, 0xA9, 0xFF, 0x22] as [UInt8])
    }
    #expect(error?.description == "byte 3: invalid UTF-8")
    #expect((try? JSONValue(parsing: Array("{\"é\":[]}".utf8))) == ["é": []])
  }

  @Test func nestingIsLimited() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSONValue(parsing: nested(128))
    #expect(throws: JSONValue.Malformed.self) { try JSONValue(parsing: nested(130)) }
    #expect(throws: JSONValue.Malformed.self) { try JSONValue(parsing: nested(1_000_000)) }
  }

  @Test func objectsKeepTheirOrder() throws {
    var object = JSONObject()
    object["b"] = 1
    object["a"] = [nil, true, 0.5]
    object["c"] = "x"
    object["b"] = [:]
    object["c"] = nil
    #expect(object.members.map(\.key) == ["b", "a"])
    #expect(
      try JSONValue.object(object).rendered() == """
        {
          "b": {},
          "a": [
            null,
            true,
            0.5
          ]
        }
        """)
    #expect(JSONValue.object(object)["a"] == [nil, true, 0.5])
    #expect(JSONValue.object(object)["z"] == nil && JSONValue.null["a"] == nil)
  }

  @Test func randomDocumentsComeBack() throws {
    var generator = SplitMix(seed: 3)
    for _ in 0..<3_000 {
      let value = randomValue(depth: 0, &generator)
      #expect(try JSONValue(parsing: value.rendered()).canonical() == value.canonical())
      #expect(try JSONValue(parsing: value.canonical()).canonical() == value.canonical())
    }
  }

  @Test func randomDoublesComeBack() throws {
    var generator = SplitMix(seed: 4)
    for _ in 0..<50_000 {
      let number = Double(bitPattern: generator.next())
      guard number.isFinite else { continue }
      #expect(Double(try JSONValue.number(number).canonical()) == number)
    }
  }

  @Test func randomTextNeverCrashes() {
    var generator = SplitMix(seed: 5)
    let pieces = [
      "{", "}", "[", "]", ",", ":", "\"a\"", "1", "-0.5e3", "null", "tr", "\\u", "\"", " ", "\u{1F600}", "\0",
    ]
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0..<12, using: &generator)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &generator)]
      }.joined()
      if let value = try? JSONValue(parsing: text), let again = try? value.rendered() {
        #expect((try? JSONValue(parsing: again).rendered()) == again)
      }
    }
  }

  private func randomValue(depth: Int, _ generator: inout SplitMix) -> JSONValue {
    switch Int.random(in: 0..<(depth < 4 ? 7 : 5), using: &generator) {
    case 0: return .null
    case 1: return .bool(.random(using: &generator))
    case 2: return .integer(.random(in: -9_007_199_254_740_991...9_007_199_254_740_991, using: &generator))
    case 3: return .number(Double.random(in: -1e9...1e9, using: &generator))
    case 4: return .string(randomText(&generator))
    case 5: return .array((0..<3).map { _ in randomValue(depth: depth + 1, &generator) })
    default:
      var object = JSONObject()
      for _ in 0..<3 { object[randomText(&generator)] = randomValue(depth: depth + 1, &generator) }
      return .object(object)
    }
  }

  private func randomText(_ generator: inout SplitMix) -> String {
    let scalars = (0..<4).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0..<0x11_0000, using: &generator) >> 8) }
    return String(String.UnicodeScalarView(scalars))
  }
}
