import CCompression

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Inflates one entry after another into one buffer that it keeps.
///
/// The buffer grows as bytes arrive, never by a size that the archive declares: a header of 50 bytes may claim 4 GiB.
/// What is returned stays valid until the next call. Not thread-safe.
final class Inflater {
  private let limits: ZipLimits
  private let budget: Int
  /// Bytes inflated so far, over all whole entries.
  private(set) var spent = 0
  /// Bytes inflated so far, those of attempts that failed included: what the work has cost.
  private(set) var work = 0
  private var output = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  // zlib keeps a pointer back to the stream it was given, so the stream must not move.
  private var deflate: UnsafeMutablePointer<z_stream>?
  private var zstd: OpaquePointer?

  /// - Parameter archiveSize: bytes of the archive; what its entries may inflate to together follows from it.
  init(limits: ZipLimits, archiveSize: Int) {
    self.limits = limits
    budget = limits.total(archiveSize: archiveSize)
  }

  deinit {
    free(output.baseAddress)
    if let deflate {
      inflateEnd(deflate)
      deflate.deallocate()
    }
    ZSTD_freeDCtx(zstd)
  }

  /// What was asked to be inflated, for messages and limits.
  struct Request {
    var name: () -> String
    var method: Int
    /// The size that the archive records; nil where only the stream itself knows.
    var declaredSize: Int?
  }

  /// Inflates `input`.
  ///
  /// - Returns: the inflated bytes, and how much of `input` they took: all of it unless `declaredSize` is nil.
  /// - Throws: `.bomb`, `.tooLarge`, `.sizeMismatch`, `.corrupt`, `.unsupportedMethod`.
  /// - Complexity: O(input + output); no allocation once the buffer has the size of the largest entry.
  func inflate(
    _ input: UnsafeRawBufferPointer, _ request: Request
  ) throws(ZipFailure) -> (bytes: UnsafeRawBufferPointer, consumed: Int) {
    if let size = request.declaredSize { try check(size, from: input.count, request) }
    // A writer that was given nothing may have written nothing, not even an empty frame.
    if input.isEmpty, request.declaredSize == 0 { return (UnsafeRawBufferPointer(start: nil, count: 0), 0) }
    let result: (produced: Int, consumed: Int)
    switch request.method {
    case 8: result = try inflateDeflate(input, request)
    case 93: result = try inflateZstd(input, request)
    default: throw .unsupportedMethod(request.name(), method: request.method)
    }
    if let size = request.declaredSize, size != result.produced || input.count != result.consumed {
      throw .sizeMismatch(request.name())
    }
    spent += result.produced
    return (UnsafeRawBufferPointer(rebasing: output[0..<result.produced]), result.consumed)
  }

  /// Refuses a size, declared or reached, that is over a limit.
  private func check(_ size: Int, from compressed: Int, _ request: Request) throws(ZipFailure) {
    if size > limits.entrySize { throw .tooLarge(request.name(), limit: limits.entrySize) }
    if size > limits.ratioFloor, size / limits.ratio > compressed { throw .bomb(request.name(), ratio: limits.ratio) }
    if size > budget - spent { throw .tooLarge("the archive", limit: budget) }
  }

  /// Makes room behind `produced` bytes, checking the limits for what is there already.
  private func makeRoom(_ produced: Int, consumed: Int, _ request: Request) throws(ZipFailure) {
    if let size = request.declaredSize, produced > size { throw .sizeMismatch(request.name()) }
    try check(produced, from: max(consumed, 1), request)
    guard produced == output.count else { return }
    let size = max(64 << 10, output.count * 2)
    guard let larger = realloc(output.baseAddress, size) else { throw .outOfMemory(bytes: size) }
    output = UnsafeMutableRawBufferPointer(start: larger, count: size)
  }

  private func inflateDeflate(
    _ input: UnsafeRawBufferPointer, _ request: Request
  ) throws(ZipFailure) -> (produced: Int, consumed: Int) {
    let stream = try deflateStream()
    var produced = 0
    var consumed = 0
    while true {
      try makeRoom(produced, consumed: request.declaredSize == nil ? consumed : input.count, request)
      // zlib counts in 32 bits.
      let available = min(input.count - consumed, 1 << 30)
      let room = min(output.count - produced, 1 << 30)
      let source = input.baseAddress.map { $0 + consumed }
      stream.pointee.next_in = UnsafeMutablePointer(mutating: source?.assumingMemoryBound(to: Bytef.self))
      stream.pointee.avail_in = UInt32(available)
      stream.pointee.next_out = output.baseAddress.map { ($0 + produced).assumingMemoryBound(to: Bytef.self) }
      stream.pointee.avail_out = UInt32(room)
      let status = CCompression.inflate(stream, Z_NO_FLUSH)
      consumed += available - Int(stream.pointee.avail_in)
      produced += room - Int(stream.pointee.avail_out)
      work += room - Int(stream.pointee.avail_out)
      if status == Z_STREAM_END { return (produced, consumed) }
      guard status == Z_OK || status == Z_BUF_ERROR else { throw .corrupt(request.name()) }
      // Room is left and the input is used up: the stream is cut off.
      if stream.pointee.avail_out > 0, consumed == input.count { throw .corrupt(request.name()) }
    }
  }

  private func deflateStream() throws(ZipFailure) -> UnsafeMutablePointer<z_stream> {
    if let deflate {
      inflateReset(deflate)
      return deflate
    }
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // Negative window bits: a raw stream, without zlib's own header.
    guard tally_inflate_init(stream, -15) == Z_OK else {
      stream.deallocate()
      throw .outOfMemory(bytes: 1 << 15)
    }
    deflate = stream
    return stream
  }

  private func inflateZstd(
    _ input: UnsafeRawBufferPointer, _ request: Request
  ) throws(ZipFailure) -> (produced: Int, consumed: Int) {
    let context = try zstdContext()
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var produced = 0
    while true {
      try makeRoom(produced, consumed: request.declaredSize == nil ? source.pos : input.count, request)
      var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: produced)
      let status = ZSTD_decompressStream(context, &target, &source)
      work += target.pos - produced
      produced = target.pos
      if ZSTD_isError(status) != 0 { throw .corrupt(request.name()) }
      if status == 0 {
        // A frame ended. Long entries are several frames; a stream of unknown length ends where no frame follows.
        if source.pos == input.count { return (produced, source.pos) }
        if request.declaredSize == nil, !startsFrame(input, at: source.pos) { return (produced, source.pos) }
      } else if source.pos == input.count, target.pos < target.size {
        throw .corrupt(request.name())
      }
    }
  }

  private func zstdContext() throws(ZipFailure) -> OpaquePointer {
    if let zstd {
      ZSTD_DCtx_reset(zstd, ZSTD_reset_session_only)
      return zstd
    }
    guard let context = ZSTD_createDCtx() else { throw .outOfMemory(bytes: 1 << 17) }
    // The window is allocated by a size that the frame declares: 128 MiB is the most that `zstd` itself accepts unasked.
    ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 27)
    zstd = context
    return context
  }

  /// Whether a zstd or skippable frame begins at `offset` (RFC 8878, section 3.1).
  private func startsFrame(_ input: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    let bytes = ZipBytes(raw: input)
    guard let magic = try? bytes.uint32(at: offset, of: "") else { return false }
    return magic == 0xFD2F_B528 || magic & 0xFFFF_FFF0 == 0x184D_2A50
  }
}
