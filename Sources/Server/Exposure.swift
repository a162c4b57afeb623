internal import Glibc

/// Who reaches a server: only its own machine, or others too.
enum Exposure {
  /// Whether an address is the machine's own: all of 127.0.0.0/8, ::1, and the name that stands for them (RFC 6761,
  /// section 6.3). Everything else may be reached by others, also names that happen to lead here.
  static func isLoopback(_ host: String) -> Bool {
    if host.lowercased() == "localhost" { return true }
    var address = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, host, &address) == 1 { return address[0] == 127 }
    guard inet_pton(AF_INET6, host, &address) == 1 else { return false }
    return address.dropLast().allSatisfy { $0 == 0 } && address.last == 1
  }

  /// An address as it stands in a URL.
  static func authority(_ host: String, _ port: Int) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}

/// A server would let in others as it is now.
public struct ExposureError: Error, CustomStringConvertible {
  enum Problem {
    case plain
    case noKey
  }

  let address: String
  let problems: [Problem]

  public var description: String {
    let remedies = problems.map { problem in
      switch problem {
      case .plain:
        "  What is sent could be read on the way, tokens too. Give it a certificate (--tls-certificate FILE --tls-key FILE), "
          + "or say --insecure-http if a proxy before it ends TLS."
      case .noKey:
        "  Nobody has a key. Make one: tally key create NAME --scope ingest"
      }
    }
    return "not listening on \(address), where others reach it:\n" + remedies.joined(separator: "\n")
  }
}
