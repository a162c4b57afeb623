import Foundation
import Project
import Testing

/// How models count, and the files that say it.
@Suite struct ModelSettingsTests {
  @Test func modelsSayHowTheyCount() throws {
    let text = """
      models:
        m: {tokenizer: vocabularies/o200k_base.tiktoken, capabilities: {context_tokens: 128000}, cache_min_prefix: 0}
        n: {}
      """
    let project = try Project.parse(text, policies: PolicyCatalogue([]))
    #expect(project.models["m"]?.tokenizer == "vocabularies/o200k_base.tiktoken")
    #expect(project.models["m"]?.capabilities.contextTokens == 128_000 && project.models["m"]?.cacheMinimum == 0)
    #expect(project.models["n"]?.tokenizer == nil && project.models["n"]?.cacheMinimum == 1024)
    #expect(project.models["n"]?.capabilities.contextTokens == nil)
    #expect(throws: ProjectErrors.self) {
      try Project.parse("models: {m: {capabilities: {context_tokens: 0}}}", policies: PolicyCatalogue([]))
    }
  }

  /// Files lie beside the project file, wherever it was named from.
  @Test func filesLieBesideTheProject() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tally-project-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("models: {}".utf8).write(to: folder.appendingPathComponent("tally.yaml"))
    try Data("12345".utf8).write(to: folder.appendingPathComponent("words"))
    var project = try Project.load(file: folder.path + "/tally.yaml", policies: PolicyCatalogue([]))
    #expect(project.folder == folder.path + "/")
    #expect(try project.bytes(of: "words") == Array("12345".utf8))
    #expect(try project.bytes(of: folder.path + "/words", atMost: 5).count == 5)
    #expect(throws: Project.UnreadableFile.self) { try project.bytes(of: "words", atMost: 4) }
    let failure = #expect(throws: Project.UnreadableFile.self) { try project.bytes(of: "gone") }
    #expect(failure?.description.hasPrefix("gone: ") ?? false)
    project.folder = folder.path
    #expect(try project.bytes(of: "words").count == 5)
    project.folder = ""
    #expect(project.folder.isEmpty)
    // Where a project lies is not what it says.
    #expect(project == (try Project.load(file: folder.path + "/tally.yaml", policies: PolicyCatalogue([]))))
  }
}
