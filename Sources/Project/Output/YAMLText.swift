/// How text is written in YAML so that everybody reads the same text.
enum YAMLText {
  /// The text itself where it can be nothing else, else in double quotes.
  static func literal(_ text: String) -> String {
    isPlain(text) ? text : quoted(text)
  }

  // Beyond our own reader, readers of YAML 1.1 take these for flags and nothing.
  private static let taken: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first), !taken.contains(text.lowercased()) else { return false }
    return text.utf8.allSatisfy { byte in
      isLetter(byte) || (0x30...0x39).contains(byte) || "_-./@+".utf8.contains(byte)
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  /// In double quotes, with escapes for what YAML cannot hold or would fold.
  static func quoted(_ text: String) -> String {
    var written = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22: written += "\\\""
      case 0x5C: written += "\\\\"
      case 0x0A: written += "\\n"
      case 0x09: written += "\\t"
      case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF:
        written.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        written += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      }
    }
    return written + "\""
  }
}
