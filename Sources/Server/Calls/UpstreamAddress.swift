internal import Gateway
internal import NIOCore

/// Where an upstream listens, and how its paths begin.
struct UpstreamAddress: Sendable {
  let host: String
  let port: Int
  let isTLS: Bool
  /// What stands before the paths of calls; empty, or with a slash at its beginning and none at its end.
  let prefix: String
  /// The header `Host`.
  let authority: String

  /// - Parameter url: as `tally.yaml` names it: `http://` or `https://`, without name, password, query and fragment.
  /// - Returns: nil for anything else.
  init?(_ url: String) {
    let scheme: (text: String, isTLS: Bool, port: Int)
    if url.hasPrefix("https://") {
      scheme = ("https://", true, 443)
    } else if url.hasPrefix("http://") {
      scheme = ("http://", false, 80)
    } else {
      return nil
    }
    let rest = url.dropFirst(scheme.text.count)
    let authority = rest.prefix { $0 != "/" }
    let path = rest.dropFirst(authority.count)
    guard !authority.isEmpty, !rest.contains(where: { "@?#".contains($0) || $0.isWhitespace }) else { return nil }
    let name: Substring
    let behind: Substring
    if authority.hasPrefix("[") {
      // An address of IPv6.
      guard let end = authority.firstIndex(of: "]") else { return nil }
      name = authority[authority.index(after: authority.startIndex)..<end]
      behind = authority[authority.index(after: end)...]
    } else {
      name = authority.prefix { $0 != ":" }
      behind = authority.dropFirst(name.count)
    }
    var port = scheme.port
    if !behind.isEmpty {
      guard behind.first == ":", let number = Int(behind.dropFirst()), (1...65_535).contains(number) else { return nil }
      port = number
    }
    guard !name.isEmpty else { return nil }
    host = String(name)
    self.port = port
    isTLS = scheme.isTLS
    self.authority = String(authority)
    prefix = path == "/" ? "" : String(path)
  }

  /// Whether the host is a number, which has no name that a certificate could be asked for.
  var isNumeric: Bool { (try? SocketAddress(ipAddress: host, port: port)) != nil }
}
