/// Text of strangers made fit for a terminal: what it may contain, and how many columns it takes.
enum TerminalText {
  /// Control, format and line-separating characters as visible escapes, so that a name can neither move the cursor nor
  /// turn the reading direction of the line it stands in (U+202E and its kin).
  ///
  /// The joiners U+200C and U+200D stay: emoji and several scripts are spelled with them.
  static func safe(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{200C}", "\u{200D}": result.unicodeScalars.append(scalar)
      default:
        if isUnsafe(scalar) {
          result += escaped(scalar)
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }

  /// Text for a terminal that knows only ASCII: signs of ours by their plain spelling, everything else escaped.
  static func ascii(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar.isASCII {
        result.unicodeScalars.append(scalar)
      } else if let spelling = spellings[scalar] {
        result += spelling
      } else {
        result += escaped(scalar)
      }
    }
    return result
  }

  /// Columns that `text` takes in a terminal: two for East Asian wide characters and emoji, none for combining marks.
  ///
  /// Source: Unicode Standard Annex 11 (East Asian Width), wide and fullwidth ranges; O(n).
  static func columns(_ text: String) -> Int {
    text.reduce(0) { $0 + columns($1) }
  }

  static func columns(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if isWide(first) || character.unicodeScalars.contains("\u{FE0F}") { return 2 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return 1
    }
  }

  /// At most `limit` columns, an ellipsis standing for what was cut in the middle (the end of a name often tells most).
  static func fitted(_ text: String, to limit: Int, ellipsis: String = "…") -> String {
    guard columns(text) > limit else { return text }
    let room = limit - columns(ellipsis)
    guard room > 0 else { return String(text.prefix(0)) }
    let head = prefix(of: text, columns: room - room / 2)
    return head + ellipsis + suffix(of: text, columns: room / 2)
  }

  /// `text` filled with spaces to `width` columns; longer text is returned unchanged.
  static func padded(_ text: String, to width: Int, right: Bool = false) -> String {
    let fill = String(repeating: " ", count: max(0, width - columns(text)))
    return right ? fill + text : text + fill
  }

  /// Lines of at most `width` columns, broken at spaces, but not between a number and its per cent sign; a word that is
  /// longer than a line is broken anywhere.
  static func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in words(text) {
      var rest = word
      if !line.isEmpty, columns(line) + 1 + columns(rest) <= width {
        line += " " + rest
        continue
      }
      if !line.isEmpty { lines.append(line) }
      while columns(rest) > width {
        let piece = prefix(of: rest, columns: width)
        guard !piece.isEmpty else { break }
        lines.append(piece)
        rest = String(rest.dropFirst(piece.count))
      }
      line = rest
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    for word in text.split(separator: " ", omittingEmptySubsequences: true) {
      if word.first == "%", let last = words.last, last.last?.isNumber == true {
        words[words.count - 1] += " " + word
      } else {
        words.append(String(word))
      }
    }
    return words
  }

  private static func prefix(of text: String, columns limit: Int) -> String {
    var result = ""
    var used = 0
    for character in text {
      used += columns(character)
      guard used <= limit else { break }
      result.append(character)
    }
    return result
  }

  private static func suffix(of text: String, columns limit: Int) -> String {
    var used = 0
    var start = text.endIndex
    while start > text.startIndex {
      let before = text.index(before: start)
      used += columns(text[before])
      guard used <= limit else { break }
      start = before
    }
    return String(text[start...])
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
    default: false
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x1100 { return false }
    if scalar.properties.isEmojiPresentation { return true }
    return wideRanges.contains { $0.contains(scalar.value) }
  }

  private static let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
    0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
    0x16FE0...0x18DFF, 0x1B000...0x1B2FF, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
  ]

  private static let spellings: [Unicode.Scalar: String] = [
    "−": "-", "–": "-", "≥": ">=", "≤": "<=", "…": "...", "→": "->", "±": "+/-", "×": "x", "α": "alpha", "·": "*",
    "“": "\"", "”": "\"", "’": "'", "\u{A0}": " ",
  ]
}
