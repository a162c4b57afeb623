/// A place in one of the project's files.
public struct FileLocation: Sendable, Hashable, CustomStringConvertible {
  /// The path as the user wrote it, or as an include pattern led to it.
  public let file: String
  /// 1-based.
  public let line: Int
  /// 1-based, in Unicode scalars.
  public let column: Int

  /// A place in a file.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `tally.yaml:12`: what a reader of a listing needs.
  public var short: String { "\(file):\(line)" }

  /// `tally.yaml:12:5`.
  public var description: String { "\(file):\(line):\(column)" }
}
