/// One thing that is wrong in a project's files: where, what, and what to do about it.
public struct ProjectError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The path as the user wrote it, or as an include pattern led to it.
  public let file: String
  /// 1-based; nil when the file as a whole is meant.
  public let line: Int?
  /// 1-based, in Unicode scalars; nil when the line or the file as a whole is meant.
  public let column: Int?
  /// What is wrong, in lower case, without a full stop.
  public let problem: String
  /// What the user can do, as a whole sentence; nil when the problem says it already.
  public let remedy: String?

  /// An error of a file as a whole.
  public init(file: String, problem: String, remedy: String? = nil) {
    self.file = file
    line = nil
    column = nil
    self.problem = problem
    self.remedy = remedy
  }

  /// An error at a place.
  public init(_ location: FileLocation, problem: String, remedy: String? = nil) {
    file = location.file
    line = location.line
    column = location.column
    self.problem = problem
    self.remedy = remedy
  }

  /// `tally.yaml:12:5: unknown key 'min_efect' in suites.triage.metrics[0]. Did you mean 'min_effect'?`
  public var description: String {
    var text = file
    if let line { text += ":\(line)" }
    if line != nil, let column { text += ":\(column)" }
    text += ": \(problem)."
    if let remedy { text += " \(remedy)" }
    return text
  }
}

/// Everything that is wrong in a project's files, in the order of the files and their lines. Never empty.
///
/// Nothing of a project with an error is used.
public struct ProjectErrors: Error, Sendable, Equatable, CustomStringConvertible {
  /// In the order in which the files were read, then by line and column; at most 100.
  public let errors: [ProjectError]

  /// One error a line.
  public var description: String { errors.map(\.description).joined(separator: "\n") }
}
