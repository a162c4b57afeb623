import Records

/// A text that stays where it is, for rows that name something which is not in the buffer being read: the model of a
/// log whose samples are read one document after another.
final class PinnedText {
  private let memory: UnsafeMutableRawBufferPointer

  init(_ text: String) {
    var text = text
    memory = text.withUTF8 { bytes in
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
      copy.copyBytes(from: bytes)
      return copy
    }
  }

  /// A pinned copy, or nil of nil.
  convenience init?(_ text: String?) {
    guard let text else { return nil }
    self.init(text)
  }

  deinit { memory.deallocate() }

  /// Valid as long as the object lives.
  var text: BorrowedText { BorrowedText(UnsafeRawBufferPointer(memory)) }
}
