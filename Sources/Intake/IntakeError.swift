/// Why an input could not be read: where, what is wrong, and what to do about it.
///
/// An error anywhere in an input means that nothing of it was read: whoever collected its rows discards them.
public struct IntakeError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The path as the user wrote it, `standard input`, or `archive.eval:entry` for a part of an archive.
  public let file: String
  /// 1-based line of the (decompressed) file; nil when the file as a whole is meant.
  public let line: Int?
  /// 1-based column in characters (Unicode scalars); nil when the line or the file as a whole is meant.
  public let column: Int?
  /// What is wrong, in lower case, without a full stop.
  public let problem: String
  /// What the user can do, as a sentence without a full stop; nil when the problem says it already.
  public let remedy: String?

  public init(file: String, line: Int? = nil, column: Int? = nil, problem: String, remedy: String? = nil) {
    self.file = file
    self.line = line
    self.column = column
    self.problem = problem
    self.remedy = remedy
  }

  /// `results.jsonl:17:32: expected ',' or '}' after a value, found end of file. Remedy.`
  public var description: String {
    var text = file
    if let line { text += ":\(line)" }
    if line != nil, let column { text += ":\(column)" }
    text += ": \(problem)."
    if let remedy { text += " \(remedy)." }
    return text
  }
}
