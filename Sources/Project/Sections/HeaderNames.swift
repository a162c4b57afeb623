/// Names of headers that requests to others carry.
enum HeaderNames {
  /// Headers that the connection itself has.
  private static let own: Set<String> = [
    "host", "content-length", "content-type", "content-encoding", "transfer-encoding", "connection", "te", "trailer",
    "upgrade", "expect", "user-agent",
  ]

  /// What is wrong with the names under the key `headers`.
  /// - Parameters:
  ///   - taken: a header that is made of another setting already, in lower case.
  ///   - problem: says so.
  static func faults(_ names: [String], taken: String?, problem: String) -> [Fault] {
    var seen: Set<String> = []
    return names.compactMap { name in
      let below = [Fault.Step.key(name)]
      let isToken = name.utf8.allSatisfy { byte in
        let letter = byte | 0x20
        return (0x61...0x7A).contains(letter) || (0x30...0x39).contains(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
      if !isToken { return Fault(key: "headers", below: below, problem: "\(quoted(name)) is no name of a header") }
      if own.contains(name.lowercased()) {
        return Fault(key: "headers", below: below, problem: "the header \(quoted(name)) is set by Tallystick itself")
      }
      if name.lowercased() == taken { return Fault(key: "headers", below: below, problem: problem) }
      return seen.insert(name.lowercased()).inserted
        ? nil : Fault(key: "headers", below: below, problem: "the header \(quoted(name)) is given twice")
    }
  }
}
