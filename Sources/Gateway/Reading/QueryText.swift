/// The parameters of a request's address (RFC 3986): what a client wrote, undone.
enum QueryText {
  /// - Throws: `Problem` for percent signs that stand for nothing, and names that come twice.
  static func parameters(_ query: String?) throws -> [(name: String, value: String)] {
    guard let query, !query.isEmpty else { return [] }
    var parameters: [(name: String, value: String)] = []
    for part in query.split(separator: "&") {
      let name = part.prefix { $0 != "=" }
      let value = part.dropFirst(name.count + 1)
      guard let name = decoded(name), let value = decoded(value) else {
        throw Problem(
          status: 400, code: "ENCODING",
          detail: "'\(part)' is not encoded as addresses are: a % stands before two "
            + "hexadecimal digits, and what they spell is UTF-8.")
      }
      guard !parameters.contains(where: { $0.name == name }) else {
        throw Problem.parameter(name, "REPEATED_PARAMETER", "'\(name)' is there twice; say it once.")
      }
      parameters.append((name, value))
    }
    return parameters
  }

  /// Undoes percent-encoding; nil where it is none. A plus stays a plus: times have them.
  static func decoded(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var rest = Substring(text).utf8
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
