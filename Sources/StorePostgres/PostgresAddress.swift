/// Where a server and its database are, as libpq takes it: `postgres://user@host/database?sslmode=verify-full`.
///
/// Passwords are best left out: libpq finds them in `PGPASSWORD` or `~/.pgpass`.
public struct PostgresAddress: Sendable {
  /// As it was given; may hold a password, so it is never shown.
  let url: String
  /// As it may be shown.
  public let location: String
  /// What must not be shown.
  private let secrets: [String]

  /// Nil for what is no such address.
  public init?(_ url: String) {
    guard let colon = url.range(of: "://"), ["postgres", "postgresql"].contains(url[..<colon.lowerBound].lowercased())
    else { return nil }
    self.url = url
    let (shown, secret) = PostgresAddress.split(String(url[colon.upperBound...]))
    location = "postgres://" + shown
    secrets = secret
  }

  public static func isAddress(_ text: String) -> Bool { PostgresAddress(text) != nil }

  /// The same server and database, working in another schema.
  /// - Parameter schema: letters, digits and `_`.
  func with(schema: String) -> PostgresAddress {
    let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var (parameters, options): ([Substring], Substring) = ([], "")
    for parameter in parts.dropFirst().first?.split(separator: "&") ?? [] {
      if parameter.hasPrefix("options=") {
        options = parameter.dropFirst("options=".count) + "%20"
      } else {
        parameters.append(parameter)
      }
    }
    // Of two settings of one name, the later one counts.
    parameters.append("options=\(options)-csearch_path%3D\(schema)")
    return PostgresAddress("\(parts[0])?" + parameters.joined(separator: "&")) ?? self
  }

  /// A text for people without the password: what holds a piece of it is left out whole.
  func redacted(_ text: String) -> String {
    secrets.contains { !$0.isEmpty && text.contains($0) } ? "what it said cannot be shown: it names the password" : text
  }

  /// Parameters that are shown.
  private static let harmless = ["host", "hostaddr", "port", "dbname", "user", "sslmode", "target_session_attrs"]

  private static func split(_ rest: String) -> (shown: String, secrets: [String]) {
    var (rest, secrets) = (rest, [String]())
    // Whoever forgot to encode `@`, `/` or `?` in a password means the last `@`.
    if let at = rest.lastIndex(of: "@"), let colon = rest.firstIndex(of: ":"), colon < at,
      !rest[..<colon].contains(where: { "/?@".contains($0) })
    {
      secrets.append(String(rest[rest.index(after: colon)..<at]))
      rest = String(rest[..<colon] + rest[at...])
    }
    let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var kept: [Substring] = []
    for parameter in parts.dropFirst().first?.split(separator: "&") ?? [] {
      let pair = parameter.split(separator: "=", maxSplits: 1)
      let (name, value) = (pair[0].lowercased(), pair.count > 1 ? String(pair[1]) : "")
      let isSchema = name == "options" && PostgresAddress.decoded(value).hasPrefix("-csearch_path=")
      if harmless.contains(name) || isSchema && !PostgresAddress.decoded(value).contains(" ") {
        kept.append(parameter)
      } else if name.contains("password") {
        secrets.append(value)
      }
    }
    let shown = parts[0] + (kept.isEmpty ? "" : "?" + kept.joined(separator: "&"))
    // libpq may quote a piece of what it could not read, or what the characters stand for.
    let pieces = secrets.flatMap { secret in
      [secret, decoded(secret)] + secret.split { "@:/?&=#".contains($0) }.map(String.init)
    }
    return (String(shown), pieces)
  }

  /// Without percent encoding.
  static func decoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    let source = Array(text.utf8)
    var place = 0
    while place < source.count {
      if source[place] == UInt8(ascii: "%"), place + 2 < source.count,
        let byte = UInt8(String(decoding: source[place + 1...place + 2], as: UTF8.self), radix: 16)
      {
        bytes.append(byte)
        place += 3
      } else {
        bytes.append(source[place])
        place += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension String {
  /// The first occurrence of a text.
  fileprivate func range(of text: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
