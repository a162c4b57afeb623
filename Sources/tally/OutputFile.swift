import ArgumentParser
import Glibc

/// Where a long result goes: standard output, or a file that is there whole or not at all.
final class OutputFile {
  struct Failure: Error, CustomStringConvertible {
    let path: String
    let number: Int32
    var description: String { "\(path): cannot be written (\(String(cString: strerror(number))))." }
  }

  private let path: String?
  private let temporary: String
  private var file: Int32
  private var buffer: [UInt8] = []
  private var isFinished = false

  private static let bufferBytes = 1 << 18

  /// - Parameter path: nil for standard output.
  /// - Throws: `Failure`.
  init(_ path: String?) throws {
    self.path = path
    temporary = (path ?? "") + ".new-\(getpid())"
    file = STDOUT_FILENO
    buffer.reserveCapacity(OutputFile.bufferBytes + 4_096)
    guard let path else { return }
    file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw Failure(path: path, number: errno) }
  }

  func write(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= OutputFile.bufferBytes { try flush() }
  }

  /// Writes the rest. A file bears its name from here on, and keeps it when the power fails.
  func finish() throws {
    try flush()
    isFinished = true
    guard let path else { return }
    guard fsync(file) == 0, close(file) == 0, rename(temporary, path) == 0 else {
      defer { unlink(temporary) }
      throw Failure(path: path, number: errno)
    }
    let slash = path.lastIndex(of: "/")
    let folder = open(slash.map { String(path[...$0]) } ?? ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  deinit {
    guard path != nil, !isFinished else { return }
    close(file)
    unlink(temporary)
  }

  private func flush() throws {
    var rest = buffer[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        // A reader that left (`| head`) wants no more.
        if path == nil, errno == EPIPE { throw ExitCode.success }
        throw Failure(path: path ?? "standard output", number: written < 0 ? errno : EIO)
      }
      rest = rest.dropFirst(written)
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
