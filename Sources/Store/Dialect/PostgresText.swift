/// Texts as PostgreSQL takes them: it has no U+0000.
///
/// U+0000 is written U+0001 U+0001 and U+0001 is written U+0001 U+0002, so that every text can be kept, no two become
/// one, and their order by bytes stays.
public enum PostgresText {
  /// Whether some byte must be written as two.
  public static func isSpecial(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.contains { $0 <= 1 } }

  public static func escaped(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var escaped: [UInt8] = []
    escaped.reserveCapacity(bytes.count + 16)
    for byte in bytes {
      if byte <= 1 { escaped.append(1) }
      escaped.append(byte <= 1 ? byte + 1 : byte)
    }
    return escaped
  }

  /// Whether a text that was read holds something that was escaped.
  public static func isEscaped(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.contains(1) }

  public static func unescaped(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      if bytes[place] == 1, place + 1 < bytes.count {
        place += 1
        text.append(bytes[place] &- 1)
      } else {
        text.append(bytes[place])
      }
      place += 1
    }
    return text
  }
}
