/// A text as it is compared with others: in Unicode's normal form KC, case-folded, white space collapsed.
///
/// Two texts whose compared texts are equal are copies of each other.
public struct ComparedText: Sendable, Hashable {
  /// Words with one space between them.
  public let text: String

  /// O(length).
  public init(_ raw: String) {
    text = ComparedText.normalized(raw)
  }

  /// The parts between spaces; none of an empty text.
  public var words: [Substring] { text.split(separator: " ") }

  /// All runs of so many words, once each; a text with fewer is one run. O(length).
  public func shingles(of count: Int) -> Set<Substring> {
    let words = words
    guard words.count > count, count > 0 else { return [text[...]] }
    var shingles = Set<Substring>(minimumCapacity: words.count)
    for start in 0...(words.count - count) {
      shingles.insert(text[words[start].startIndex..<words[start + count - 1].endIndex])
    }
    return shingles
  }

  /// Runs of letters and digits, once each; ideographs, which are written without spaces, one by one.
  public var terms: Set<Substring> {
    var terms: Set<Substring> = []
    var start: String.Index?
    func close(_ end: String.Index) {
      if let first = start { terms.insert(text[first..<end]) }
      start = nil
    }
    for index in text.indices {
      let character = text[index]
      let isIdeograph = character.unicodeScalars.contains { $0.properties.isIdeographic }
      if isIdeograph || !(character.isLetter || character.isNumber) { close(index) }
      if isIdeograph {
        terms.insert(text[index..<text.index(after: index)])
      } else if start == nil, character.isLetter || character.isNumber {
        start = index
      }
    }
    close(text.endIndex)
    return terms
  }

  /// The sentences of a raw text, each as it is compared: parts between ends of lines, or after `.`, `!` or `?` before white
  /// space. Parts without a letter or digit are left out.
  public static func sentences(of raw: String) -> Set<ComparedText> {
    var sentences: Set<ComparedText> = []
    var part = ""
    func close() {
      if part.contains(where: { $0.isLetter || $0.isNumber }) { sentences.insert(ComparedText(part)) }
      part = ""
    }
    var wasEnd = false
    for character in raw {
      if character.isNewline || wasEnd && character.isWhitespace { close() }
      wasEnd = ".!?".contains(character)
      if "。！？".contains(character) { close() } else if !wasEnd { part.append(character) } else { part.append(" ") }
    }
    close()
    return sentences
  }

  private static func normalized(_ raw: String) -> String {
    let isASCII = raw.utf8.allSatisfy { $0 < 0x80 }
    var result = String.UnicodeScalarView()
    var isSpace = false
    func append(_ scalar: Unicode.Scalar, folded: (inout String.UnicodeScalarView) -> Void) {
      if scalar.properties.isWhitespace {
        isSpace = true
        return
      }
      if isSpace, !result.isEmpty { result.append(" ") }
      isSpace = false
      folded(&result)
    }
    if isASCII {
      for scalar in raw.unicodeScalars {
        append(scalar) { view in
          let isUpper = ("A"..."Z").contains(scalar)
          view.append(isUpper ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
        }
      }
    } else {
      for scalar in TextForms.shared.compatibilityComposed(raw).unicodeScalars {
        append(scalar) { TextForms.shared.fold(scalar, into: &$0) }
      }
    }
    return String(result)
  }
}
