#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The few system calls that reading files needs, with interrupted calls repeated.
enum SystemCalls {
  /// The system's words for the last error of this thread.
  static func lastError() -> String {
    String(cString: strerror(errno))
  }

  static func openForReading(_ path: String) -> Int32 {
    open(path, O_RDONLY | O_CLOEXEC)
  }

  /// Up to `count` bytes; 0 at the end, negative on an error.
  static func readSome(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    while true {
      let received = read(descriptor, buffer, count)
      if received >= 0 || errno != EINTR { return received }
    }
  }

  /// Writes all bytes; false on an error.
  static func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
    var written = 0
    while written < bytes.count, let base = bytes.baseAddress {
      let count = write(descriptor, base + written, bytes.count - written)
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      written += count
    }
    return true
  }

  /// A file that has no name any more: it disappears with its descriptor, whatever happens to the process.
  static func unlinkedTemporaryFile() -> Int32 {
    let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(directory)/tally-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    if descriptor >= 0 { unlink(template) }
    return descriptor
  }

  /// Drops the mapped pages before `offset` from memory; reading them again loads them again.
  static func giveBack(_ mapping: UnsafeRawBufferPointer, upTo offset: Int) {
    // 64 KiB is a multiple of every page size in use.
    let count = min(offset, mapping.count) & ~0xFFFF
    guard count > 0, let base = UnsafeMutableRawPointer(mutating: mapping.baseAddress) else { return }
    madvise(base, count, MADV_DONTNEED)
  }

  enum Kind { case regular, directory, stream, device }

  /// What a descriptor is, and the size of a regular file in bytes.
  static func kind(of descriptor: Int32) -> (kind: Kind, size: Int)? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return (.regular, Int(status.st_size))
    case S_IFDIR: return (.directory, 0)
    case S_IFCHR, S_IFBLK: return (.device, 0)
    default: return (.stream, 0)
    }
  }
}
