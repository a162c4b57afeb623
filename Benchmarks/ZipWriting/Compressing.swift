import CCompression

extension ZipWriter {
  /// The CRC-32 that zip records.
  public static func checksum(_ data: [UInt8]) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32_z(0, data, data.count))
  }

  /// A raw deflate stream.
  public static func deflated(_ data: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    let status = deflateInit2_(
      &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib cannot start")
    defer { deflateEnd(&stream) }
    var input = data
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, uLong(data.count))) + 16)
    let written = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        deflate(&stream, Z_FINISH)
        return target.count - Int(stream.avail_out)
      }
    }
    return Array(output[0..<written])
  }

  /// One zstd frame after another, each without its content size, as streaming writers leave it out.
  public static func zstdFrames(_ data: [UInt8], _ frames: Int) -> [UInt8] {
    guard let context = ZSTD_createCCtx() else { return [] }
    defer { ZSTD_freeCCtx(context) }
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0)
    var result: [UInt8] = []
    let step = max(1, (data.count + frames - 1) / max(frames, 1))
    var offset = 0
    repeat {
      let piece = Array(data[offset..<min(offset + step, data.count)])
      var output = [UInt8](repeating: 0, count: ZSTD_compressBound(piece.count))
      let written = ZSTD_compress2(context, &output, output.count, piece, piece.count)
      result += output[0..<written]
      offset += step
    } while offset < data.count
    return result
  }
}
