internal import CXXHash

/// What a text is looked up by where millions of texts are: 128 bits that nobody can aim at, for they depend on the process. Never
/// stored.
public struct TextKey: Hashable, Sendable {
  private let high: UInt64
  private let low: UInt64
  private static let seed = UInt64.random(in: .min ... .max)

  /// Two texts have one key with probability 2⁻¹²⁸.
  public init(_ bytes: UnsafeRawBufferPointer) {
    let hash = tally_xxh3_128(bytes.baseAddress, bytes.count, TextKey.seed)
    (high, low) = (hash.high, hash.low)
  }

  public init(_ text: String) {
    var text = text
    self = text.withUTF8 { TextKey(UnsafeRawBufferPointer($0)) }
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(low) }
}
