/// Whose form a usage object has, and so what its counts mean.
enum UsageConvention: Sendable, CaseIterable {
  /// OpenAI's chat completions, and all who copied them: the cache is in the prompt, reasoning in the completion.
  case chat
  /// OpenAI's responses: the same, by other names.
  case responses
  /// OpenAI's embeddings: a prompt, and no answer.
  case embeddings
  /// Anthropic's messages: the cache is beside the input.
  case messages
  /// Google's `usageMetadata`: the cache is in the prompt, thoughts and the prompts of tools are beside.
  case google
  /// Bedrock's converse: the cache is beside the input.
  case converse
  /// Cohere's `billed_units`.
  case billedUnits
  /// Langfuse's `usage_details`: parts that do not overlap.
  case langfuse

  /// The form of an object, told by its keys.
  init(of usage: UsageMembers) {
    if usage.object("billed_units") != nil || usage.object("tokens") != nil {
      self = .billedUnits
    } else if usage.has("promptTokenCount") || usage.has("candidatesTokenCount") || usage.has("totalTokenCount") {
      self = .google
    } else if usage.has("inputTokens") || usage.has("outputTokens") {
      self = .converse
    } else if usage.has("prompt_tokens") || usage.has("completion_tokens") {
      self = .chat
    } else if usage.has("input_tokens") || usage.has("output_tokens") {
      // These two keys are Anthropic's own, who counts the cache beside the input.
      let isExclusive = usage.has("cache_read_input_tokens") || usage.has("cache_creation_input_tokens")
      self = isExclusive ? .messages : .responses
    } else {
      self = .langfuse
    }
  }
}
