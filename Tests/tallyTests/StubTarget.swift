import Foundation

/// A server that answers as a test says, and remembers what it was asked: a target of forwarding, or Langfuse. One thread a
/// connection; every answer ends its connection.
final class StubTarget: @unchecked Sendable {
  struct Request: Sendable {
    let method: String
    /// With its query.
    let path: String
    /// Names in lower case.
    let headers: [String: String]
    let body: Data
    let at: Date

    var text: String { String(decoding: body, as: UTF8.self) }
  }

  struct Reply: Sendable {
    var status = 200
    var headers: [String: String] = ["content-type": "application/json"]
    var body = "{}"
    /// Seconds before it answers.
    var delay = 0.0
    /// Whether the connection is reset instead of an answer.
    var resets = false
  }

  struct NoPort: Error {}

  let port: Int
  private let listener: Int32
  private let answer: @Sendable (_ number: Int, Request) -> Reply
  // Safe: everything that changes is behind the lock.
  private let lock = NSLock()
  private var asked: [Request] = []

  var requests: [Request] { lock.withLock { asked } }

  /// - Parameters:
  ///   - port: 0 takes any free one.
  ///   - answer: to the first request (number 0) and those after it; called on several threads.
  init(port: Int = 0, answer: @escaping @Sendable (Int, Request) -> Reply = { _, _ in Reply() }) throws {
    self.answer = answer
    let door = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    listener = door
    guard let bound = StubTarget.bound(door, to: port), listen(door, 64) == 0 else { throw NoPort() }
    self.port = bound
    Thread.detachNewThread { [weak self] in
      while true {
        let connection = accept(door, nil, nil)
        guard connection >= 0 else { return }
        guard let stub = self else {
          close(connection)
          return
        }
        Thread.detachNewThread { stub.serve(connection) }
      }
    }
  }

  deinit { stop() }

  /// Nobody answers at its port any more.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// A port at which nobody answers, until somebody is told to: a socket that takes no connections holds it to the end of the run,
  /// so that no other test is given the port where any free one would do. Whoever names the port, and lets addresses be used again
  /// as servers do, may listen there.
  static func freePort() throws -> Int {
    guard let port = bound(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0), to: 0) else { throw NoPort() }
    return port
  }

  /// Binds a socket to a port of this machine; 0 takes any free one.
  /// - Returns: which it is; nil where it is somebody else's.
  private static func bound(_ door: Int32, to port: Int) -> Int? {
    var yes: Int32 = 1
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(door, pointer, length) == 0 && getsockname(door, pointer, &length) == 0
      }
    }
    return isBound ? Int(UInt16(bigEndian: address.sin_port)) : nil
  }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    guard let request = StubTarget.read(connection) else { return }
    let number = lock.withLock { () -> Int in
      asked.append(request)
      return asked.count - 1
    }
    let reply = answer(number, request)
    if reply.delay > 0 { Thread.sleep(forTimeInterval: reply.delay) }
    if reply.resets {
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
      return
    }
    var head = "HTTP/1.1 \(reply.status) Status\r\nconnection: close\r\ncontent-length: \(reply.body.utf8.count)\r\n"
    for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
    let bytes = Array((head + "\r\n" + (request.method == "HEAD" ? "" : reply.body)).utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }

  private static func read(_ connection: Int32) -> Request? {
    var bytes = Data()
    var piece = [UInt8](repeating: 0, count: 65_536)
    let separator = Data("\r\n\r\n".utf8)
    func more() -> Bool {
      let count = recv(connection, &piece, piece.count, 0)
      if count > 0 { bytes.append(contentsOf: piece[..<count]) }
      return count > 0
    }
    while bytes.range(of: separator) == nil { guard more() else { return nil } }
    guard let end = bytes.range(of: separator) else { return nil }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count == 3 else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
    }
    let length = headers["content-length"].flatMap { Int($0) } ?? 0
    while bytes.count < end.upperBound + length { guard more() else { return nil } }
    return Request(
      method: String(words[0]), path: String(words[1]), headers: headers,
      body: bytes[end.upperBound..<end.upperBound + length], at: Date())
  }
}
