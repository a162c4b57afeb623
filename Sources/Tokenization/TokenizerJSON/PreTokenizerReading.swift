/// What `pre_tokenizer` says.
struct PreTokenizer {
  var steps: [TextPipeline.Step] = []
  /// Whether tokens are made of bytes: the last step is `ByteLevel`.
  var isByteLevel = false
  /// The replacement of a `Metaspace` step.
  var metaspace: Metaspace?
}

extension JSONPart {
  /// The steps of `pre_tokenizer`; none if it is null.
  func preTokenizer() throws(TokenizerError) -> PreTokenizer {
    var result = PreTokenizer()
    try add(to: &result)
    return result
  }

  private func add(to result: inout PreTokenizer) throws(TokenizerError) {
    if isAbsent { return }
    guard !result.isByteLevel else { throw unsupported("a step behind ByteLevel") }
    let type = try type()
    switch type {
    case "Sequence":
      for step in try self["pretokenizers"].elements() { try step.add(to: &result) }
    case "ByteLevel":
      result.isByteLevel = true
      if try self["add_prefix_space"].truth(ifAbsent: true) { result.steps.append(.leadingBlank) }
      if try self["use_regex"].truth(ifAbsent: true) { result.steps.append(.split(.gpt2(GPT2Pattern()))) }
    case "Split": result.steps.append(.split(try split()))
    case "Metaspace":
      let metaspace = try readMetaspace()
      result.metaspace = metaspace
      result.steps.append(.metaspace(metaspace))
    case "Digits":
      let single = try self["individual_digits"].truth(ifAbsent: false)
      result.steps.append(
        .split(.classRun(ClassRunPattern(kinds: .number, limit: single ? 1 : .max, exceptions: .numeric))))
    case "Punctuation":
      let behavior = self["behavior"]
      let whole = try behavior.isAbsent ? "Isolated" : behavior.text()
      guard whole == "Isolated" || whole == "Contiguous" else { throw behavior.unsupported("\"\(whole)\"") }
      let pattern = ClassRunPattern(
        kinds: .punctuation, limit: whole == "Isolated" ? 1 : .max, includesASCIISymbols: true, exceptions: .punctuation
      )
      result.steps.append(.split(.classRun(pattern)))
    default: throw self["type"].unsupported("the pre-tokenizer \"\(type)\"")
    }
  }

  private func split() throws(TokenizerError) -> SplitPattern {
    let behavior = try self["behavior"].text()
    let inverted = try self["invert"].truth(ifAbsent: false)
    let expression = self["pattern"]["Regex"]
    guard expression.isAbsent else {
      let text = try expression.text()
      guard let pattern = KnownExpressions.pattern(text) else {
        throw expression.unsupported("the regular expression \"\(text)\"")
      }
      // Where every character is matched, keeping the matches only is the same as cutting at them.
      guard behavior == "Isolated" && !inverted || behavior == "Removed" && inverted && pattern.coversEverything else {
        throw self["behavior"].unsupported("\"\(behavior)\"\(inverted ? " with \"invert\"" : "") for this expression")
      }
      return pattern
    }
    let literal = try self["pattern"].literal()
    guard !inverted else { throw self["invert"].unsupported("true for a fixed text") }
    switch behavior {
    case "Isolated": return .literal(LiteralPattern(literal: literal, behavior: .isolated))
    case "MergedWithPrevious": return .literal(LiteralPattern(literal: literal, behavior: .mergedWithPrevious))
    case "MergedWithNext": return .literal(LiteralPattern(literal: literal, behavior: .mergedWithNext))
    default: throw self["behavior"].unsupported("\"\(behavior)\" for a fixed text")
    }
  }

  private func readMetaspace() throws(TokenizerError) -> Metaspace {
    let replacement = try self["replacement"].text()
    guard replacement.unicodeScalars.count == 1 else { throw self["replacement"].wrong("expected one character") }
    let scheme = self["prepend_scheme"]
    let prepending: Metaspace.Prepending
    if scheme.isAbsent {
      // Files of releases before 0.15 have this instead.
      prepending = try self["add_prefix_space"].truth(ifAbsent: true) ? .always : .never
    } else {
      switch try scheme.text() {
      case "always": prepending = .always
      case "first": prepending = .first
      case "never": prepending = .never
      case let other: throw scheme.unsupported("\"\(other)\"")
      }
    }
    return Metaspace(
      replacement: Array(replacement.utf8), prepending: prepending, splits: try self["split"].truth(ifAbsent: true))
  }
}
