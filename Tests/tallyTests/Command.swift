import Foundation
import Testing

/// What a run of the binary left behind.
struct Outcome {
  let code: Int32
  /// Whether a signal ended the process, whose number `code` then is.
  let wasKilled: Bool
  let output: Data
  let errors: String

  var text: String { String(decoding: output, as: UTF8.self) }
  var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

  func json() throws -> JSON { try JSON(output) }
}

/// The built `tally`, run as a user runs it.
enum Tally {
  struct Hung: Error { let arguments: [String] }
  struct NotBuilt: Error { let path: String }

  /// A run may take this long; one that takes longer hangs. No test is about how long anything takes, and a slow machine that runs
  /// many of them at once lets each wait for minutes.
  static let patience: TimeInterval = 300

  /// The root of the package.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The executable beside the test bundle.
  static func executable() throws -> URL {
    let runner = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let places = [runner, Bundle.main.executableURL].compactMap { $0?.deletingLastPathComponent() }
    for place in places {
      let binary = place.appendingPathComponent("tally")
      if FileManager.default.isExecutableFile(atPath: binary.path) { return binary }
    }
    throw NotBuilt(path: runner.path)
  }

  /// Runs the binary to its end. Its streams are files, so that no pipe can fill and block either side.
  static func run(
    _ arguments: [String], input: Data = Data(), in folder: URL? = nil, environment: [String: String] = [:]
  ) throws -> Outcome {
    let streams = try Workshop()
    try input.write(to: streams.url("in"))
    for name in ["out", "err"] { try Data().write(to: streams.url(name)) }
    let output = try FileHandle(forWritingTo: streams.url("out"))
    let errors = try FileHandle(forWritingTo: streams.url("err"))
    let source = try FileHandle(forReadingFrom: streams.url("in"))
    defer { for handle in [output, errors, source] { try? handle.close() } }
    let process = try prepared(arguments, in: folder, environment: environment)
    process.standardInput = source
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    try wait(for: process, arguments: arguments)
    return Outcome(
      code: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
      output: try Data(contentsOf: streams.url("out")),
      errors: String(decoding: try Data(contentsOf: streams.url("err")), as: UTF8.self))
  }

  static func prepared(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]
  ) throws -> Process {
    let process = Process()
    process.executableURL = try executable()
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    return process
  }

  /// Waits, and kills what does not end.
  static func wait(for process: Process, arguments: [String]) throws {
    let deadline = Date(timeIntervalSinceNow: patience)
    while process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.002) }
    guard process.isRunning else { return }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    throw Hung(arguments: arguments)
  }
}

/// A folder of a test's own, gone when the test is.
final class Workshop: Sendable {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("tally-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

  /// Writes a file, making its folders, and returns its name.
  @discardableResult
  func write(_ name: String, _ content: String) throws -> String { try write(name, Data(content.utf8)) }

  @discardableResult
  func write(_ name: String, _ content: Data) throws -> String {
    let place = url(name)
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try content.write(to: place)
    return name
  }

  /// A CSV of items and scores.
  @discardableResult
  func scores(_ name: String, _ scores: [Double], from first: Int = 0) throws -> String {
    let rows = scores.enumerated().map { "q\($0.offset + first),\($0.element)" }
    return try write(name, (["id,score"] + rows).joined(separator: "\n") + "\n")
  }

  func tally(_ arguments: String..., input: String = "") throws -> Outcome {
    try tally(arguments, input: input)
  }

  func tally(_ arguments: [String], input: String = "") throws -> Outcome {
    try Tally.run(arguments, input: Data(input.utf8), in: folder)
  }
}
