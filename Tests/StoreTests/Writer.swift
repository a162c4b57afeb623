import Foundation

/// A process that appends.
final class Writer {
  private let process = Process()
  private let output = Pipe()

  struct Failed: Error { let code: Int32 }

  init(arguments: [String]) throws {
    let runner = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let places = [runner, Bundle.main.executableURL].compactMap { $0?.deletingLastPathComponent() }
    let binaries = places.map { $0.appendingPathComponent("ledger-writer") }
    process.executableURL = binaries.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? binaries[0]
    process.arguments = arguments
    process.standardOutput = output
    try process.run()
  }

  /// The numbers of all commits, once it has ended.
  func commits() throws -> [Int64] {
    let lines = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed(code: process.terminationStatus) }
    return lines.split(separator: "\n").compactMap { Int64($0) }
  }

  /// Kills it after so many commits; gives the number of the last that it acknowledged.
  func killAfter(commits: Int) throws -> Int64 {
    var text = Data()
    while text.split(separator: 0x0A).count < commits {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      text += more
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    text += output.fileHandleForReading.readDataToEndOfFile()
    return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { Int64($0) }.last ?? 0
  }
}
