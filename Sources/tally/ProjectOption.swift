import ArgumentParser
import Checks
import Glibc
import Project
import Redaction

/// Which project file a command reads.
struct ProjectOption: ParsableArguments {
  /// What the file is called.
  static let usualName = "tally.yaml"

  @Option(
    help: ArgumentHelp(
      "The project file. Else it is \(usualName) here or in the nearest folder above.", valueName: "path"))
  var project: String?

  /// The file that is named, or the nearest one; nil when there is none.
  var file: String? { project ?? ProjectOption.nearest }

  static var nearest: String? {
    var folder = ""
    // As many steps up as anybody nests folders; `/../..` is `/`, so that the search ends.
    for _ in 0..<64 {
      let path = folder + ProjectOption.usualName
      if access(path, R_OK) == 0 { return path }
      // The repository is the project: what lies above it is somebody else's.
      if access(folder + ".git", F_OK) == 0 { return nil }
      folder += "../"
    }
    return nil
  }

  /// A file that a project file names: relative to its folder.
  static func path(_ path: String, beside file: String?) -> String {
    guard !path.hasPrefix("/"), let file, let slash = file.lastIndex(of: "/") else { return path }
    return file[...slash] + path
  }

  /// What the nearest project file takes out of records before they are stored; nil for nothing.
  /// - Throws: `ProjectErrors`: storing what was to be taken out is worse than stopping.
  static func redactor() throws -> Redactor? {
    try nearest.flatMap { try Project.load(file: $0, policies: Catalogue.policies).redaction.redactor }
  }

  /// The project; without a file one that declares nothing, which is said.
  /// - Throws: `ProjectErrors`.
  func load() throws -> (project: Project, file: String?) {
    guard let file else {
      Terminal.note(
        "tally: no \(ProjectOption.usualName) here; only what the ledger itself shows is checked (`tally init` writes one)"
      )
      return (Project(), nil)
    }
    return (try Project.load(file: file, policies: Catalogue.policies), file)
  }
}
