/// The regular expressions by which `tokenizer.json` files describe how text is cut, as they stand in the files of
/// well-known models, and what they are compiled to. Any other text, even of an equal expression, is unknown.
enum KnownExpressions {
  private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
  private static let spaces = #"\s*[\r\n]+|\s+(?!\S)|\s+"#
  private static let cased =
    #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"#
  private static let capitals =
    #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"#

  /// The pattern of an expression; nil if it is unknown.
  static func pattern(_ expression: String) -> SplitPattern? {
    // Files write line breaks as escapes or as themselves. Compared by bytes: Swift takes texts for equal that are
    // composed differently.
    let bytes = expression.utf8.flatMap { byte in
      byte == .carriageReturn ? Array(#"\r"#.utf8) : byte == .lineFeed ? Array(#"\n"#.utf8) : [byte]
    }
    return patterns.first { $0.expression.utf8.elementsEqual(bytes) }?.pattern
  }

  private static let patterns: [(expression: String, pattern: SplitPattern)] = [
    // GPT-2, GPT-NeoX; Hugging Face's `ByteLevel` has the same.
    (#"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#, .gpt2(GPT2Pattern())),
    // cl100k_base converted, Llama 3.
    (
      contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|"# + spaces,
      .letterRun(LetterRunPattern(digits: 3))
    ),
    // Qwen 2, 2.5 and 3.
    (
      contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|"# + spaces,
      .letterRun(LetterRunPattern(digits: 1))
    ),
    // Qwen 3.5.
    (
      contractions + #"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|"# + spaces,
      .letterRun(LetterRunPattern(digits: 1, marks: true))
    ),
    // o200k_base, Llama 4.
    (
      cased + contractions + "?|" + capitals + contractions + #"?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|"# + spaces,
      .casedWord(CasedWordPattern(digits: 3, contractions: true))
    ),
    // Mistral's Tekken.
    (
      cased + "|" + capitals + #"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|"# + spaces,
      .casedWord(CasedWordPattern(digits: 1, contractions: false))
    ),
    // DeepSeek-V3's three steps.
    (#"\p{N}{1,3}"#, .classRun(ClassRunPattern(kinds: .number, limit: 3))),
    ("[一-龥\u{3040}-ゟ゠-ヿ]+", .eastAsianRun(EastAsianRunPattern())),
    (
      ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|"##
        + spaces, .deepSeekWord(DeepSeekWordPattern())
    ),
    (#"\p{N}"#, .classRun(ClassRunPattern(kinds: .number, limit: 1))),
    (#"\p{N}+"#, .classRun(ClassRunPattern(kinds: .number, limit: .max))),
  ]
}
