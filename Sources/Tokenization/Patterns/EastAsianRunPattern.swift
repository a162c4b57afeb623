/// The second step of DeepSeek-V3's pre-tokeniser: runs of `[一-龥぀-ゟ゠-ヿ]`, and what lies between them.
struct EastAsianRunPattern: PiecePattern {
  func end(in text: ScalarText, from start: Int) -> Int {
    let isRun = isEastAsian(text, start)
    var place = start
    while place < text.count, isEastAsian(text, place) == isRun { place += text.character(at: place).width }
    return place
  }

  /// U+3040–U+30FF or U+4E00–U+9FA5. All of them have three bytes.
  private func isEastAsian(_ text: ScalarText, _ place: Int) -> Bool {
    guard text[place] & 0xF0 == 0xE0 else { return false }
    let scalar = text.scalar(at: place)
    return (0x3040...0x30FF).contains(scalar) || (0x4E00...0x9FA5).contains(scalar)
  }
}
