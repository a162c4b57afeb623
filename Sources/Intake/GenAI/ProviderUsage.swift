import Pricing
import Records

/// Reads the usage objects that providers answer with, and Langfuse's, into the same buckets.
///
/// Sources: the API references of OpenAI (chat, responses, embeddings), Anthropic (messages; "usage.iterations"), Google (Gemini
/// API, `UsageMetadata`), Amazon Bedrock (`TokenUsage`), Cohere (chat v2) and Langfuse (`usage_details`).
enum ProviderUsage {
  /// The counts of a usage object; nil when the value is no object or counts nothing.
  /// - Parameter convention: nil tells it by the object's keys.
  static func buckets(_ tape: ValueTape, _ place: Int, as convention: UsageConvention? = nil) -> TokenBuckets? {
    guard tape[place].kind == .map else { return nil }
    let usage = UsageMembers(tape: tape, place: place)
    var buckets = TokenBuckets()
    switch convention ?? UsageConvention(of: usage) {
    case .chat: chat(usage, &buckets)
    case .responses: responses(usage, &buckets)
    case .embeddings:
      buckets.input = usage.count("prompt_tokens")
      buckets.total = usage.count("total_tokens")
    case .messages: messages(usage, &buckets)
    case .google: google(usage, &buckets)
    case .converse: converse(usage, &buckets)
    case .billedUnits: billedUnits(usage, &buckets)
    case .langfuse: langfuse(usage, &buckets)
    }
    return buckets.input == nil && buckets.output == nil && buckets.total == nil ? nil : buckets
  }

  // MARK: OpenAI

  private static func chat(_ usage: UsageMembers, _ buckets: inout TokenBuckets) {
    buckets.input = usage.count("prompt_tokens")
    buckets.output = usage.count("completion_tokens")
    buckets.total = usage.count("total_tokens")
    let input = usage.object("prompt_tokens_details")
    // DeepSeek and Moonshot name the cache's hits at the top.
    buckets.cacheRead =
      input?.count("cached_tokens") ?? usage.count("prompt_cache_hit_tokens") ?? usage.count("cached_tokens")
      ?? usage.count("cache_read_input_tokens")
    buckets.cacheWrite = input?.count("cache_write_tokens") ?? usage.count("cache_creation_input_tokens")
    readDetails(input, usage.object("completion_tokens_details"), &buckets)
    buckets.reasoning = buckets.reasoning ?? usage.count("reasoning_tokens")
    readMode("service_tier", usage, &buckets)
    buckets.settle(isExclusive: false)
  }

  private static func responses(_ usage: UsageMembers, _ buckets: inout TokenBuckets) {
    buckets.input = usage.count("input_tokens")
    buckets.output = usage.count("output_tokens")
    buckets.total = usage.count("total_tokens")
    let input = usage.object("input_tokens_details") ?? usage.object("prompt_tokens_details")
    buckets.cacheRead = input?.count("cached_tokens")
    buckets.cacheWrite = input?.count("cache_write_tokens")
    readDetails(input, usage.object("output_tokens_details") ?? usage.object("completion_tokens_details"), &buckets)
    readMode("service_tier", usage, &buckets)
    buckets.settle(isExclusive: false)
  }

  private static func readDetails(_ input: UsageMembers?, _ output: UsageMembers?, _ buckets: inout TokenBuckets) {
    buckets.inputAudio = input?.count("audio_tokens")
    buckets.inputImage = input?.count("image_tokens")
    buckets.inputVideo = input?.count("video_tokens")
    buckets.cacheReadAudio = input?.object("cached_tokens_details")?.count("audio_tokens")
    buckets.reasoning = output?.count("reasoning_tokens")
    buckets.outputAudio = output?.count("audio_tokens")
    buckets.outputImage = output?.count("image_tokens")
  }

  private static func readMode(_ name: StaticString, _ usage: UsageMembers, _ buckets: inout TokenBuckets) {
    if let word = usage.text(name) { buckets.modes.set(name.description, word.string) }
  }

  // MARK: Anthropic

  private static func messages(_ usage: UsageMembers, _ buckets: inout TokenBuckets) {
    buckets.total = usage.count("total_tokens")
    readMessage(usage, &buckets)
    buckets.webSearches = usage.object("server_tool_use")?.count("web_search_requests")
    for name in ["service_tier", "inference_geo", "speed"] as [StaticString] { readMode(name, usage, &buckets) }
    // The counts at the top are those of the messages. What compacted the context, and other models that were asked
    // for advice, are billed beside them.
    usage.forEach(in: "iterations") { iteration in
      guard let type = iteration.text("type"), !type.equals("message") else { return }
      var part = TokenBuckets()
      readMessage(iteration, &part)
      part.model = iteration.text("model")?.string
      if part.input ?? 0 > 0 || part.output ?? 0 > 0 { buckets.beside.append(part) }
    }
  }

