import Foundation
import Project
import Testing

/// A folder that is there during one test.
private final class Folder {
  let path: String

  init(_ files: [String: String]) throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("tally-\(UUID().uuidString)").path
    for (name, text) in files {
      let file = URL(fileURLWithPath: path).appendingPathComponent(name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func load() throws -> Project { try Project.load(file: "\(path)/tally.yaml", policies: catalogue) }

  /// The errors, with the folder's path left out.
  func errors() -> String {
    do {
      _ = try load()
      return ""
    } catch {
      return "\(error)".replacingOccurrences(of: path + "/", with: "")
    }
  }
}

@Suite struct IncludeTests {
  @Test func filesAreMergedByEntry() throws {
    let folder = try Folder([
      "tally.yaml":
        "include: [teams/*.yaml, common/?.yaml]\nsuites: {a: {floor: 0.1}}\npolicies: {default: {alpha: 0.1}}",
      "teams/two.yaml": "suites: {c: {}}\ngates: {merge: {}}", "teams/one.yaml": "suites: {b: {floor: 0.2}}",
      "teams/.hidden.yaml": "broken", "teams/notes.txt": "broken", "teams/sub/x.yaml": "broken",
      "common/p.yaml": "policies: {eval-power: {power: 0.7}}\ninclude: deep/../more.yaml\nsuites:",
      "common/long.yaml": "broken", "common/more.yaml": "slices: {s: {where: {a: b}}}", "common/deep/x": "",
    ])
    let project = try folder.load()
    #expect(project.suites.ids == ["a", "b", "c"])
    #expect(project.slices.ids == ["s"] && project.gates.ids == ["merge"])
    #expect(project.policy(PowerPolicy.self).value.power == 0.7 && project.policy(PowerPolicy.self).value.alpha == 0.1)
    #expect(project.location(of: "suites.b")?.description == "\(folder.path)/teams/one.yaml:1:10")
    #expect(project.policy(PowerPolicy.self).origin(of: "power").description == "\(folder.path)/common/p.yaml:1")
  }

  @Test func anEntryInTwoFilesNamesBoth() throws {
    let folder = try Folder([
      "tally.yaml": "include: a.yaml\nledger: x\nsuites:\n  t: {}\npolicies: {default: {alpha: 0.1}}",
      "a.yaml": "ledger: y\nsuites: {t: {floor: 0.1}, u: {flor: 1}}\npolicies: {default: {alpha: 0.2}}",
    ])
    #expect(
      folder.errors()
        == """
        a.yaml:1:1: 'ledger' is set in two files; it is already set at \(folder.path)/tally.yaml:2:1. Keep one of the two.
        a.yaml:2:10: suites.t is set in two files; it is already set at \(folder.path)/tally.yaml:4:3. Keep one of the two.
        a.yaml:2:31: unknown key 'flor' in suites.u. Did you mean 'floor'?
        a.yaml:3:12: policies.default is set in two files; it is already set at \(folder.path)/tally.yaml:5:12. Keep one of the two.
        """.replacingOccurrences(of: folder.path + "/", with: ""))
  }

  @Test func circlesAreRefused() throws {
    let circle = try Folder([
      "tally.yaml": "include: a.yaml", "a.yaml": "include: b.yaml", "b.yaml": "include: ./tally.yaml",
    ])
    #expect(
      circle.errors()
        == "b.yaml:1:10: files include each other in a circle: tally.yaml → a.yaml → b.yaml → ./tally.yaml. "
        + "Remove one of these includes.")
    let itself = try Folder(["tally.yaml": "include: '*.yaml'"])
    #expect(itself.errors().contains("1:10: files include each other in a circle: tally.yaml → tally.yaml."))
  }

  @Test func aFileThatIsNamedTwiceIsReadOnce() throws {
    let folder = try Folder([
      "tally.yaml": "include: [a.yaml, b.yaml, './a.yaml', '?.yaml']", "a.yaml": "suites: {a: {}}\ninclude: b.yaml",
      "b.yaml": "suites: {b: {}}",
    ])
    #expect(try folder.load().suites.ids == ["a", "b"])
  }

  @Test(arguments: [
    ("include: none.yaml", "tally.yaml:1:10: no file fits the include 'none.yaml'."),
    ("include: [none/*.yaml]", "tally.yaml:1:11: no file fits the include 'none/*.yaml'."),
    ("include: folder", "tally.yaml:1:10: the included file 'folder' is a directory."),
    ("include: folder/*", "tally.yaml:1:10: no file fits the include 'folder/*'."),
    ("include: [[a]]", "tally.yaml:1:11: include must be a path, a pattern or a list of them, found a list."),
    ("include: [~]", "found nothing"), ("include: \"a\\0b\"", "found the text 'a\\u{0}b'"),
    ("include: broken.yaml", "broken.yaml:2:1: unknown key 'suits'. Did you mean 'suites'?"),
    ("include: list.yaml", "list.yaml:1:1: a project file must be a mapping of sections, found a list."),
  ])
  func mistakesAreSaid(text: String, problem: String) throws {
    let folder = try Folder([
      "tally.yaml": text, "broken.yaml": "ledger: a\nsuits: {}", "list.yaml": "[a]", "folder/.keep": "",
    ])
    let found = folder.errors().replacingOccurrences(of: folder.path, with: "")
    #expect(found.contains(problem), "\(found)")
  }

  @Test func filesThatCannotBeReadAreSaid() throws {
    let folder = try Folder(["x": ""])
    #expect(folder.errors() == "tally.yaml: cannot be read: No such file or directory.")
    let large = try Folder(["tally.yaml": "# " + String(repeating: "x", count: 5 << 20)])
    #expect(large.errors() == "tally.yaml: cannot be read: is larger than 4 MiB.")
    #expect(throws: ProjectErrors.self) { try Project.load(file: folder.path, policies: catalogue) }
  }

  @Test func chainsOfFilesEnd() throws {
    var files = ["tally.yaml": "include: f0.yaml"]
    for place in 0..<100 { files["f\(place).yaml"] = "include: f\(place + 1).yaml" }
    files["f100.yaml"] = "ledger: a"
    #expect(try Folder(files).errors().contains("more included files than"))
  }
}
