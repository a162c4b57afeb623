import Records

/// The arms of a file: each is one prompt with one provider.
struct PromptfooArms {
  /// One arm.
  struct Arm {
    let provider: PinnedText
    let prompt: PinnedText
    /// `provider · prompt`, in one line.
    let name: PinnedText
    /// Whether it is among those that were asked for.
    let isKept: Bool
  }

  private(set) var arms: [Arm] = []
  private var last = 0
  private let prompt: String?
  private let provider: String?

  /// More than this many distinct prompts and providers are not a comparison.
  private static let maximum = 4096

  init(_ options: IntakeOptions) {
    prompt = options.prompt
    provider = options.provider
  }

  /// The position of an arm, which is made when it is new.
  /// - Throws: `IntakeError` when there are more than 4,096.
  mutating func index(_ provider: PromptfooProvider, _ prompt: PromptfooPrompt, _ reader: JSONReader) throws -> Int {
    for step in arms.indices {
      let candidate = (last + step) % arms.count
      let arm = arms[candidate]
      if arm.provider.text.equals(provider.name.bytes), arm.prompt.text.equals(prompt.name.bytes) {
        last = candidate
        return candidate
      }
    }
    guard arms.count < Self.maximum else {
      throw reader.error(
        atOffset: reader.offset, problem: "there are more than \(Self.maximum) combinations of prompt and provider",
        remedy: "Check that prompts are templates, not filled in")
    }
    last = arms.count
    arms.append(
      Arm(
        provider: PinnedText(provider.name.string), prompt: PinnedText(prompt.name.string),
        name: PinnedText(Self.name(provider.name, prompt.name)),
        isKept: isWanted(provider, prompt)))
    return last
  }

  private func isWanted(_ provider: PromptfooProvider, _ prompt: PromptfooPrompt) -> Bool {
    let isProvider = self.provider.map { provider.name.hasText($0) || provider.id?.hasText($0) ?? false } ?? true
    let isPrompt = self.prompt.map { wanted in
      prompt.name.hasText(wanted) || prompt.raw?.hasText(wanted) ?? false
        || prompt.id.map { id in wanted.utf8.count >= 6 && id.bytes.starts(with: wanted.utf8) } ?? false
        || Self.line(prompt.name) == wanted
    }
    return isProvider && isPrompt ?? true
  }

  /// A prompt without a label is its whole text: what is cut off is told apart by a digest.
  private static func name(_ provider: BorrowedText, _ prompt: BorrowedText) -> String {
    let provider = line(provider)
    let prompt = line(prompt)
    return prompt.isEmpty ? provider : provider.isEmpty ? prompt : "\(provider) · \(prompt)"
  }

  private static func line(_ text: BorrowedText) -> String {
    var bytes: [UInt8] = []
    appendLine(text, limit: 60, to: &bytes)
    if bytes.ends(with: "…".utf8), !text.bytes.ends(with: "…".utf8) {
      bytes += " #".utf8
      JSONDigest(text).appendDigits(to: &bytes)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Checks that what was asked for is there.
  /// - Throws: `IntakeError` listing the prompts and providers of the file.
  func check(file: String) throws {
    guard !arms.isEmpty, !arms.contains(where: \.isKept) else { return }
    let wanted = [provider.map { "the provider \"\($0)\"" }, prompt.map { "the prompt \"\($0)\"" }].compactMap { $0 }
    throw IntakeError(
      file: file, problem: "no result is of \(wanted.joined(separator: " with "))",
      remedy: "The file has: \(arms.prefix(20).map { $0.name.text.string }.joined(separator: "; "))")
  }
}

/// The provider of a result: `{"id", "label"}`, or just its id.
struct PromptfooProvider {
  var id: BorrowedText?
  var label: BorrowedText?

  /// The label, if somebody gave one.
  var name: BorrowedText {
    if let label, !label.isEmpty { return label }
    return id ?? BorrowedText(UnsafeRawBufferPointer(start: nil, count: 0))
  }

  mutating func read(_ reader: inout JSONReader) throws {
    if try reader.peek() == .string {
      id = try reader.readString()
      return
    }
    guard try reader.enterObjectIfAny() else { return }
    while let key = try reader.nextKey() {
      let isString = try reader.peek() == .string
      if key.equals("id"), isString {
        id = try reader.readString()
      } else if key.equals("label"), isString {
        label = try reader.readString()
      } else {
        try reader.skipValue()
      }
    }
  }
}

/// The prompt of a result: `{"label", "raw"}` (`display` in old files), or just its text.
struct PromptfooPrompt {
  var id: BorrowedText?
  var label: BorrowedText?
  var raw: BorrowedText?

  /// The label, which is the template if nobody gave one. The text itself is filled in and differs from test to test.
  var name: BorrowedText {
    if let label, !label.isEmpty { return label }
    return raw ?? BorrowedText(UnsafeRawBufferPointer(start: nil, count: 0))
  }

  mutating func read(_ reader: inout JSONReader) throws {
    if try reader.peek() == .string {
      raw = try reader.readString()
      return
    }
    guard try reader.enterObjectIfAny() else { return }
    while let key = try reader.nextKey() {
      let isString = try reader.peek() == .string
      if key.equals("label") || key.equals("display"), isString {
        label = try reader.readString()
      } else if key.equals("raw"), isString {
        raw = try reader.readString()
      } else if key.equals("id"), isString {
        id = try reader.readString()
      } else {
        try reader.skipValue()
      }
    }
  }
}

extension Sequence where Element == UInt8 {
  /// Whether the last bytes are these.
  fileprivate func ends(with suffix: String.UTF8View) -> Bool {
    self.suffix(suffix.count).elementsEqual(suffix)
  }
}
