import Foundation

/// A provider of models that does what a test says, and records what it truly received: byte for byte, and who hung up.
/// One thread a connection; connections stay open unless the test says otherwise.
final class StubUpstream: @unchecked Sendable {
  struct Request: Sendable {
    let method: String
    /// With its query.
    let path: String
    /// As they came, in their order.
    let headers: [(name: String, value: String)]
    let body: Data
    /// Which of the connections it came by.
    let connection: Int

    var text: String { String(decoding: body, as: UTF8.self) }
    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }
  }

  /// What it does, one after the other.
  enum Act: Sendable {
    /// Sends these bytes as they are, at once.
    case send(String)
    case bytes([UInt8])
    case pause(TimeInterval)
    /// Waits until the test lets it go on.
    case wait(Gate)
    /// Ends the connection properly.
    case close
    /// Ends the connection as a crash does.
    case reset
    /// Says nothing until the other side hangs up.
    case hang
  }

  /// Something that a test opens.
  final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func open() { semaphore.signal() }
    fileprivate func pass() { _ = semaphore.wait(timeout: .now() + 5 * Tally.patience) }
  }

  struct NoPort: Error {}

  let port: Int
  private let listener: Int32
  private let acts: @Sendable (_ number: Int, Request) -> [Act]
  // Safe: everything that changes is behind the lock.
  private let lock = NSLock()
  private var asked: [Request] = []
  private var hangUps = 0
  private var connections = 0

  var requests: [Request] { lock.withLock { asked } }
  /// How often the other side hung up before an answer was complete.
  var disconnects: Int { lock.withLock { hangUps } }

  /// - Parameter acts: for the first request (number 0) and those after it; called on several threads.
  init(_ acts: @escaping @Sendable (_ number: Int, Request) -> [Act]) throws {
    self.acts = acts
    let door: Int32
    (door, port) = try StubUpstream.listen()
    listener = door
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

  /// Listens on any free port of the machine itself.
  static func listen() throws -> (door: Int32, port: Int) {
    let door = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(door, pointer, length) == 0 && Foundation.listen(door, 128) == 0
          && getsockname(door, pointer, &length) == 0
      }
    }
    guard bound else { throw NoPort() }
    return (door, Int(UInt16(bigEndian: address.sin_port)))
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  // MARK: What providers say

  static func json(_ body: String, status: Int = 200, headers: String = "") -> [Act] {
    [
      .send(
        "HTTP/1.1 \(status) Status\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
      )
    ]
  }

  static let streamHead = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"

  static func chunk(_ text: String) -> String { String(text.utf8.count, radix: 16) + "\r\n\(text)\r\n" }

  /// A stream that is cut into pieces of a length, whatever they cut.
  static func stream(_ text: String, every length: Int) -> [Act] {
    let bytes = Array(text.utf8)
    var acts: [Act] = [.send(streamHead)]
    for start in stride(from: 0, to: bytes.count, by: length) {
      let piece = bytes[start..<min(start + length, bytes.count)]
      acts.append(.bytes(Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8)))
    }
    return acts + [.send("0\r\n\r\n")]
  }

  // MARK: Connections

  private func serve(_ connection: Int32) {
    let number = lock.withLock { () -> Int in
      connections += 1
      return connections
    }
    defer { close(connection) }
    var one: Int32 = 1
    setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    var left = Data()
    while let request = StubUpstream.read(connection, &left, number) {
      let place = lock.withLock { () -> Int in
        asked.append(request)
        return asked.count - 1
      }
      for act in acts(place, request) {
        guard perform(act, connection) else { return }
      }
    }
  }

  /// - Returns: whether the connection goes on.
  private func perform(_ act: Act, _ connection: Int32) -> Bool {
    switch act {
    case .send(let text): return perform(.bytes(Array(text.utf8)), connection)
    case .bytes(let bytes):
      guard StubUpstream.send(bytes, connection) else {
        lock.withLock { hangUps += 1 }
        return false
      }
      return true
    case .pause(let seconds):
      Thread.sleep(forTimeInterval: seconds)
      return true
    case .wait(let gate):
      gate.pass()
      return true
    case .close: return false
    case .reset:
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Foundation.linger>.size))
      return false
    case .hang:
      var byte: UInt8 = 0
      if recv(connection, &byte, 1, 0) <= 0 { lock.withLock { hangUps += 1 } }
      return false
    }
  }

  private static func send(_ bytes: [UInt8], _ connection: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  private static func read(_ connection: Int32, _ left: inout Data, _ number: Int) -> Request? {
    var bytes = left
    left = Data()
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
    let headers = lines.dropFirst().map { line in
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      return (name: String(parts[0]), value: parts.dropFirst().joined().trimmingCharacters(in: .whitespaces))
    }
    let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
    while bytes.count < end.upperBound + length { guard more() else { return nil } }
    left = Data(bytes[(end.upperBound + length)...])
    return Request(
      method: String(words[0]), path: String(words[1]), headers: headers,
      body: Data(bytes[end.upperBound..<end.upperBound + length]), connection: number)
  }
}
