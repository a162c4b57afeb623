import Records

extension Shape where Value == String {
  /// The address of a server, without what comes after host, port and a path that all of its paths share:
  /// `https://cloud.langfuse.com`; kept without a slash at its end. One with a name and password is refused, and not shown.
  public static var webAddress: Shape {
    let text = Shape.text
    return Shape(
      read: { node, current, reading in
        guard let address = text.read(node, current, reading) else { return nil }
        switch WebAddress.problem(address) {
        case nil: return WebAddress.withoutSlash(address)
        case .holdsPassword?:
          reading.log.report(
            ProjectError(
              node.location, problem: "the address in \(reading.path) holds a name or a password",
              remedy: "Name where they come from instead: headers: {Authorization: {env: VARIABLE}}"))
        case .isNone?:
          reading.refuse(
            node, expected: "the address of a server, http:// or https://", example: "https://cloud.langfuse.com")
        }
        return nil
      },
      show: text.show,
      schema: { _ in JSONObject(["type": "string", "pattern": "^https?://[^/@?#\\s]+(/[^@?#\\s]*)?$"]) })
  }
}

private enum WebAddress {
  enum Problem {
    case holdsPassword, isNone
  }

  static func problem(_ text: String) -> Problem? {
    guard let scheme = ["http://", "https://"].first(where: { text.hasPrefix($0) }) else { return .isNone }
    let rest = text.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" }
    if authority.contains("@") { return .holdsPassword }
    let allowed = text.unicodeScalars.allSatisfy {
      $0.isASCII && $0.value > 0x20 && !"?#@\"<>\\^`{|}".unicodeScalars.contains($0)
    }
    let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" }.dropFirst() : authority.prefix { $0 != ":" }
    guard allowed, !host.isEmpty, !authority.hasPrefix("[") || authority.contains("]") else { return .isNone }
    let port = authority.dropFirst(authority.hasPrefix("[") ? host.count + 2 : host.count)
    guard port.isEmpty || port.first == ":" && UInt16(port.dropFirst()).map({ $0 > 0 }) ?? false else { return .isNone }
    return nil
  }

  static func withoutSlash(_ text: String) -> String {
    var text = text[...]
    while text.hasSuffix("/") { text.removeLast() }
    return String(text)
  }
}
