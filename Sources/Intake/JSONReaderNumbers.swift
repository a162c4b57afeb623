public import Records

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A number as it is written and what it is worth.
public struct JSONNumber {
  /// As written, for example `1.50`; identifiers compare by it.
  public let text: BorrowedText
  /// The nearest double; nil for NaN and infinities; infinite when it is too large for a double.
  public let value: Double?
}

extension JSONReader {
  /// Reads a number; nil for `NaN`, `Infinity` and `-Infinity`.
  /// - Throws: `IntakeError` also when it is too large for a double.
  @inline(__always)
  public mutating func readNumber() throws -> Double? {
    let number = try readNumberToken()
    if let value = number.value, value.isInfinite { throw tooLarge(number.text) }
    return number.value
  }

  /// Reads a number with its spelling.
  @inline(__always)
  public mutating func readNumberToken() throws -> JSONNumber {
    let scan = try scanNumber()
    let text = BorrowedText(UnsafeRawBufferPointer(start: scan.start, count: cursor - scan.start))
    guard scan.isFinite else { return JSONNumber(text: text, value: nil) }
    if let value = DecimalNumber.exact(digits: scan.digits, exponent: scan.exponent, isNegative: scan.isNegative) {
      return JSONNumber(text: text, value: value)
    }
    return JSONNumber(text: text, value: DecimalNumber.nearest(to: text.bytes))
  }

  /// Reads a number as it is written, for identifiers.
  @inline(__always)
  public mutating func readNumberText() throws -> BorrowedText {
    let scan = try scanNumber()
    return BorrowedText(UnsafeRawBufferPointer(start: scan.start, count: cursor - scan.start))
  }

  struct NumberScan {
    let start: UnsafePointer<UInt8>
    var isNegative = false
    var isFinite = true
    /// All digits as one integer; nil when they do not fit.
    var digits: UInt64? = 0
    /// The power of ten that the digits are multiplied with.
    var exponent = 0
  }

  /// Passes over a number, checking its grammar and taking its digits.
  @inline(__always)
  mutating func scanNumber() throws -> NumberScan {
    skipWhitespace()
    var scan = NumberScan(start: cursor)
    if cursor < end, cursor.pointee == UInt8(ascii: "-") {
      scan.isNegative = true
      cursor += 1
    }
    let whole = cursor
    takeDigits(&scan, sign: 0)
    if cursor == whole { return try scanWord(scan) }
    if whole.pointee == UInt8(ascii: "0"), cursor - whole > 1 { throw leadingZero(whole) }
    if cursor < end, cursor.pointee == UInt8(ascii: ".") {
      cursor += 1
      let fraction = cursor
      takeDigits(&scan, sign: -1)
      if cursor == fraction { throw unexpected("a digit after the decimal point") }
    }
    if cursor < end, cursor.pointee | 0x20 == UInt8(ascii: "e") { try scanExponent(&scan) }
    if cursor < end, JSONReader.isWordByte(cursor.pointee) {
      throw unexpected("',' or a closing bracket after a number")
    }
    return scan
  }

  /// Takes digits; each lowers the exponent when it stands behind the point (`sign` -1).
  @inline(__always)
  private mutating func takeDigits(_ scan: inout NumberScan, sign: Int) {
    let first = cursor
    var value = scan.digits ?? 0
    var fits = scan.digits != nil
    while cursor < end {
      let digit = cursor.pointee &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      if value < 900_000_000_000_000_000 { value = value &* 10 &+ UInt64(digit) } else { fits = false }
      cursor += 1
    }
    scan.digits = fits ? value : nil
    scan.exponent += sign * (cursor - first)
  }

  private mutating func scanExponent(_ scan: inout NumberScan) throws {
    cursor += 1
    var isNegative = false
    if cursor < end, cursor.pointee == UInt8(ascii: "-") || cursor.pointee == UInt8(ascii: "+") {
      isNegative = cursor.pointee == UInt8(ascii: "-")
      cursor += 1
    }
    let first = cursor
    var value = 0
    while cursor < end {
      let digit = cursor.pointee &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      value = min(value * 10 + Int(digit), 1 << 32)
      cursor += 1
    }
    if cursor == first { throw unexpected("a digit in the exponent") }
    scan.exponent += isNegative ? -value : value
  }

  /// What Python writes for numbers that JSON cannot express.
  @inline(never)
  private mutating func scanWord(_ partial: NumberScan) throws -> NumberScan {
    var scan = partial
    scan.isFinite = false
    if consume("Infinity") { return scan }
    if !scan.isNegative, consume("NaN") { return scan }
    throw unexpected("a number")
  }
}

/// Doubles from decimal digits.
enum DecimalNumber {
  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  /// The value when one multiplication or division of exact doubles gives it, correctly rounded; else nil.
  ///
  /// W. D. Clinger, How to read floating point numbers accurately, PLDI 1990: integers to 2⁵³ and powers to 10²² are exact.
  @inline(__always)
  static func exact(digits: UInt64?, exponent: Int, isNegative: Bool) -> Double? {
    guard let digits, digits <= 1 << 53 else { return nil }
    var value = Double(digits)
    if exponent != 0 {
      guard exponent >= -22, exponent <= 22 else { return nil }
      if exponent < 0 { value /= powersOfTen[-exponent] } else { value *= powersOfTen[exponent] }
    }
    return isNegative ? -value : value
  }

  /// The nearest double to a number that is known to be well-formed; infinite when it is too large.
  @inline(never)
  static func nearest(to text: UnsafeRawBufferPointer) -> Double {
    // The C function wants a terminator, which the input does not have.
    withUnsafeTemporaryAllocation(byteCount: text.count + 1, alignment: 1) { copy in
      copy.copyMemory(from: text)
      copy[text.count] = 0
      guard let base = copy.baseAddress else { return 0 }
      return strtod(base.assumingMemoryBound(to: CChar.self), nil)
    }
  }
}
