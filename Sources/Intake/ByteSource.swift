#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of one input as one contiguous read-only buffer, however large it is.
///
/// A regular file is mapped; a pipe or standard input is first spooled to a temporary file without a name; gzip and
/// zstd inputs are decompressed to one. Pages that were read are given back as the reader goes on (`release`), so a file of
/// several gigabytes is read in a few megabytes of resident memory. Keep the source alive
/// (`withExtendedLifetime`) for as long as anything borrowed from it is used. A file must not be truncated while it is read.
/// Safe to share: the mapping is never written after it was made.
public final class ByteSource: @unchecked Sendable {
  /// The path as the user wrote it; `standard input` for `-`.
  public let name: String
  /// Never empty.
  public let bytes: UnsafeRawBufferPointer
  /// Whether the bytes were decompressed or spooled, so that offsets are not offsets of the named file.
  public let isDerived: Bool

  private let mapping: UnsafeMutableRawPointer
  private let mappedCount: Int
  /// Whether pages that were given back come again from a file. Given back, anonymous memory would read as zeros.
  private let isReloadable: Bool

  /// How many bytes a reader goes on before it gives pages back. Large enough that the system call vanishes.
  public static let releaseStride = 8 << 20

  /// Opens an input.
  /// - Parameter path: a file, a named pipe, or `-` for standard input.
  /// - Throws: `IntakeError` when it is missing, unreadable, empty, a directory or a device, damaged, or expands beyond `limits`.
  public convenience init(path: String, limits: ExpansionLimits = .standard) throws {
    let isStandardInput = path == "-"
    let name = isStandardInput ? "standard input" : path
    let descriptor = isStandardInput ? STDIN_FILENO : SystemCalls.openForReading(path)
    guard descriptor >= 0 else {
      throw IntakeError(
        file: name, problem: "cannot be opened: \(SystemCalls.lastError())",
        remedy: "Check the path and its permissions")
    }
    defer { if !isStandardInput { close(descriptor) } }
    guard let status = SystemCalls.kind(of: descriptor) else {
      throw IntakeError(file: name, problem: "cannot be examined: \(SystemCalls.lastError())")
    }
    switch status.kind {
    case .directory:
      throw IntakeError(file: name, problem: "is a directory", remedy: "Name a file in it")
    case .device:
      throw IntakeError(
        file: name, problem: "is a terminal or a device", remedy: "Name a file, or send one through a pipe")
    case .stream:
      let spooled = try TemporaryFile.spool(descriptor, name: name, limits: limits)
      try self.init(descriptor: spooled.descriptor, size: spooled.size, name: name, isDerived: true, limits: limits)
    case .regular:
      try self.init(descriptor: descriptor, size: status.size, name: name, isDerived: false, limits: limits)
    }
  }

  /// Copies bytes that are in memory already.
  /// - Throws: `IntakeError` when there are none.
  public convenience init(copying content: UnsafeRawBufferPointer, name: String) throws {
    guard !content.isEmpty else { throw ByteSource.isEmpty(name) }
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let memory = mmap(nil, content.count, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED else {
      throw IntakeError(file: name, problem: "does not fit into memory: \(SystemCalls.lastError())")
    }
    UnsafeMutableRawBufferPointer(start: memory, count: content.count).copyMemory(from: content)
    self.init(name: name, mapping: memory, count: content.count, isDerived: true, isReloadable: false)
  }

  private static func isEmpty(_ name: String) -> IntakeError {
    IntakeError(file: name, problem: "is empty", remedy: "Check that the run wrote its results")
  }

  /// Maps a regular file and, when it is compressed, what it expands to instead.
  convenience init(descriptor: Int32, size: Int, name: String, isDerived: Bool, limits: ExpansionLimits) throws {
    let mapped = try ByteSource.map(descriptor, size: size, name: name)
    guard let compression = Compression(of: UnsafeRawBufferPointer(start: mapped, count: size)) else {
      self.init(name: name, mapping: mapped, count: size, isDerived: isDerived)
      return
    }
    defer { munmap(mapped, size) }
    let expanded = try compression.expand(
      UnsafeRawBufferPointer(start: mapped, count: size), name: name, limits: limits)
    defer { close(expanded.descriptor) }
    let result = try ByteSource.map(expanded.descriptor, size: expanded.size, name: name)
    self.init(name: name, mapping: result, count: expanded.size, isDerived: true)
  }

  private init(
    name: String, mapping: UnsafeMutableRawPointer, count: Int, isDerived: Bool, isReloadable: Bool = true
  ) {
    self.isReloadable = isReloadable
    self.name = name
    self.mapping = mapping
    self.mappedCount = count
    self.bytes = UnsafeRawBufferPointer(start: mapping, count: count)
    self.isDerived = isDerived
  }

  deinit {
    munmap(mapping, mappedCount)
  }

  private static func map(_ descriptor: Int32, size: Int, name: String) throws -> UnsafeMutableRawPointer {
    guard size > 0 else {
      throw isEmpty(name)
    }
    guard let mapped = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), mapped != MAP_FAILED else {
      throw IntakeError(file: name, problem: "cannot be mapped: \(SystemCalls.lastError())")
    }
    madvise(mapped, size, MADV_SEQUENTIAL)
    return mapped
  }

  /// Gives back the memory of the bytes before `offset`.
  ///
  /// They stay readable (the system loads them again), so borrowed texts before the offset remain valid.
  public func release(upTo offset: Int) {
    if isReloadable { SystemCalls.giveBack(bytes, upTo: offset) }
  }
}
