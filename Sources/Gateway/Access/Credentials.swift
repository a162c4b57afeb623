public import Records

/// What a request shows to be let in: the digest of a token, never the token itself.
///
/// | header | who sends it |
/// |---|---|
/// | `Authorization: Bearer TOKEN` | exporters of OpenTelemetry, curl |
/// | `Authorization: Basic …` with the key's name, or nothing, as user and the token as password | Langfuse's SDKs |
/// | `x-api-key: TOKEN` | clients of model APIs |
public struct Credentials: Sendable, Equatable {
  public let digest: SHA256Digest
  /// The name that must be the key's; nil when none was said.
  public let user: String?

  init(token: some StringProtocol, user: String? = nil) {
    digest = AccessToken.digest(of: String(token))
    self.user = user
  }

  /// What two headers show. `Authorization` counts before `x-api-key`, unless it is of a scheme that is none of ours.
  /// - Returns: nil when they show nothing.
  /// - Throws: `AccessDenial` when they show something that cannot be read.
  public static func read(authorization: String?, apiKey: String?) throws(AccessDenial) -> Credentials? {
    let (scheme, value) = authorization.map(parts) ?? ("", "")
    switch scheme {
    case "bearer" where !value.isEmpty: return Credentials(token: value)
    case "basic":
      guard let credentials = basic(value) else { throw AccessDenial(.unreadable) }
      return credentials
    default:
      if let apiKey, !trimmed(apiKey[...]).isEmpty { return Credentials(token: trimmed(apiKey[...])) }
      if authorization == nil { return nil }
      throw AccessDenial(.unreadable)
    }
  }

  /// RFC 9110, section 11.4: the scheme in any case, one or more spaces, the rest.
  private static func parts(_ header: String) -> (scheme: String, value: Substring) {
    let header = trimmed(header[...])
    let scheme = header.prefix { $0 != " " }
    return (scheme.lowercased(), trimmed(header.dropFirst(scheme.count)))
  }

  /// RFC 7617: `user:password` in base 64.
  private static func basic(_ value: Substring) -> Credentials? {
    guard let bytes = Base64Text.decoded(value) else { return nil }
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let user = String(decoding: bytes[..<colon], as: UTF8.self)
    let password = String(decoding: bytes[(colon + 1)...], as: UTF8.self)
    guard !password.isEmpty else { return nil }
    return Credentials(token: password, user: user.isEmpty ? nil : user)
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}

/// Base 64 as headers have it: the standard alphabet, with or without padding.
private enum Base64Text {
  static func decoded(_ text: Substring) -> [UInt8]? {
    var digits = Array(text.utf8)
    while digits.last == UInt8(ascii: "=") { digits.removeLast() }
    guard digits.count % 4 != 1 else { return nil }
    var (bytes, bits, held): ([UInt8], UInt32, UInt32) = ([], 0, 0)
    for digit in digits {
      guard let value = value(digit) else { return nil }
      bits = bits << 6 | value
      held += 6
      if held >= 8 {
        held -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> held))
      }
    }
    return bytes
  }

  private static func value(_ digit: UInt8) -> UInt32? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a") + 26)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0") + 52)
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
