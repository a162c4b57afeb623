import Records

/// The last text of a field as a string that is shared while it stays the same: neighbouring rows mostly share their suite
/// and their variant, and comparing bytes costs less than a string.
struct LastString {
  private var last = ""

  @inline(__always)
  mutating func string(of text: BorrowedText) -> String {
    // So short a text is kept in the string itself and costs no allocation.
    if text.bytes.count <= 15 { return text.string }
    if !text.hasText(last) { last = text.string }
    return last
  }
}
