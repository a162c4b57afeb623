import Glibc

/// A file that is read at once, such as one that holds a secret.
enum SmallFile {
  private static let limit = 64 << 10

  static func text<Problem: Error>(_ path: String, _ problem: (String) -> Problem) throws -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw problem(String(cString: strerror(errno))) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var count = 0
    while count < bytes.count {
      let more = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress?.advanced(by: count), $0.count - count) }
      guard more >= 0 else { throw problem(String(cString: strerror(errno))) }
      if more == 0 { break }
      count += more
    }
    guard count <= limit else { throw problem("it is longer than \(limit) bytes") }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
