internal import CCompression

/// Compresses contents with zstd and undoes it, with one context for all of them: making one costs more than a short text.
final class ContentCoder {
  private let compressor = ZSTD_createCCtx()
  private let decompressor = ZSTD_createDCtx()
  private var buffer: [UInt8] = []

  /// The default level: packs of prompts and answers become smaller by a twentieth than at level 1, which takes an eighth less time.
  /// Level 5 takes twice as long.
  private static let level: Int32 = 3
  /// Shorter contents do not become shorter.
  private static let shortest = 64

  deinit {
    ZSTD_freeCCtx(compressor)
    ZSTD_freeDCtx(decompressor)
  }

  /// Lends the stored bytes and their form.
  func encode(_ content: [UInt8], _ body: (ContentForm, UnsafeRawBufferPointer) throws -> Void) rethrows {
    if content.count >= ContentCoder.shortest {
      let bound = ZSTD_compressBound(content.count)
      if buffer.count < bound { buffer = [UInt8](repeating: 0, count: bound) }
      let length = buffer.withUnsafeMutableBytes { buffer in
        content.withUnsafeBytes { content in
          ZSTD_compressCCtx(
            compressor, buffer.baseAddress, buffer.count, content.baseAddress, content.count, ContentCoder.level)
        }
      }
      if ZSTD_isError(length) == 0, length < content.count {
        return try buffer.withUnsafeBytes { try body(.zstd, UnsafeRawBufferPointer(rebasing: $0[..<length])) }
      }
    }
    try content.withUnsafeBytes { try body(.plain, $0) }
  }

  /// What was encoded; nil when these bytes are not what they were.
  /// - Parameter length: how long it was.
  func decode(_ stored: UnsafeRawBufferPointer, _ form: ContentForm, length: Int) -> [UInt8]? {
    switch form {
    case .plain: return stored.count == length ? Array(stored) : nil
    case .zstd:
      // The frame says how long it becomes: a damaged one must not ask for more memory than what was delivered.
      guard ZSTD_getFrameContentSize(stored.baseAddress, stored.count) == UInt64(length) else { return nil }
      let content = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
        let result = ZSTD_decompressDCtx(decompressor, buffer.baseAddress, length, stored.baseAddress, stored.count)
        count = ZSTD_isError(result) == 0 ? result : 0
      }
      return content.count == length ? content : nil
    case .erased: return nil
    }
  }
}
