import Foundation

/// A PostgreSQL server for tests: started when first asked for, gone with the process, however that ends.
public final class PostgresServer: @unchecked Sendable {
  // Safe: commands are sent with the lock held, the rest does not change.
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let lock = NSLock()
  /// Where its socket is.
  public let folder: String

  /// The one of this run; nil where no server can be had, which is said once.
  public static let shared: PostgresServer? = {
    do {
      return try PostgresServer()
    } catch {
      FileHandle.standardError.write(Data("Tests on PostgreSQL are skipped: \(error)\n".utf8))
      return nil
    }
  }()

  public struct Unavailable: Error, CustomStringConvertible {
    public let description: String
  }

  /// - Parameter settings: lines of its configuration, as `name=value`.
  public init(_ settings: [String] = []) throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("server.sh")
    process.executableURL = script
    process.arguments = settings
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let line = PostgresServer.line(output.fileHandleForReading)
    guard line.hasPrefix("/") else { throw Unavailable(description: line.isEmpty ? "server.sh says nothing" : line) }
    folder = line
  }

  /// Stops it.
  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// The address of a schema, or of the database.
  public func url(schema: String? = nil) -> String {
    let options = schema.map { "&options=-csearch_path%3D\($0)" } ?? ""
    return "postgres://tally@/postgres?host=\(folder)\(options)"
  }

  /// Stops it as a crash would, and starts it again; blocks until it takes connections.
  public func restart() throws {
    try lock.withLock {
      try input.fileHandleForWriting.write(contentsOf: Data("restart\n".utf8))
      guard PostgresServer.line(output.fileHandleForReading) == "done" else {
        throw Unavailable(description: "the server does not come back")
      }
    }
  }

  private static func line(_ handle: FileHandle) -> String {
    var bytes: [UInt8] = []
    while let byte = try? handle.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
