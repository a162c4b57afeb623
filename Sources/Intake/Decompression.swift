import CCompression

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How much an input may grow when it is spooled or decompressed; what exceeds it is taken for an attack.
public struct ExpansionLimits: Sendable {
  /// Upper limit of the expanded size in bytes.
  public var maximumSize: Int
  /// Upper limit of expanded over compressed size; not looked at below `ratioFreeSize`.
  public var maximumRatio: Int
  /// Expanded size in bytes up to which any ratio is fine: small files of repeated rows compress very well.
  public var ratioFreeSize: Int

  /// 64 GiB; 1000:1 beyond 64 MiB.
  public static let standard = ExpansionLimits(maximumSize: 64 << 30, maximumRatio: 1000, ratioFreeSize: 64 << 20)

  public init(maximumSize: Int, maximumRatio: Int, ratioFreeSize: Int) {
    self.maximumSize = maximumSize
    self.maximumRatio = maximumRatio
    self.ratioFreeSize = ratioFreeSize
  }

  /// - Throws: `IntakeError` when `expanded` bytes out of `consumed` compressed ones are beyond the limits.
  func check(expanded: Int, consumed: Int, name: String) throws {
    if expanded > maximumSize {
      throw IntakeError(
        file: name, problem: "expands to more than \(maximumSize) bytes",
        remedy: "If the file is genuine, decompress it and name the result")
    }
    if expanded > ratioFreeSize, expanded / max(consumed, 1) >= maximumRatio {
      throw IntakeError(
        file: name, problem: "expands more than \(maximumRatio)-fold, as only a decompression bomb does",
        remedy: "If the file is genuine, decompress it and name the result")
    }
  }
}

/// A temporary file without a name, being filled.
struct TemporaryFile {
  let descriptor: Int32
  private(set) var size = 0
  private let name: String

  init(for name: String) throws {
    self.name = name
    descriptor = SystemCalls.unlinkedTemporaryFile()
    guard descriptor >= 0 else {
      throw IntakeError(
        file: name, problem: "needs a temporary file, which cannot be made: \(SystemCalls.lastError())",
        remedy: "Set TMPDIR to a directory with room")
    }
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
    guard SystemCalls.writeAll(descriptor, bytes) else {
      throw IntakeError(
        file: name, problem: "does not fit into a temporary file: \(SystemCalls.lastError())",
        remedy: "Set TMPDIR to a directory with room")
    }
    size += bytes.count
  }

  /// Copies a stream to its end. The caller closes the descriptor of the result.
  static func spool(_ stream: Int32, name: String, limits: ExpansionLimits) throws -> TemporaryFile {
    var file = try TemporaryFile(for: name)
    do {
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
      defer { buffer.deallocate() }
      while let base = buffer.baseAddress {
        let received = SystemCalls.readSome(stream, base, buffer.count)
        if received == 0 { break }
        guard received > 0 else {
          throw IntakeError(file: name, problem: "cannot be read: \(SystemCalls.lastError())")
        }
        try file.append(UnsafeRawBufferPointer(start: base, count: received))
        try limits.check(expanded: file.size, consumed: file.size, name: name)
      }
      return file
    } catch {
      close(file.descriptor)
      throw error
    }
  }
}

/// The compressions that are undone without being asked, known by their first bytes.
enum Compression {
  case gzip, zstd

  init?(of bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 4 else { return nil }
    if bytes[0] == 0x1F, bytes[1] == 0x8B {
      self = .gzip
    } else if bytes[0] == 0x28, bytes[1] == 0xB5, bytes[2] == 0x2F, bytes[3] == 0xFD {
      self = .zstd
    } else {
      return nil
    }
  }

  /// Decompresses to a temporary file in constant memory. The caller closes the descriptor of the result.
  func expand(_ bytes: UnsafeRawBufferPointer, name: String, limits: ExpansionLimits) throws -> TemporaryFile {
    var file = try TemporaryFile(for: name)
    do {
      switch self {
      case .gzip: try Self.inflate(bytes, into: &file, name: name, limits: limits)
      case .zstd: try Self.decompressZstd(bytes, into: &file, name: name, limits: limits)
      }
      return file
    } catch {
      close(file.descriptor)
      throw error
    }
  }

