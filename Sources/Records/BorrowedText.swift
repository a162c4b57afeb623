/// Text that still lies in the buffer it was read from.
///
/// A reader hands out millions of these; making a `String` of each would cost more than reading the file.
/// The bytes are valid only during the call that receives them: copy (`string`) what must outlive it.
public struct BorrowedText {
  /// UTF-8, already checked by the reader.
  public let bytes: UnsafeRawBufferPointer

  public init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  /// An owned copy.
  public var string: String { String(decoding: bytes, as: UTF8.self) }

  public var isEmpty: Bool { bytes.isEmpty }
}