  private static func readMessage(_ usage: UsageMembers, _ buckets: inout TokenBuckets) {
    buckets.input = usage.count("input_tokens")
    buckets.output = usage.count("output_tokens")
    buckets.cacheRead = usage.count("cache_read_input_tokens")
    buckets.cacheWrite = usage.count("cache_creation_input_tokens")
    if let creation = usage.object("cache_creation") {
      buckets.cacheWrite5Minutes = creation.count("ephemeral_5m_input_tokens")
      buckets.cacheWrite1Hour = creation.count("ephemeral_1h_input_tokens")
    }
    let output = usage.object("output_tokens_details") ?? usage.object("completion_tokens_details")
    buckets.reasoning = output?.count("thinking_tokens") ?? output?.count("reasoning_tokens")
    buckets.settle(isExclusive: true)
  }

  // MARK: Google, Amazon, Cohere

  private static func google(_ usage: UsageMembers, _ buckets: inout TokenBuckets) {
    // Prompts of tools are counted beside the prompt, thoughts beside the candidates.
    buckets.input = sum(usage.count("promptTokenCount"), usage.count("toolUsePromptTokenCount"))
    buckets.reasoning = usage.count("thoughtsTokenCount")
    buckets.output = sum(usage.count("candidatesTokenCount"), buckets.reasoning)
    buckets.total = usage.count("totalTokenCount")
    // Protocol buffers leave out counts that are 0.
    if buckets.input != nil { buckets.output = buckets.output ?? 0 } else if buckets.output != nil { buckets.input = 0 }
    buckets.cacheRead = usage.count("cachedContentTokenCount")
    for list in ["promptTokensDetails", "toolUsePromptTokensDetails"] as [StaticString] {
      forEachModality(usage, list) { modality, count in
        switch modality {
        case "TEXT": buckets.inputText = sum(buckets.inputText, count)
        case "AUDIO": buckets.inputAudio = sum(buckets.inputAudio, count)
        case "IMAGE": buckets.inputImage = sum(buckets.inputImage, count)
        case "VIDEO": buckets.inputVideo = sum(buckets.inputVideo, count)
        default: break
        }
      }
    }
    forEachModality(usage, "candidatesTokensDetails") { modality, count in
      switch modality {
      case "TEXT": buckets.outputText = sum(buckets.outputText, count)
      case "AUDIO": buckets.outputAudio = sum(buckets.outputAudio, count)
      case "IMAGE": buckets.outputImage = sum(buckets.outputImage, count)
      default: break
      }
    }
    forEachModality(usage, "cacheTokensDetails") { modality, count in
      if modality == "AUDIO" { buckets.cacheReadAudio = sum(buckets.cacheReadAudio, count) }
    }
    if let word = usage.text("trafficType") { buckets.modes.set("traffic_type", word.string) }
    if let word = usage.text("serviceTier") { buckets.modes.set("service_tier", word.string) }
    buckets.settle(isExclusive: false)
  }

  private static func forEachModality(
    _ usage: UsageMembers, _ list: StaticString, _ body: (_ modality: String, _ count: Int64?) -> Void
  ) {
    usage.forEach(in: list) { detail in
      if let modality = detail.text("modality") { body(modality.string, detail.count("tokenCount")) }
    }
  }

  private static func converse(_ usage: UsageMembers, _ buckets: inout TokenBuckets) {
    buckets.input = usage.count("inputTokens")
    buckets.output = usage.count("outputTokens")
    buckets.total = usage.count("totalTokens")
    buckets.cacheRead = usage.count("cacheReadInputTokens") ?? usage.count("cacheReadInputTokenCount")
    buckets.cacheWrite = usage.count("cacheWriteInputTokens") ?? usage.count("cacheWriteInputTokenCount")
    usage.forEach(in: "cacheDetails") { detail in
      switch detail.text("ttl")?.string {
      case "5m": buckets.cacheWrite5Minutes = sum(buckets.cacheWrite5Minutes, detail.count("inputTokens"))
      case "1h": buckets.cacheWrite1Hour = sum(buckets.cacheWrite1Hour, detail.count("inputTokens"))
      default: break
      }
    }
    buckets.settle(isExclusive: true)
  }

  private static func billedUnits(_ usage: UsageMembers, _ buckets: inout TokenBuckets) {
    // What is billed says nothing of the cache any more; the tokens that there were hold it.
    let billed = usage.object("billed_units")
    guard let inner = billed ?? usage.object("tokens") else { return }
    buckets.input = inner.count("input_tokens")
    buckets.output = inner.count("output_tokens")
    if billed == nil { buckets.cacheRead = usage.count("cached_tokens") }
    buckets.settle(isExclusive: false)
  }

  // MARK: Langfuse

  /// Keys that begin with `input` and `output` are disjoint buckets, as Langfuse prices them; `total` is their sum.
  private static func langfuse(_ usage: UsageMembers, _ buckets: inout TokenBuckets) {
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
}
