import Records

/// The head of a table: the prompt and the provider of each column.
struct PromptfooTableHead {
  struct Column {
    let provider: PinnedText?
    let label: PinnedText?
    let raw: PinnedText?
    let id: PinnedText?

    var providerOf: PromptfooProvider { PromptfooProvider(id: provider?.text, label: nil) }
    var promptOf: PromptfooPrompt { PromptfooPrompt(id: id?.text, label: label?.text, raw: raw?.text) }
  }

  private(set) var columns: [Column] = []

  /// Reads ahead in a table, which the reader stands before.
  init(_ reader: JSONReader) throws {
    var reader = reader
    try reader.enterObject()
    while let key = try reader.nextKey() {
      if key.equals("head") { try readHead(&reader) } else { try reader.skipValue() }
    }
  }

  private mutating func readHead(_ reader: inout JSONReader) throws {
    guard try reader.enterObjectIfAny() else { return }
    while let key = try reader.nextKey() {
      guard key.equals("prompts"), try reader.peek() == .array else {
        try reader.skipValue()
        continue
      }
      try reader.enterArray()
      while try reader.nextElement() {
        guard try reader.peek() == .object else { throw reader.unexpected("a prompt object") }
        var ahead = reader
        var prompt = PromptfooPrompt()
        try prompt.read(&ahead)
        var provider = PromptfooProvider()
        try reader.enterObject()
        while let key = try reader.nextKey() {
          if key.equals("provider") { try provider.read(&reader) } else { try reader.skipValue() }
        }
        columns.append(
          Column(
            provider: PinnedText(provider.id.map(\.string)), label: PinnedText(prompt.label.map(\.string)),
            raw: PinnedText(prompt.raw.map(\.string)), id: PinnedText(prompt.id.map(\.string))))
      }
    }
  }
}
