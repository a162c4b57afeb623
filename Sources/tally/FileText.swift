import Glibc

/// Writes a whole file, so that a reader sees the old one or the new one.
enum FileText {
  struct Failure: Error, CustomStringConvertible {
    let path: String
    let number: Int32
    var description: String { "\(path): cannot be written (\(String(cString: strerror(number))))." }
  }

  static func write(_ text: String, to path: String) throws(Failure) {
    let temporary = path + ".new"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw Failure(path: path, number: errno) }
    let number = Terminal.put(text, to: file)
    close(file)
    guard number == 0 else {
      unlink(temporary)
      throw Failure(path: path, number: number)
    }
    guard rename(temporary, path) == 0 else { throw Failure(path: path, number: errno) }
  }
}
