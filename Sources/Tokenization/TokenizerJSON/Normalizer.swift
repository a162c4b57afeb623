@_spi(_Unicode) import Swift

/// One step of normalising a text before it is cut into pieces.
enum Normalizer: Sendable {
  /// Unicode's canonical composition.
  case nfc
  /// Every character as its full lower-case mapping, without regard to its neighbours.
  case lowercase
  /// Puts a text before one that is not empty.
  case prepend([UInt8])
  /// Replaces every occurrence of a text, from left to right.
  case replace([UInt8], by: [UInt8])

  /// Changes a text of valid UTF-8. O(n).
  func apply(to bytes: inout [UInt8]) {
    switch self {
    case .nfc:
      // Below U+0300 every character is composed already and stays beside its neighbours.
      if bytes.contains(where: { $0 >= 0xCC }) { bytes = Normalizer.composed(bytes) }
    case .lowercase:
      var lower = ""
      for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
        lower += scalar.properties.lowercaseMapping
      }
      bytes = Array(lower.utf8)
    case .prepend(let prefix):
      if !bytes.isEmpty { bytes = prefix + bytes }
    case .replace(let pattern, let replacement):
      bytes = Normalizer.replaced(bytes, pattern, by: replacement)
    }
  }

  /// NFC as tokenizers computes it.
  ///
  /// What its older tables do not know stays as it is and in its place. Three Tibetan vowel signs are decomposed here,
  /// because the standard library does not sort their parts among the marks beside them.
  private static func composed(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var known = String.UnicodeScalarView()
    func flush() {
      var composed = String.UnicodeScalarView()
      composed.append(contentsOf: String(known)._nfc)
      result += String(composed).utf8
      known.removeAll(keepingCapacity: true)
    }
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0x0F73: known.append(contentsOf: ["\u{F71}", "\u{F72}"])
      case 0x0F75: known.append(contentsOf: ["\u{F71}", "\u{F74}"])
      case 0x0F81: known.append(contentsOf: ["\u{F71}", "\u{F80}"])
      case 0x7FD... where ScalarRanges.unknownToNFC.contains(scalar.value):
        flush()
        result += UTF8.encode(scalar).map(Array.init) ?? []
      default: known.append(scalar)
      }
    }
    flush()
    return result
  }

  private static func replaced(_ bytes: [UInt8], _ pattern: [UInt8], by replacement: [UInt8]) -> [UInt8] {
    guard let first = pattern.first else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      if bytes[place] == first, bytes[place...].starts(with: pattern) {
        result += replacement
        place += pattern.count
      } else {
        result.append(bytes[place])
        place += 1
      }
    }
    return result
  }
}
