import CCompression

/// Decompresses bodies of requests, which are in memory already and stay there.
public enum BodyExpansion {
  /// Undoes gzip (RFC 1952), one member.
  /// - Parameter limit: bytes that may come out.
  /// - Throws: `IntakeError` for what is no gzip, is damaged, or grows beyond the limit.
  public static func gunzipped(_ body: [UInt8], limit: Int) throws -> [UInt8] {
    var stream = z_stream()
    guard tally_inflate_init(&stream, 15 + 16) == Z_OK else { throw damaged("no memory") }
    defer { inflateEnd(&stream) }
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var source = body
    return try source.withUnsafeMutableBufferPointer { bytes in
      stream.next_in = bytes.baseAddress
      stream.avail_in = UInt32(clamping: bytes.count)
      while true {
        let (code, produced) = chunk.withUnsafeMutableBufferPointer { room -> (CInt, Int) in
          stream.next_out = room.baseAddress
          stream.avail_out = UInt32(room.count)
          return (CCompression.inflate(&stream, Z_NO_FLUSH), room.count - Int(stream.avail_out))
        }
        guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
          throw damaged(stream.msg.map { String(cString: $0) } ?? "code \(code)")
        }
        guard output.count + produced <= limit else {
          throw IntakeError(
            file: "request body", problem: "expands to more than \(limit) bytes", remedy: "Send smaller batches")
        }
        output += chunk[..<produced]
        if code == Z_STREAM_END { return output }
        if produced == 0 { throw damaged("it ends early") }
      }
    }
  }

  private static func damaged(_ detail: String) -> IntakeError {
    IntakeError(file: "request body", problem: "is damaged gzip data: \(detail)", remedy: "Send it again")
  }
}
