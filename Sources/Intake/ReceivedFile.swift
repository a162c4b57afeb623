#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What comes over a network piece by piece, kept in a temporary file without a name until all of it is there.
public final class ReceivedFile {
  private let name: String
  private var file: TemporaryFile

  /// - Parameter name: the input as errors name it.
  /// - Throws: `IntakeError` when there is no room for temporary files.
  public init(name: String) throws {
    self.name = name
    file = try TemporaryFile(for: name)
  }

  deinit { close(file.descriptor) }

  /// - Throws: `IntakeError` when the disk is full.
  public func append(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try file.append($0) } }

  /// What has come, to be read.
  /// - Throws: `IntakeError` when there is nothing.
  public func source() throws -> ByteSource {
    try ByteSource(descriptor: file.descriptor, size: file.size, name: name, isDerived: true, limits: .standard)
  }
}
