import Records

/// Times as tools write them.
enum TimeText {
  /// RFC 3339, also with a space before the time of day and, as Python and SQL write local times, without an offset,
  /// which is then taken for UTC; a date; or a number since 1970 in seconds (with a fraction), milli-, micro- or
  /// nanoseconds, told by its size. Nil for anything else, so for seconds before 1973 too: small numbers are no times.
  static func instant(_ text: BorrowedText) -> Instant? {
    let bytes = text.bytes
    guard bytes.count >= 9, let first = bytes.first, first &- UInt8(ascii: "0") < 10 else { return nil }
    return bytes[4] == UInt8(ascii: "-") ? date(text) : number(bytes)
  }

  private static func date(_ text: BorrowedText) -> Instant? {
    var string = text.string
    if let instant = Instant(string) { return instant }
    guard text.bytes.count >= 19 else { return nil }
    if text.bytes[10] == UInt8(ascii: " ") {
      let place = string.utf8.index(string.utf8.startIndex, offsetBy: 10)
      string.replaceSubrange(place...place, with: "T")
    }
    return Instant(string) ?? Instant(string + "Z")
  }

  private static func number(_ bytes: UnsafeRawBufferPointer) -> Instant? {
    // In 10⁻¹² parts, exactly, as money is.
    guard let units = MoneyText.units(bytes) else { return nil }
    let second: Int128 = 1_000_000_000_000
    let nanoseconds: Int128
    switch units / second {
    case 100_000_000..<100_000_000_000: nanoseconds = units / 1_000
    case 100_000_000_000..<100_000_000_000_000: nanoseconds = units / 1_000_000
    case 100_000_000_000_000..<100_000_000_000_000_000: nanoseconds = units / 1_000_000_000
    case 100_000_000_000_000_000...: nanoseconds = units / second
    default: return nil
    }
    return Int64(exactly: nanoseconds).map(Instant.init(nanoseconds:))
  }
}
