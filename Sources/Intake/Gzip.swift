import CCompression

/// Undoes gzip of what is in memory already and stays there, such as the body of a request.
public enum Gzip {
  public enum Fault: Error, Equatable {
    /// More comes out than the limit.
    case tooLarge
    /// There is no room for what comes out.
    case noRoom
    case damaged(String)
  }

  /// Decompresses one member (RFC 1952).
  /// - Parameters:
  ///   - limit: bytes that may come out.
  ///   - grow: called before so many more bytes are kept; false refuses them. A small body may be a large one inside, so
  ///     whoever holds many of them at once counts what comes out.
  public static func expanded(
    _ body: [UInt8], limit: Int, grow: (_ bytes: Int) -> Bool
  ) throws(Fault) -> [UInt8] {
    var stream = z_stream()
    guard tally_inflate_init(&stream, 15 + 16) == Z_OK else { throw .damaged("no memory") }
    defer { inflateEnd(&stream) }
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var consumed = 0
    while true {
      let (code, used, produced) = step(&stream, body, from: consumed, into: &chunk)
      guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
        throw .damaged(stream.msg.map { String(cString: $0) } ?? "code \(code)")
      }
      consumed += used
      guard output.count + produced <= limit else { throw .tooLarge }
      guard grow(produced) else { throw .noRoom }
      output += chunk[..<produced]
      if code == Z_STREAM_END {
        guard consumed == body.count else { throw .damaged("foreign bytes after the end") }
        return output
      }
      if produced == 0 { throw .damaged("it ends early") }
    }
  }

  private static func step(
    _ stream: inout z_stream, _ body: [UInt8], from consumed: Int, into chunk: inout [UInt8]
  ) -> (code: CInt, used: Int, produced: Int) {
    body.withUnsafeBufferPointer { bytes in
      chunk.withUnsafeMutableBufferPointer { room in
        let rest = bytes[consumed...]
        stream.next_in = UnsafeMutablePointer(mutating: UnsafeBufferPointer(rebasing: rest).baseAddress)
        stream.avail_in = UInt32(clamping: rest.count)
        stream.next_out = room.baseAddress
        stream.avail_out = UInt32(room.count)
        let offered = stream.avail_in
        let code = CCompression.inflate(&stream, Z_NO_FLUSH)
        return (code, Int(offered - stream.avail_in), room.count - Int(stream.avail_out))
      }
    }
  }
}