  private static func damaged(_ name: String, _ kind: String, _ detail: String) -> IntakeError {
    IntakeError(file: name, problem: "is damaged \(kind) data: \(detail)", remedy: "Write or copy the file again")
  }

  /// RFC 1952: one or more members; zero bytes may follow, as tape tools pad with them.
  private static func inflate(
    _ bytes: UnsafeRawBufferPointer, into file: inout TemporaryFile, name: String, limits: ExpansionLimits
  ) throws {
    let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { output.deallocate() }
    var stream = z_stream()
    guard tally_inflate_init(&stream, 15 + 16) == Z_OK else { throw damaged(name, "gzip", "no memory") }
    defer { inflateEnd(&stream) }
    var consumed = 0
    while consumed < bytes.count {
      let input = UnsafeRawBufferPointer(rebasing: bytes[consumed..<min(bytes.count, consumed + (1 << 20))])
      stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.avail_out = UInt32(output.count)
      let code = CCompression.inflate(&stream, Z_NO_FLUSH)
      consumed += input.count - Int(stream.avail_in)
      guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
        throw damaged(name, "gzip", stream.msg.map { String(cString: $0) } ?? "code \(code)")
      }
      let produced = output.count - Int(stream.avail_out)
      try file.append(UnsafeRawBufferPointer(rebasing: output[..<produced]))
      try limits.check(expanded: file.size, consumed: consumed, name: name)
      SystemCalls.giveBack(bytes, upTo: consumed)
      if code == Z_STREAM_END {
        if bytes[consumed...].allSatisfy({ $0 == 0 }) { return }
        guard bytes[consumed] == 0x1F else { throw damaged(name, "gzip", "foreign bytes after the end") }
        inflateReset(&stream)
      } else if produced == 0, Int(stream.avail_in) == input.count {
        throw damaged(name, "gzip", "no progress")
      }
    }
    try drain(&stream, into: &file, output: output, consumed: consumed, name: name, limits: limits)
  }

  /// All input is in zlib's hands; takes what is still to come out, which must end the stream.
  private static func drain(
    _ stream: inout z_stream, into file: inout TemporaryFile, output: UnsafeMutableRawBufferPointer, consumed: Int,
    name: String, limits: ExpansionLimits
  ) throws {
    while true {
      stream.avail_in = 0
      stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.avail_out = UInt32(output.count)
      let code = CCompression.inflate(&stream, Z_NO_FLUSH)
      let produced = output.count - Int(stream.avail_out)
      try file.append(UnsafeRawBufferPointer(rebasing: output[..<produced]))
      try limits.check(expanded: file.size, consumed: consumed, name: name)
      if code == Z_STREAM_END { return }
      if produced == 0 { throw damaged(name, "gzip", "it ends early") }
    }
  }

  /// RFC 8878: one or more frames, skippable ones included. Windows above 128 MiB are refused by libzstd's default.
  private static func decompressZstd(
    _ bytes: UnsafeRawBufferPointer, into file: inout TemporaryFile, name: String, limits: ExpansionLimits
  ) throws {
    let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { output.deallocate() }
    guard let context = ZSTD_createDCtx() else { throw damaged(name, "zstd", "no memory") }
    defer { ZSTD_freeDCtx(context) }
    var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    while true {
      var result = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
      let before = input.pos
      let code = ZSTD_decompressStream(context, &result, &input)
      if ZSTD_isError(code) != 0 { throw damaged(name, "zstd", String(cString: ZSTD_getErrorName(code))) }
      try file.append(UnsafeRawBufferPointer(rebasing: output[..<result.pos]))
      try limits.check(expanded: file.size, consumed: input.pos, name: name)
      SystemCalls.giveBack(bytes, upTo: input.pos)
      if input.pos == input.size {
        if code == 0 { return }
        if result.pos == 0, before == input.pos { throw damaged(name, "zstd", "it ends early") }
      }
    }
  }
}
