import Records

extension JSONReader {
  /// The next value, whole, of a source that this reader reads.
  /// - Throws: `IntakeError` with line and column, also for what `JSONValue` does not take: repeated keys, say.
  mutating func readValue(of source: ByteSource) throws -> JSONValue {
    _ = try peek()
    let start = offset
    try skipValue()
    do {
      return try JSONValue(parsing: UnsafeRawBufferPointer(rebasing: source.bytes[start..<offset]))
    } catch {
      throw self.error(atOffset: start + error.offset, problem: error.problem)
    }
  }
}
