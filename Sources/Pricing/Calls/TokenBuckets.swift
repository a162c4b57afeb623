/// What one call used, in one meaning whoever reported it: `input` holds all input tokens, those read from and written to
/// a cache and those of audio and images among them, and `output` all output tokens, reasoning among them.
///
/// The other counts are parts of these two; parts overlap where the provider's do (audio that was read from the cache is in
/// `inputAudio` and in `cacheRead`). Nil is not reported, which is not 0.
public struct TokenBuckets: Sendable, Equatable {
  public var input: Int64?
  public var output: Int64?
  public var total: Int64?
  public var cacheRead: Int64?
  public var cacheWrite: Int64?
  public var cacheWrite5Minutes: Int64?
  public var cacheWrite1Hour: Int64?
  public var reasoning: Int64?
  public var inputAudio: Int64?
  public var inputImage: Int64?
  public var inputVideo: Int64?
  public var inputText: Int64?
  /// Audio among the tokens that were read from a cache.
  public var cacheReadAudio: Int64?
  public var outputAudio: Int64?
  public var outputImage: Int64?
  public var outputText: Int64?
  /// Searches that the provider ran on the web and bills apart.
  public var webSearches: Int64?
  /// Whether the reported input count left the cache out, so that it was added; nil when there was no cache to tell by.
  public var wasExclusive: Bool?
  /// In which of the provider's modes the call ran, as far as that was reported and may change its price.
  public var modes = CallModes()
  /// The model that used these tokens; nil for the one that the call is of.
  public var model: String?
  /// What else was billed with the call and is in none of these counts, such as compacting the context, or the advice of
  /// another model.
  public var beside: [TokenBuckets] = []

  public init() {}

  /// Makes the input inclusive, once all counts are set.
  ///
  /// GenAI conventions and OpenAI count the cache in, Anthropic's and Bedrock's own counts do not. What the numbers
  /// themselves say comes first: a cache larger than the input, or a total that only adds up one way. Else `isExclusive`, what
  /// is known of the reporter, decides.
  public mutating func settle(isExclusive: Bool) {
    guard let input else { return }
    let cache = (cacheRead ?? 0) &+ (cacheWrite ?? 0)
    guard cache > 0 else { return }
    let exclusive: Bool
    if cache > input {
      exclusive = true
    } else if let total, let output, total == input &+ output {
      // Some reporters compute the total from exclusive counts: then the known convention still decides.
      exclusive = isExclusive
    } else if let total, let output, total == input &+ output &+ cache {
      exclusive = true
    } else {
      exclusive = isExclusive
    }
    wasExclusive = exclusive
    if exclusive { self.input = input &+ cache }
  }

  /// Fills what is open from another report of the same call.
  public mutating func fill(from other: TokenBuckets) {
    func fill(_ path: WritableKeyPath<TokenBuckets, Int64?>) {
      if self[keyPath: path] == nil { self[keyPath: path] = other[keyPath: path] }
    }
    // Input and cache belong together: they are exclusive or inclusive as one.
    if input == nil {
      input = other.input
      cacheRead = other.cacheRead
      cacheWrite = other.cacheWrite
      wasExclusive = other.wasExclusive
    }
    for path in [
      \TokenBuckets.output, \.total, \.cacheWrite5Minutes, \.cacheWrite1Hour, \.reasoning, \.inputAudio, \.inputImage,
      \.inputVideo, \.inputText, \.cacheReadAudio, \.outputAudio, \.outputImage, \.outputText, \.webSearches,
    ] { fill(path) }
    modes.fill(from: other.modes)
    if beside.isEmpty { beside = other.beside }
  }
}
