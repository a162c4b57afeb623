import Records

/// Many texts, end to end: sixteen bytes less each than a `String`, and no memory of its own.
struct TextColumn {
  private var bytes: [UInt8] = []
  /// Where each text ends.
  private var ends: [Int] = []

  mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
    ends.append(bytes.count)
  }

  subscript(place: Int) -> String { String(decoding: bytes[range(place)], as: UTF8.self) }

  func key(_ place: Int) -> TextKey {
    bytes.withUnsafeBytes { TextKey(UnsafeRawBufferPointer(rebasing: $0[range(place)])) }
  }

  private func range(_ place: Int) -> Range<Int> { (place == 0 ? 0 : ends[place - 1])..<ends[place] }
}
