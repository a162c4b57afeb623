import Foundation
import Testing

@testable import Tokenization

/// Published vocabularies, where the machine has them: none of them is part of the repository.
///
/// Looked for in the folder that the environment variable `TALLY_VOCABULARIES` names, in the one where `make bench` leaves
/// them, and among the shared data sets.
enum PublishedVocabulary {
  private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let shared = package.deletingLastPathComponent().appendingPathComponent("shared/data")

  /// The bytes of a file of one of these folders, or nil.
  private static func bytes(_ name: String) throws -> [UInt8]? {
    var folders = [package.appendingPathComponent(".build/benchmarks/vocabularies")]
    if let named = ProcessInfo.processInfo.environment["TALLY_VOCABULARIES"] {
      folders.insert(URL(fileURLWithPath: named), at: 0)
    }
    for folder in folders {
      let file = folder.appendingPathComponent("\(name).tiktoken")
      if FileManager.default.fileExists(atPath: file.path) { return Array(try Data(contentsOf: file)) }
    }
    let packed = shared.appendingPathComponent("tokenizer/\(name).tiktoken.gz")
    return FileManager.default.fileExists(atPath: packed.path) ? try unpacked(packed) : nil
  }

  /// The bytes of a shared data set; nil where they are not beside the package.
  static func sharedBytes(_ path: String) -> [UInt8]? {
    (try? Data(contentsOf: shared.appendingPathComponent(path))).map(Array.init)
  }

  /// What a gzip file holds.
  private static func unpacked(_ file: URL) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/gzip")
    process.arguments = ["-dc", file.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Array(data)
  }

  /// The tokenizer of a published vocabulary; nil, and said so, where the machine does not have it.
  static func tokenizer(_ name: String) throws -> Tokenizer? {
    guard let bytes = try bytes(name) else {
      print("skipped: no \(name).tiktoken on this machine (TALLY_VOCABULARIES names a folder that has it)")
      return nil
    }
    return try Tokenizer(reading: bytes, file: "\(name).tiktoken")
  }
}
