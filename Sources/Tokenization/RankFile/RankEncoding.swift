internal import Records

/// The encodings whose vocabularies are published as rank files. A rank file does not say how text is cut into pieces:
/// that belongs to the encoding.
public enum RankEncoding: String, Sendable, CaseIterable {
  /// GPT-2 and GPT-3 (`gpt2` is the same encoding).
  case r50k = "r50k_base"
  /// Codex.
  case p50k = "p50k_base"
  /// GPT-3.5 and GPT-4.
  case cl100k = "cl100k_base"
  /// GPT-4o and later.
  case o200k = "o200k_base"

  /// The encoding of a name as `tally.yaml` and model cards use it; nil for others.
  public init?(name: String) {
    switch name {
    case "gpt2", "r50k": self = .r50k
    case "p50k", "p50k_edit": self = .p50k
    case "cl100k": self = .cl100k
    case "o200k", "o200k_harmony": self = .o200k
    default: self.init(rawValue: name)
    }
  }

  /// The SHA-256 of the published rank file, as tiktoken pins it.
  var publishedDigest: String {
    switch self {
    case .r50k: "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930"
    case .p50k: "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069"
    case .cl100k: "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
    case .o200k: "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
    }
  }

  /// How it cuts text into pieces, as tiktoken 0.14 does.
  var pattern: SplitPattern {
    switch self {
    case .r50k, .p50k: .gpt2(GPT2Pattern())
    case .cl100k: .letterRun(LetterRunPattern(digits: 3, wholeSpaceAtEnd: true))
    case .o200k: .casedWord(CasedWordPattern(digits: 3, contractions: true))
    }
  }

  /// The encoding whose published file this is; else the one that the file's name begins with.
  static func recognised(_ bytes: [UInt8], file: String) -> RankEncoding? {
    let digest = SHA256Digest(of: bytes).description
    if let published = allCases.first(where: { $0.publishedDigest == digest }) { return published }
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return allCases.first { name.hasPrefix($0.rawValue) }
  }
}
