/// Which headers of a call and of its reply go on.
public enum CallHeaders {
  /// Of one connection (RFC 9110, 7.6.1).
  private static let hop: Set<String> = [
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade",
  ]

  /// Of this server. What lets a caller in here is nobody else's; a reply that is compressed could not be read on its way.
  private static let own: Set<String> = [
    "host", "content-length", "content-encoding", "accept-encoding", "expect", "authorization", "x-api-key", "api-key",
    "cookie",
  ]

  /// Where callers show their keys.
  public static let keys: Set<String> = ["authorization", "x-api-key", "api-key"]

  /// The headers with which a call goes on.
  /// - Parameter passesKey: whether the caller's own key goes on, where the server has none and asks for none.
  public static func outgoing(
    _ headers: [(name: String, value: String)], to upstream: Upstream, passesKey: Bool
  ) -> [(name: String, value: String)] {
    let named = names(in: headers)
    var outgoing = headers.filter { header in
      let name = header.name.lowercased()
      if hop.contains(name) || named.contains(name) || name.hasPrefix(CallNotes.prefix) { return false }
      if upstream.headers.contains(where: { $0.name.lowercased() == name }) { return false }
      return !own.contains(name) || passesKey && keys.contains(name)
    }
    // Who says nothing may be sent anything (RFC 9110, 12.5.3).
    outgoing.append(("accept-encoding", "identity"))
    outgoing += upstream.headers
    return outgoing
  }

  /// The headers with which a reply goes on.
  /// - Parameter isChanged: whether its length changes on the way.
  public static func incoming(
    _ headers: [(name: String, value: String)], isChanged: Bool
  ) -> [(name: String, value: String)] {
    let named = names(in: headers)
    return headers.filter { header in
      let name = header.name.lowercased()
      // What is said in this server's name is said by it alone.
      return !hop.contains(name) && !named.contains(name) && !name.hasPrefix(CallNotes.prefix)
        && !(isChanged && name == "content-length")
    }
  }

  /// The headers that `Connection` says are of one connection.
  private static func names(in headers: [(name: String, value: String)]) -> Set<String> {
    var names: Set<String> = []
    for header in headers where header.name.lowercased() == "connection" {
      for name in header.value.split(separator: ",") {
        names.insert(name.filter { $0 != " " && $0 != "\t" }.lowercased())
      }
    }
    return names
  }
}
