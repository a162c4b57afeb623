/// The bytes of a short piece and their number, in two words that compare at once.
struct PieceKey: BitwiseCopyable, Equatable {
  /// Bytes that fit.
  static let longest = 15

  let low: UInt64
  /// The number of bytes is in the highest byte.
  let high: UInt64

  /// No piece has it: pieces have at least one byte.
  static let absent = PieceKey(low: 0, high: 0)

  private init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// The key of 1…15 bytes; `readable` bytes may be read, if need be beyond the piece.
  @inline(__always)
  init(_ bytes: UnsafePointer<UInt8>, count: Int, readable: Int) {
    if readable >= 16 {
      let raw = UnsafeRawPointer(bytes)
      let low = raw.loadUnaligned(as: UInt64.self)
      if count <= 8 {
        self.low = low & (UInt64.max >> UInt64(truncatingIfNeeded: (8 - count) * 8))
        high = UInt64(truncatingIfNeeded: count) << 56
      } else {
        let mask = UInt64.max >> UInt64(truncatingIfNeeded: (16 - count) * 8)
        self.low = low
        high =
          raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self) & mask | UInt64(truncatingIfNeeded: count) << 56
      }
    } else {
      var words: (low: UInt64, high: UInt64) = (0, 0)
      for place in 0..<count {
        let byte = UInt64(bytes[place])
        if place < 8 { words.low |= byte << UInt64(place * 8) } else { words.high |= byte << UInt64((place - 8) * 8) }
      }
      low = words.low
      high = words.high | UInt64(count) << 56
    }
  }

  /// Well mixed bits.
  @inline(__always) var hash: UInt64 {
    // Two multiplications, of which the second mixes what the first carried up.
    let mixed = (low ^ (high &* 0xA24B_AED4_963E_E407)) &* 0x9E37_79B9_7F4A_7C15
    return (mixed ^ (mixed >> 32)) &* 0xD6E8_FEB8_6659_FD93
  }
}
