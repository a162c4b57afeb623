import Foundation

/// A client that sends bytes as they are and says what came back, byte for byte and when.
final class RawClient {
  struct NoConnection: Error {}
  struct Late: Error { let soFar: String }

  private let connection: Int32
  private(set) var received = Data()
  /// Whether the server has ended the connection.
  private(set) var isOver = false

  init(port: Int) throws {
    connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let door = connection
    let isThere = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(door, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isThere else { throw NoConnection() }
  }

  deinit { hangUp() }

  func hangUp() {
    guard !hasHungUp else { return }
    hasHungUp = true
    close(connection)
  }
  private var hasHungUp = false

  /// Closes its own half only.
  func closeHalf() { shutdown(connection, Int32(SHUT_WR)) }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }

  func post(_ path: String, _ body: String, _ headers: String = "") {
    send(
      "POST \(path) HTTP/1.1\r\nhost: tally\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
    )
  }

  var text: String { String(decoding: received, as: UTF8.self) }

  /// Reads until a text is there, or the connection's end.
  func read(until wanted: String) throws {
    while !text.contains(wanted), !isOver { try more() }
    guard text.contains(wanted) else { throw Late(soFar: text) }
  }

  func readToEnd() throws { while !isOver { try more() } }

  private func more() throws {
    var waiting = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, Int32(Tally.patience * 1_000)) > 0 else { throw Late(soFar: text) }
    var piece = [UInt8](repeating: 0, count: 65_536)
    let count = recv(connection, &piece, piece.count, 0)
    if count > 0 { received.append(contentsOf: piece[..<count]) } else { isOver = true }
  }

  /// What came back, for those who need no connection any more.
  struct Answer {
    var status: Int?
    var head = ""
    var body = ""

    func header(_ name: String) -> String? {
      head.components(separatedBy: "\r\n").compactMap { line in
        let parts = line.split(separator: ":", maxSplits: 1)
        return parts.count == 2 && parts[0].lowercased() == name ? parts[1].trimmingCharacters(in: .whitespaces) : nil
      }.first
    }
  }

  var answer: Answer {
    Answer(status: status, head: text.components(separatedBy: "\r\n\r\n").first ?? "", body: body)
  }

  var status: Int? { text.split(separator: " ").dropFirst().first.flatMap { Int($0) } }

  /// What follows the head of a reply.
  var body: String { text.range(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? "" }

  /// The body of a reply in chunks, as far as it came.
  var unchunked: String {
    guard let head = text.range(of: "\r\n\r\n") else { return "" }
    var rest = Data(text[head.upperBound...].utf8)
    var body = Data()
    while let line = rest.range(of: Data("\r\n".utf8)),
      let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16), size > 0
    {
      let start = line.upperBound
      guard rest.endIndex >= start + size + 2 else {
        body += rest[start...]
        break
      }
      body += rest[start..<start + size]
      rest = Data(rest[(start + size + 2)...])
    }
    return String(decoding: body, as: UTF8.self)
  }
}
