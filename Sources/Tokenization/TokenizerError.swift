/// Why a vocabulary file gives no tokenizer: where, what is wrong, and what to do about it.
///
/// What a file asks for and is not supported is an error: a count that is nearly right would be trusted.
public struct TokenizerError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file as the user named it.
  public let file: String
  /// 1-based line; nil when the file as a whole or a place in a JSON document is meant.
  public let line: Int?
  /// Where in a JSON document, such as `model.merges[17]`; nil elsewhere.
  public let path: String?
  /// What is wrong, in lower case, without a full stop.
  public let problem: String
  /// What the user can do, as a sentence without a full stop; nil when the problem says it already.
  public let remedy: String?

  public init(file: String, line: Int? = nil, path: String? = nil, problem: String, remedy: String? = nil) {
    self.file = file
    self.line = line
    self.path = path
    self.problem = problem
    self.remedy = remedy
  }

  /// `tokenizer.json: model.type: "Unigram" is not supported. Remedy.`
  public var description: String {
    var text = file
    if let line { text += ":\(line)" }
    if let path { text += ": \(path)" }
    text += ": \(problem)."
    if let remedy { text += " \(remedy)." }
    return text
  }
}
