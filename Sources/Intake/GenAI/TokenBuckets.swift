import Records

/// Token counts of one call, in one meaning whoever reported them: `input` holds all input tokens, those read from and
/// written to a cache among them, and `output` all output tokens, reasoning among them.
struct TokenBuckets: Equatable {
  var input: Int64?
  var output: Int64?
  var total: Int64?
  var cacheRead: Int64?
  var cacheWrite: Int64?
  var cacheWrite5Minutes: Int64?
  var cacheWrite1Hour: Int64?
  var reasoning: Int64?
  var inputAudio: Int64?
  var inputImage: Int64?
  var inputText: Int64?
  var outputAudio: Int64?
  var outputText: Int64?
  /// Whether the reported input count left the cache out, so that it was added; nil when there was no cache to tell by.
  var wasExclusive: Bool?

  /// Makes the input inclusive, once all counts are set.
  ///
  /// GenAI conventions and OpenAI count the cache in, Anthropic's and Bedrock's own counts do not. What the numbers
  /// themselves say comes first: a cache larger than the input, or a total that only adds up one way. Else `isExclusive`, what
  /// is known of the reporter, decides.
  mutating func settle(isExclusive: Bool) {
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
  mutating func fill(from other: TokenBuckets) {
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
      \.inputText, \.outputAudio, \.outputText,
    ] { fill(path) }
  }

  /// Writes what the record has no field of its own for.
  func write(to object: CanonicalObject) {
    func set(_ key: StaticString, _ value: Int64?) {
      guard let value else { return }
      object.set(key) { $0.append(integer: value) }
    }
    set("cache_read", cacheRead)
    set("cache_write", cacheWrite)
    set("cache_write_5m", cacheWrite5Minutes)
    set("cache_write_1h", cacheWrite1Hour)
    set("reasoning", reasoning)
    set("input_audio", inputAudio)
    set("input_image", inputImage)
    set("input_text", inputText)
    set("output_audio", outputAudio)
    set("output_text", outputText)
    if let wasExclusive {
      object.set("reported_input") { $0.append(wasExclusive ? "\"exclusive\"" : "\"inclusive\"") }
    }
  }
}
