import Records

/// Reads the usage objects that providers answer with, and Langfuse's, into the same buckets.
///
/// Told apart by their keys: OpenAI's chat completions and responses (and all who copied them), Anthropic's messages, Google's
/// `usageMetadata`, Bedrock's converse, Cohere's `billed_units` and `tokens`, Langfuse's `usage_details`.
enum ProviderUsage {
  /// The counts of a usage object; nil when the value is no object or counts nothing.
  static func buckets(_ tape: ValueTape, _ place: Int) -> TokenBuckets? {
    let usage = Members(tape: tape, place: place)
    guard tape[place].kind == .map else { return nil }
    var buckets = TokenBuckets()
    if let inner = usage.object("billed_units") ?? usage.object("tokens") {
      buckets.input = inner.count("input_tokens")
      buckets.output = inner.count("output_tokens")
    } else if usage.has("promptTokenCount") || usage.has("candidatesTokenCount") || usage.has("totalTokenCount") {
      google(usage, &buckets)
    } else if usage.has("inputTokens") || usage.has("outputTokens") {
      bedrock(usage, &buckets)
    } else if usage.has("prompt_tokens") || usage.has("completion_tokens") {
      chat(usage, &buckets)
    } else if usage.has("input_tokens") || usage.has("output_tokens") {
      messages(usage, &buckets)
    } else {
      langfuse(usage, &buckets)
    }
    return buckets.input == nil && buckets.output == nil && buckets.total == nil ? nil : buckets
  }

  private static func google(_ usage: Members, _ buckets: inout TokenBuckets) {
    // Prompts of tools are counted beside the prompt, thoughts beside the candidates.
    let tools = usage.count("toolUsePromptTokenCount")
    buckets.input = sum(usage.count("promptTokenCount"), tools)
    buckets.reasoning = usage.count("thoughtsTokenCount")
    buckets.output = sum(usage.count("candidatesTokenCount"), buckets.reasoning)
    buckets.total = usage.count("totalTokenCount")
    buckets.cacheRead = usage.count("cachedContentTokenCount")
    for (list, isInput) in [("promptTokensDetails" as StaticString, true), ("candidatesTokensDetails", false)] {
      usage.forEach(in: list) { detail in
        let count = detail.count("tokenCount")
        switch (detail.text("modality")?.string, isInput) {
        case ("TEXT", true): buckets.inputText = count
        case ("AUDIO", true): buckets.inputAudio = count
        case ("IMAGE", true): buckets.inputImage = count
        case ("TEXT", false): buckets.outputText = count
        case ("AUDIO", false): buckets.outputAudio = count
        default: break
        }
      }
    }
    buckets.settle(isExclusive: false)
  }

  private static func bedrock(_ usage: Members, _ buckets: inout TokenBuckets) {
    buckets.input = usage.count("inputTokens")
    buckets.output = usage.count("outputTokens")
    buckets.total = usage.count("totalTokens")
    buckets.cacheRead = usage.count("cacheReadInputTokens") ?? usage.count("cacheReadInputTokenCount")
    buckets.cacheWrite = usage.count("cacheWriteInputTokens") ?? usage.count("cacheWriteInputTokenCount")
    buckets.settle(isExclusive: true)
  }

  private static func chat(_ usage: Members, _ buckets: inout TokenBuckets) {
    buckets.input = usage.count("prompt_tokens")
    buckets.output = usage.count("completion_tokens")
    buckets.total = usage.count("total_tokens")
    let input = usage.object("prompt_tokens_details")
    // DeepSeek and Moonshot name the cache's hits at the top.
    buckets.cacheRead =
      input?.count("cached_tokens") ?? usage.count("prompt_cache_hit_tokens") ?? usage.count("cached_tokens")
      ?? usage.count("cache_read_input_tokens")
    buckets.cacheWrite = input?.count("cache_write_tokens") ?? usage.count("cache_creation_input_tokens")
    buckets.inputAudio = input?.count("audio_tokens")
    let output = usage.object("completion_tokens_details")
    buckets.reasoning = output?.count("reasoning_tokens") ?? usage.count("reasoning_tokens")
    buckets.outputAudio = output?.count("audio_tokens")
    buckets.settle(isExclusive: false)
  }

