import Foundation
import Records
import Store
import Testing

@testable import Checks

/// Letters of the feature `letters`, answered by the model `m`, whose vocabulary has a token for every byte.
enum TokenBench {
  static let check = "token-arithmetic"
  static let now = CheckBench.now
  static let bytes = "cl100k_base-bytes.tiktoken"

  /// A folder with the vocabulary of bytes, and published ones where the machine has them.
  static let folder: String = {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tally-vocabularies-\(getpid())")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let lines = (UInt8.min...UInt8.max).map { "\(Data([$0]).base64EncodedString()) \($0)\n" }
    try? Data(lines.joined().utf8).write(to: folder.appendingPathComponent(bytes))
    return folder.path
  }()

  /// The path of a published vocabulary; nil, and said so, where the machine does not have it. None is in the repository.
  static func published(_ name: String) throws -> String? {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    var folders = [package.appendingPathComponent(".build/benchmarks/vocabularies")]
    if let named = ProcessInfo.processInfo.environment["TALLY_VOCABULARIES"] {
      folders.insert(URL(fileURLWithPath: named), at: 0)
    }
    for folder in folders {
      let file = folder.appendingPathComponent("\(name).tiktoken")
      if FileManager.default.fileExists(atPath: file.path) { return file.path }
    }
    let packed = package.deletingLastPathComponent().appendingPathComponent("shared/data/tokenizer/\(name).tiktoken.gz")
    guard FileManager.default.fileExists(atPath: packed.path) else {
      print("skipped: no \(name).tiktoken on this machine (TALLY_VOCABULARIES names a folder that has it)")
      return nil
    }
    let file = URL(fileURLWithPath: folder).appendingPathComponent("\(name)-\(UUID()).tiktoken")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/gzip")
    process.arguments = ["-dc", packed.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try data.write(to: file)
    return file.path
  }

  /// A call, and what was sent in it.
  struct Call {
    var span: SpanRecord
    var contents: [Content] = []
  }

  static func call(
    _ number: Int, billed: Int64?, local: Int64? = nil, lang: String? = "en", says: JSONValue? = nil,
    _ change: (inout SpanRecord) -> Void = { _ in }
  ) throws -> Call {
    // A minute apart, so that calls have an order.
    let at = Instant(nanoseconds: now.adding(days: -2).nanoseconds + Int64(number) * 60_000_000_000)
    var span = SpanRecord(
      spanID: "s\(number)", traceID: "t\(number)", name: "chat", spanKind: "chat", startedAt: at, feature: "letters")
    span.modelServed = "m"
    span.inputTokens = billed
    if let lang { span.tags = Tags(["lang": lang]) }
    if let local { span.attributes = "{\"local_count\":\(local)}" }
    var call = Call(span: span)
    if let says {
      let content = Content(Array(try says.canonical().utf8), at: at)
      call.span.contents.input = content.sha256
      call.contents = [content]
    }
    change(&call.span)
    return call
  }

  /// Calls with an own count of 1,000, billed so many more.
  static func calls(
    _ count: Int, from first: Int = 0, more: Int64 = 50, local: Int64 = 1000, lang: String? = "en",
    _ change: (inout SpanRecord) -> Void = { _ in }
  ) throws -> [Call] {
    try (first..<(first + count)).map { try call($0, billed: local + more, local: local, lang: lang, change) }
  }

  static func artifact(
    _ kind: String, _ name: String, _ attributes: JSONValue, days: Int64 = -20
  ) throws -> ArtifactRecord {
    let text = try attributes.canonical()
    var artifact = ArtifactRecord(
      sha256: SHA256Digest(of: "\(kind) \(name) \(text)").description, artifactKind: kind, name: name,
      at: now.adding(days: days))
    artifact.attributes = text
    return artifact
  }

  static func change(_ old: String, _ new: String, days: Int64 = -1, feature: String? = nil) -> ChangeRecord {
    var change = ChangeRecord(surface: "model", actor: "ana", at: now.adding(days: days))
    (change.from, change.to) = (old, new)
    if let feature { change.attributes = "{\"feature\":\"\(feature)\"}" }
    return change
  }

  static func yaml(_ policy: String = "", model: String = "tokenizer: \(bytes)", more: String = "") -> String {
    """
    features: {letters: {owner: ana, policies: {token-arithmetic: {\(policy)}}}}
    models:
      m: {\(model)}
    \(more)
    """
  }

  static func bench(
    _ yaml: String, _ calls: [Call], artifacts: [ArtifactRecord] = [], changes: [ChangeRecord] = []
  ) async throws -> CheckBench {
    let bench = try await CheckBench(yaml, files: folder)
    try await bench.append { appender in
      for call in calls {
        for content in call.contents { appender.append(content) }
        try appender.append(call.span)
      }
      for artifact in artifacts { try appender.append(artifact) }
      for change in changes { try appender.append(change) }
    }
    return bench
  }

  static func finding(
    _ calls: [Call], artifacts: [ArtifactRecord] = [], changes: [ChangeRecord] = []
  ) async throws -> Finding {
    try await finding(yaml(), calls, artifacts: artifacts, changes: changes)
  }

  static func finding(
    _ yaml: String, _ calls: [Call], artifacts: [ArtifactRecord] = [], changes: [ChangeRecord] = []
  ) async throws -> Finding {
    try await bench(yaml, calls, artifacts: artifacts, changes: changes).finding(check)
  }

  static func table(_ finding: Finding, _ beginning: String) -> [[String]]? {
    finding.figures.lazy.compactMap { figure in
      if case .table(let title, _, let rows) = figure, title.hasPrefix(beginning) { rows } else { nil }
    }.first
  }
}
