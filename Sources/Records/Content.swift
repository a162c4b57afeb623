/// Bytes that a record names by their SHA-256: what was said, kept apart so that it can be erased while the facts stay.
public struct Content: Sendable, Equatable {
  public let sha256: SHA256Digest
  public let bytes: [UInt8]
  /// When the record happened that names it: contents of one hour lie together.
  public let at: Instant

  /// - Parameter sha256: of the bytes, where it is known already.
  public init(_ bytes: [UInt8], sha256: SHA256Digest? = nil, at: Instant) {
    self.sha256 = sha256 ?? SHA256Digest(of: bytes)
    self.bytes = bytes
    self.at = at
  }
}
