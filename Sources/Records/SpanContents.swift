/// The hashes of what was said in a span; nil where nothing was recorded.
public struct SpanContents: Sendable, Equatable {
  /// What went in: messages, or of a tool its arguments.
  public var input: SHA256Digest?
  /// What came out: messages, or of a tool its result.
  public var output: SHA256Digest?
  /// System instructions that the source keeps apart from the messages.
  public var instructions: SHA256Digest?
  /// Definitions of the tools that the model could call.
  public var tools: SHA256Digest?
  /// All else that holds a user's words.
  public var other: SHA256Digest?

  public init() {}

  /// The hashes by their names, in the order of the fields.
  public static var parts: [(name: String, path: any WritableKeyPath<SpanContents, SHA256Digest?> & Sendable)] {
    [
      ("input", \.input), ("output", \.output), ("instructions", \.instructions), ("tools", \.tools),
      ("other", \.other),
    ]
  }

  /// Those that there are.
  public var all: [SHA256Digest] { [input, output, instructions, tools, other].compactMap(\.self) }
}