  private static func messages(_ usage: Members, _ buckets: inout TokenBuckets) {
    buckets.input = usage.count("input_tokens")
    buckets.output = usage.count("output_tokens")
    buckets.total = usage.count("total_tokens")
    let input = usage.object("input_tokens_details") ?? usage.object("prompt_tokens_details")
    let output = usage.object("output_tokens_details") ?? usage.object("completion_tokens_details")
    buckets.cacheRead = usage.count("cache_read_input_tokens") ?? input?.count("cached_tokens")
    buckets.cacheWrite = usage.count("cache_creation_input_tokens") ?? input?.count("cache_write_tokens")
    if let creation = usage.object("cache_creation") {
      buckets.cacheWrite5Minutes = creation.count("ephemeral_5m_input_tokens")
      buckets.cacheWrite1Hour = creation.count("ephemeral_1h_input_tokens")
    }
    buckets.reasoning = output?.count("reasoning_tokens")
    buckets.inputAudio = input?.count("audio_tokens")
    buckets.outputAudio = output?.count("audio_tokens")
    // These two keys are Anthropic's own, who counts the cache beside the input.
    buckets.settle(isExclusive: usage.has("cache_read_input_tokens") || usage.has("cache_creation_input_tokens"))
  }

  /// Keys that begin with `input` and `output` are disjoint buckets, as Langfuse prices them; `total` is their sum.
  private static func langfuse(_ usage: Members, _ buckets: inout TokenBuckets) {
    buckets.total = usage.count("total")
    buckets.cacheRead =
      usage.count("input_cached_tokens") ?? usage.count("input_cache_read") ?? usage.count("cache_read_input_tokens")
    buckets.cacheWrite = usage.count("input_cache_creation") ?? usage.count("cache_creation_input_tokens")
    buckets.cacheWrite5Minutes = usage.count("input_cache_creation_5m")
    buckets.cacheWrite1Hour = usage.count("input_cache_creation_1h")
    buckets.inputAudio = usage.count("input_audio_tokens")
    buckets.outputAudio = usage.count("output_audio_tokens")
    buckets.reasoning = usage.count("output_reasoning_tokens") ?? usage.count("output_reasoning")
    // An input that was reported with the cache in it fits the total without it, and none of its parts may then be added.
    if let total = buckets.total, let input = usage.count("input"), let output = usage.count("output"),
      total == input &+ output
    {
      buckets.input = input
      buckets.output = output
      if sum(buckets.cacheRead, buckets.cacheWrite) ?? 0 > 0 { buckets.wasExclusive = false }
      return
    }
    buckets.input = usage.sum(ofPrefix: "input")
    buckets.output = usage.sum(ofPrefix: "output")
    let outside = sum(usage.count("cache_read_input_tokens"), usage.count("cache_creation_input_tokens")) ?? 0
    if let input = buckets.input, outside > 0 { buckets.input = input &+ outside }
    if sum(buckets.cacheRead, buckets.cacheWrite) ?? 0 > 0 { buckets.wasExclusive = true }
  }

  private static func sum(_ first: Int64?, _ second: Int64?) -> Int64? {
    guard let first else { return second }
    return first &+ (second ?? 0)
  }

  /// The members of a map by their keys.
  private struct Members {
    let tape: ValueTape
    let place: Int

    func has(_ key: StaticString) -> Bool { tape.member(key, of: place) != nil }

    func object(_ key: StaticString) -> Members? {
      guard let member = tape.member(key, of: place), tape[member].kind == .map else { return nil }
      return Members(tape: tape, place: member)
    }

    /// A count that is not negative.
    func count(_ key: StaticString) -> Int64? { tape.member(key, of: place).flatMap { tape.count(at: $0) } }

    func text(_ key: StaticString) -> BorrowedText? {
      guard let member = tape.member(key, of: place), tape[member].kind == .text else { return nil }
      return tape[member].text
    }

    func forEach(in key: StaticString, _ body: (Members) -> Void) {
      guard let list = tape.member(key, of: place), tape[list].kind == .list else { return }
      var part = list + 1
      while part < tape[list].next {
        body(Members(tape: tape, place: part))
        part = tape[part].next
      }
    }

    func sum(ofPrefix prefix: StaticString) -> Int64? {
      var sum: Int64?
      var part = place + 1
      while part < tape[place].next {
        if tape[part].key.hasPrefix(prefix), let count = tape.count(at: part) { sum = (sum ?? 0) &+ count }
        part = tape[part].next
      }
      return sum
    }
  }
}

extension ValueTape {
  /// A count of tokens: a whole number of at least 0 and below 2⁵³, also where it was written as a real or as a text.
  func count(at place: Int) -> Int64? {
    let node = self[place]
    let value: Int64? =
      switch node.kind {
      case .integer: node.word
      case .real: Int64(exactly: node.real)
      case .text: ValueTape.plainInteger(node.text.bytes)
      default: nil
      }
    guard let value, value >= 0, value < 1 << 53 else { return nil }
    return value
  }
}
