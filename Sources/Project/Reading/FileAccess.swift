#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The few system calls that reading a project needs, with interrupted calls repeated.
enum FileAccess {
  /// Why a file or folder could not be read, in the system's words.
  struct Failure: Error { let problem: String }

  /// All bytes of a file of at most so many.
  static func bytes(of path: String, atMost most: Int) throws(Failure) -> [UInt8] {
    // Opened without waiting: a named pipe in place of a file must not hang.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw lastError() }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw lastError() }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw Failure(problem: "is a directory") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(problem: "is no regular file") }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = block.withUnsafeMutableBytes { receive(descriptor, $0) }
      if count < 0 { throw lastError() }
      if count == 0 { return bytes }
      bytes += block[..<count]
      guard bytes.count <= most else { throw Failure(problem: "is larger than \(most >> 20) MiB") }
    }
  }

  /// The names in a folder, sorted by their bytes, without `.` and `..`.
  static func names(in folder: String) throws(Failure) -> [String] {
    guard let stream = opendir(folder) else { throw lastError() }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The path without links and dots, by which a file is known again; nil when there is no such file.
  static func canonical(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  private static func receive(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 || errno != EINTR { return count }
    }
  }

  private static func lastError() -> Failure { Failure(problem: String(cString: strerror(errno))) }
}
