public import Records

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension BorrowedText {
  /// Whether the text has exactly these bytes. Identifiers and keys are case-sensitive.
  @inline(__always)
  public func equals(_ other: StaticString) -> Bool {
    equals(UnsafeRawBufferPointer(start: other.utf8Start, count: other.utf8CodeUnitCount))
  }

  /// Whether both texts have the same bytes.
  @inline(__always)
  public func equals(_ other: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count == other.count else { return false }
    guard let mine = bytes.baseAddress, let theirs = other.baseAddress else { return true }
    return memcmp(mine, theirs, bytes.count) == 0
  }

  /// Whether the text is this string, byte for byte; allocates nothing.
  @inline(__always)
  func hasText(_ other: String) -> Bool {
    var other = other
    return other.withUTF8 { equals(UnsafeRawBufferPointer($0)) }
  }
}
