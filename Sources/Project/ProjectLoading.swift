extension Project {
  /// Reads a project from a file and from what it includes.
  ///
  /// - Parameters:
  ///   - file: the path as the user wrote it; errors name it so.
  ///   - policies: the policies of the checks that there are.
  /// - Throws: everything that is wrong, at once.
  public static func load(file: String, policies: PolicyCatalogue) throws(ProjectErrors) -> Project {
    var files = ProjectFiles()
    let root = files.read(file)
    var project = try project(root, files, policies)
    project.folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    return project
  }

  /// Reads a project from a text, which stands for a file of this name in the working directory.
  public static func parse(
    _ text: String, file: String = "tally.yaml", policies: PolicyCatalogue
  ) throws(ProjectErrors) -> Project {
    try parse(Array(text.utf8), file: file, policies: policies)
  }

  /// Reads a project from bytes, which stand for a file of this name in the working directory.
  static func parse(
    _ bytes: [UInt8], file: String = "tally.yaml", policies: PolicyCatalogue
  ) throws(ProjectErrors) -> Project {
    var files = ProjectFiles()
    let root = files.read(text: bytes, named: file)
    return try project(root, files, policies)
  }

  private static func project(
    _ root: YAMLNode, _ files: ProjectFiles, _ policies: PolicyCatalogue
  ) throws(ProjectErrors) -> Project {
    let log = ReadingLog()
    let reading = Reading(catalogue: policies, log: log)
    var project = Project.read(root, onto: Project(), reading) ?? Project()
    PolicyValidation(project: project, reading: reading).validate()
    let errors = sorted(files.errors + log.errors, files.order)
    guard errors.isEmpty else { throw ProjectErrors(errors: errors) }
    project.gates.update { gate, settings in
      let path = SettingPath.root.key("gates").key(gate).key("on_unknown")
      if log.locations[path.description] == nil { settings.onUnknown = GateSettings.usualRule(of: gate) }
    }
    project.provenance.locations = log.locations
    return project
  }

  /// By file and place, each once: a value of `policies.default` may be refused by several checks for the same reason.
  private static func sorted(_ errors: [ProjectError], _ order: [String: Int]) -> [ProjectError] {
    var seen: Set<ProjectError> = []
    let unique = errors.filter { seen.insert($0).inserted }
    func rank(_ error: ProjectError) -> (Int, Int, Int) { (order[error.file] ?? 0, error.line ?? 0, error.column ?? 0) }
    let ranked = unique.enumerated().sorted { left, right in
      let (one, other) = (rank(left.element), rank(right.element))
      return one == other ? left.offset < right.offset : one < other
    }
    return ranked.prefix(ReadingLog.mostErrors).map(\.element)
  }
}
