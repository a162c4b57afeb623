/// A set of bytes.
struct ByteSet: Sendable, Hashable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  static var any: ByteSet {
    var set = ByteSet()
    set.insert(0...255)
    set.remove(0x0A)
    return set
  }

  init() {}

  init(_ byte: UInt8) { insert(byte...byte) }

  init(_ ranges: ClosedRange<UInt8>...) {
    for range in ranges { insert(range) }
  }

  static let digits = ByteSet(0x30...0x39)
  static let word = ByteSet(0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A)
  static let space = ByteSet(0x09...0x0D, 0x20...0x20)

  func contains(_ byte: UInt8) -> Bool { word(byte) >> UInt64(byte & 63) & 1 == 1 }

  private func word(_ byte: UInt8) -> UInt64 {
    switch byte >> 6 {
    case 0: words.0
    case 1: words.1
    case 2: words.2
    default: words.3
    }
  }

  mutating func insert(_ range: ClosedRange<UInt8>) {
    for byte in range { set(byte, true) }
  }

  mutating func remove(_ byte: UInt8) { set(byte, false) }

  private mutating func set(_ byte: UInt8, _ isIn: Bool) {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: words.0 = isIn ? words.0 | bit : words.0 & ~bit
    case 1: words.1 = isIn ? words.1 | bit : words.1 & ~bit
    case 2: words.2 = isIn ? words.2 | bit : words.2 & ~bit
    default: words.3 = isIn ? words.3 | bit : words.3 & ~bit
    }
  }

  func union(_ other: ByteSet) -> ByteSet {
    var set = self
    set.words = (
      words.0 | other.words.0, words.1 | other.words.1, words.2 | other.words.2, words.3 | other.words.3
    )
    return set
  }

  var inverted: ByteSet {
    var set = self
    set.words = (~words.0, ~words.1, ~words.2, ~words.3)
    return set
  }

  static func == (left: ByteSet, right: ByteSet) -> Bool { left.words == right.words }

  func hash(into hasher: inout Hasher) { hasher.combine(words.0 ^ words.1 ^ words.2 ^ words.3) }
}
