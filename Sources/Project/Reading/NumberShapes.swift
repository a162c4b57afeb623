import Records

extension Shape where Value == Double {
  /// A share or probability, ends included.
  public static var share: Shape { share(in: 0...1) }

  /// A share or probability within a part of 0…1.
  public static func share(in range: ClosedRange<Double>) -> Shape {
    number(
      expected: "a share from \(NumberText.plain(range.lowerBound)) to \(NumberText.plain(range.upperBound))",
      least: range.lowerBound, most: range.upperBound)
  }

  /// A probability that is neither 0 nor 1, such as a level of significance.
  public static var openShare: Shape {
    number(expected: "a share above 0 and below 1", least: 0, most: 1, isOpen: true)
  }

  /// A finite number above zero.
  public static var positive: Shape { number(expected: "a number above 0", least: 0, isOpen: true) }

  /// A finite number that is not negative.
  public static var nonNegative: Shape { number(expected: "a number that is not negative", least: 0) }

  /// Any finite number.
  public static var number: Shape { number(expected: "a number") }

  /// A number within a range, ends included.
  public static func number(in range: ClosedRange<Double>) -> Shape {
    number(
      expected: "a number from \(NumberText.plain(range.lowerBound)) to \(NumberText.plain(range.upperBound))",
      least: range.lowerBound, most: range.upperBound)
  }

  static func number(expected: String, least: Double? = nil, most: Double? = nil, isOpen: Bool = false) -> Shape {
    var schema = JSONObject(["type": "number"])
    if let least { schema[isOpen ? "exclusiveMinimum" : "minimum"] = .number(least) }
    if let most { schema[isOpen ? "exclusiveMaximum" : "maximum"] = .number(most) }
    return Shape(
      expected: expected, example: NumberText.example(least: least, most: most), schema: schema,
      parse: { text, isPlain in
        guard isPlain, let value = NumberText.number(text) else { return nil }
        if let least, isOpen ? value <= least : value < least { return nil }
        if let most, isOpen ? value >= most : value > most { return nil }
        return value
      },
      show: { .value(.number($0), literal: NumberText.plain($0)) })
  }
}

extension Shape where Value == Int {
  /// A whole number that is not negative.
  public static var count: Shape { integer(in: 0...NumberText.mostExact) }

  /// A whole number of at least this.
  public static func count(atLeast least: Int) -> Shape { integer(in: least...NumberText.mostExact) }

  /// A whole number within a range, ends included; at most ±(2⁵³ − 1), which every reader of JSON keeps exact.
  public static func integer(in range: ClosedRange<Int>) -> Shape {
    let most = range.upperBound < NumberText.mostExact ? " to \(range.upperBound)" : " or more"
    return Shape(
      expected: "a whole number, \(range.lowerBound)\(most)",
      example: "\(range.lowerBound < 30 && range.contains(30) ? 30 : range.lowerBound)",
      schema: JSONObject([
        "type": "integer", "minimum": .integer(Int64(range.lowerBound)), "maximum": .integer(Int64(range.upperBound)),
      ]),
      parse: { text, isPlain in
        guard isPlain, let value = NumberText.integer(text), range.contains(value) else { return nil }
        return value
      },
      show: { .value(.integer(Int64($0)), literal: "\($0)") })
  }
}

extension Shape where Value == Bool {
  /// `true` or `false`; the other words of YAML 1.1 (`yes`, `on`) are refused.
  public static var flag: Shape {
    Shape(
      expected: "true or false", example: "true", schema: JSONObject(["type": "boolean"]),
      parse: { text, isPlain in
        switch text {
        case "true" where isPlain, "True" where isPlain, "TRUE" where isPlain: true
        case "false" where isPlain, "False" where isPlain, "FALSE" where isPlain: false
        default: nil
        }
      },
      show: { .value(.bool($0), literal: "\($0)") })
  }
}

/// Numbers as text. YAML's own typing is not asked: it takes `010` for eight and `1_0` for ten.
enum NumberText {
  /// The largest whole number that every reader of JSON keeps exact.
  static let mostExact = 1 << 53 - 1

  /// `0.030`, `.30`, `1e-5`, `-2`: the nearest `Double`; nil for anything else and beyond the range.
  static func number(_ text: String) -> Double? {
    var rest = text.utf8[...]
    if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    let whole = digits(&rest)
    var decimals = 0
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      decimals = digits(&rest)
    }
    guard whole + decimals > 0 else { return nil }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest.removeFirst()
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
      guard digits(&rest) > 0 else { return nil }
    }
    guard rest.isEmpty, whole < 2 || !text.drop(while: { $0 == "-" }).hasPrefix("0") else { return nil }
    // Swift's own parser wants a digit before the point.
    let padded = text.hasPrefix(".") ? "0" + text : text.hasPrefix("-.") ? "-0" + text.dropFirst() : text
    return Double(padded).flatMap { $0.isFinite ? $0 : nil }
  }

  /// `30`, `-2`; nil for anything else, also `030`, `3e1`, `30.0`, and beyond ±(2⁵³ − 1).
  static func integer(_ text: String) -> Int? {
    var rest = text.utf8[...]
    if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    let leadsWithZero = rest.first == UInt8(ascii: "0")
    let count = digits(&rest)
    guard count > 0, rest.isEmpty, count == 1 || !leadsWithZero else { return nil }
    return Int(text).flatMap { $0.magnitude <= UInt(mostExact) ? $0 : nil }
  }

  private static func digits(_ rest: inout Substring.UTF8View) -> Int {
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    rest = rest[digits.endIndex...]
    return digits.count
  }

  /// As JSON prints it: `0.05`, `3`, `1e-7`.
  static func plain(_ value: Double) -> String {
    (try? JSONValue.number(value).canonical()) ?? "\(value)"
  }

  /// A number within the bounds that looks like one that somebody would write.
  static func example(least: Double?, most: Double?) -> String {
    for candidate in [0.05, 0.95, 1, 10, 100]
    where candidate >= (least ?? -.infinity) && candidate <= (most ?? .infinity) {
      return plain(candidate)
    }
    return plain(least ?? most ?? 0)
  }
}
