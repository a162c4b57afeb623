import CXXHash
import Records

/// 128 bits that stand for a JSON value: equal for equal values, whatever the order of an object's members and the
/// white space between them.
///
/// Numbers count as they are written. The bits are XXH3's, which no attacker is kept from steering: whoever writes both
/// result files can make items collide, and could as well write the scores.
struct JSONDigest: Hashable {
  private(set) var high: UInt64
  private(set) var low: UInt64

  /// What stands for a value that is absent.
  static let none = JSONDigest(high: 0, low: 0)

  private init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  private init(_ bytes: UnsafeRawBufferPointer, kind: UInt64) {
    let hash = tally_xxh3_128(bytes.baseAddress, bytes.count, kind)
    self.init(high: hash.high, low: hash.low)
  }

  /// The digest of a text.
  init(_ text: BorrowedText) { self.init(text.bytes, kind: 1) }

  /// The digest of an ordered pair.
  init(_ first: JSONDigest, _ second: JSONDigest, kind: UInt64 = 0) {
    let words = (first.high, first.low, second.high, second.low)
    self = withUnsafeBytes(of: words) { JSONDigest($0, kind: kind) }
  }

  /// Adds a member of a set, in any order.
  mutating func add(_ other: JSONDigest) {
    high &+= other.high
    low &+= other.low
  }

  /// Reads the next value.
  /// - Complexity: O(length of the value); no allocation, except for texts with escapes.
  init(_ reader: inout JSONReader) throws {
    switch try reader.peek() {
    case .string: self.init(try reader.readString().bytes, kind: 1)
    case .number: self.init(try reader.readNumberToken().text.bytes, kind: 2)
    case .boolean: self.init(high: 3, low: try reader.readBool() ? 1 : 0)
    case .null:
      try reader.readNull()
      self.init(high: 4, low: 0)
    case .array:
      var digest = JSONDigest(high: 5, low: 0)
      try reader.enterArray()
      while try reader.nextElement() { digest = JSONDigest(digest, try JSONDigest(&reader), kind: 5) }
      self = digest
    case .object:
      var sum = JSONDigest(high: 6, low: 0)
      try reader.enterObject()
      while let key = try reader.nextKey() {
        let name = JSONDigest(key.bytes, kind: 6)
        sum.add(JSONDigest(name, try JSONDigest(&reader), kind: 6))
      }
      self = JSONDigest(sum, .none, kind: 7)
    case .end: throw reader.unexpected("a value")
    }
  }

  /// Appends 16 hexadecimal digits: 64 of the bits, enough to tell a billion items apart.
  func appendDigits(to bytes: inout [UInt8]) {
    for shift in stride(from: 60, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: high >> UInt64(shift) & 15)
      bytes.append(digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "a"))
    }
  }
}
