internal import Store

/// Rows as `COPY … (FORMAT binary)` takes them, piece by piece.
final class CopyEncoder {
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 8)
  private var count = 0

  /// Pieces are about so large: one call of libpq for some thousand rows.
  private static let pieceSize = 256 << 10
  /// A signature, flags, and an extension of no length.
  private static let header: [UInt8] =
    Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)

  deinit { buffer.deallocate() }

  /// - Parameter send: gets the bytes of some rows.
  func encode(_ rows: RowBatch, order: [Int]?, _ send: (UnsafeRawBufferPointer) throws -> Void) throws {
    count = 0
    CopyEncoder.header.withUnsafeBytes { append($0) }
    for place in 0..<(order?.count ?? rows.count) {
      append(rows, order?[place] ?? place)
      if count >= CopyEncoder.pieceSize { try empty(send) }
    }
    append(Int16(-1))
    try empty(send)
  }

  private func empty(_ send: (UnsafeRawBufferPointer) throws -> Void) throws {
    try send(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    count = 0
  }

  private func append(_ rows: RowBatch, _ row: Int) {
    append(Int16(rows.kinds.count))
    for column in rows.kinds.indices {
      if rows.isNull(column, row) {
        append(Int32(-1))
      } else if let word = PostgresParameters.word(rows, column, row) {
        append(Int32(8))
        append(word)
      } else if let bytes = rows.bytes(column, row) {
        if rows.kinds[column] == .text, PostgresText.isSpecial(bytes) {
          PostgresText.escaped(bytes).withUnsafeBytes { appendField($0) }
        } else {
          appendField(bytes)
        }
      }
    }
  }

  private func appendField(_ bytes: UnsafeRawBufferPointer) {
    append(Int32(clamping: bytes.count))
    append(bytes)
  }

  private func append<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number.bigEndian) { append($0) }
  }

  @inline(__always)
  private func append(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
    if count + bytes.count > buffer.count { grow(bytes.count) }
    guard let end = buffer.baseAddress else { return }
    (end + count).copyMemory(from: start, byteCount: bytes.count)
    count += bytes.count
  }

  private func grow(_ more: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(buffer.count * 2, count + more), alignment: 8)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    buffer.deallocate()
    buffer = larger
  }
}
