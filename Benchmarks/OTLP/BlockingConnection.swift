import Glibc

/// A connection to an HTTP server on loopback that sends one request at a time and waits for its answer: the least work a
/// client can do, so that what is measured is the server.
struct BlockingConnection: ~Copyable {
  struct Failure: Error { let reason: String }

  private let descriptor: Int32
  private var received = [UInt8](repeating: 0, count: 64 << 10)

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    guard code == 0 else { throw Failure(reason: "nobody listens on port \(port)") }
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  deinit { close(descriptor) }

  /// Sends a request, and gives the status of its answer, whose body is read and dropped.
  mutating func send(_ head: [UInt8], _ body: [UInt8]) throws -> Int {
    try write(head)
    try write(body)
    var count = 0
    while true {
      let read = received.withUnsafeMutableBytes { bytes in
        let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[count...])
        return recv(descriptor, rest.baseAddress, rest.count, 0)
      }
      guard read > 0 else { throw Failure(reason: "the server hung up") }
      count += read
      if let status = statusOfWholeAnswer(count) { return status }
      guard count < received.count else { throw Failure(reason: "an answer of more than 64 KB") }
    }
  }

  private func write(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let written = bytes.withUnsafeBytes { bytes in
        let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
        return Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
      }
      guard written > 0 else { throw Failure(reason: "the server hung up") }
      sent += written
    }
  }

  /// The status, once the head and as many bytes as it announces are there.
  private func statusOfWholeAnswer(_ count: Int) -> Int? {
    let answer = received[..<count]
    guard let end = answer.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: answer[..<end.lowerBound], as: UTF8.self).lowercased().split(separator: "\r\n")
    if let length = lines.first(where: { $0.hasPrefix("content-length:") }) {
      guard let announced = Int(length.dropFirst(15).drop { $0 == " " }), count - end.upperBound >= announced else {
        return nil
      }
    } else if lines.contains("transfer-encoding: chunked"), !answer.suffix(5).elementsEqual("0\r\n\r\n".utf8) {
      return nil
    }
    return lines.first.flatMap { Int($0.dropFirst(9).prefix(3)) }
  }
}
