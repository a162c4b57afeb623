import Glibc
import Project

/// Secrets that the project file names and does not hold.
enum ProjectSecret {
  /// A secret that is not where the project file says.
  struct Missing: Error, CustomStringConvertible {
    let place: String
    let problem: String

    var description: String { "\(place): \(problem)" }
  }

  /// The secret that a setting names.
  static func value(of settings: SecretSettings, beside file: String, place: String) throws -> String {
    var value: String
    let source: String
    if let variable = settings.variable {
      source = "the variable \(variable)"
      guard let found = getenv(variable) else {
        throw Missing(place: place, problem: "the variable \(variable) is not set. Set it before `tally serve`")
      }
      value = String(cString: found)
    } else {
      let path = settings.file ?? ""
      let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
      source = "the file \(path)"
      value = try SecretFile.text(path.hasPrefix("/") ? path : folder + path) { problem in
        Missing(place: place, problem: "\(path) cannot be read: \(problem)")
      }
    }
    while value.last?.isNewline == true { value.removeLast() }
    guard !value.isEmpty, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw Missing(
        place: place,
        problem: "\(source) holds \(value.isEmpty ? "nothing" : "what no header can hold: a control character")")
    }
    return value
  }
}

/// A small file that holds a secret.
private enum SecretFile {
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
