import Records

/// The words of the conventions in the words of the records.
enum SpanWords {
  /// The kind of operation that a convention's word means; nil for one that says nothing of it.
  static func kind(_ word: String) -> String? {
    if SpanRecord.kinds.contains(word) { return word }
    switch word.lowercased() {
    case "llm", "generation", "generate_content", "chat.completions", "ai.generatetext.dogenerate",
      "ai.streamtext.dostream", "ai.generateobject.dogenerate", "ai.streamobject.dostream", "responses":
      return "chat"
    case "text_completion", "completion": return "completion"
    case "embedding", "embeddings", "ai.embed.doembed", "ai.embedmany.doembed": return "embeddings"
    case "retriever", "search_memory": return "retrieval"
    case "reranker": return "rerank"
    case "execute_tool", "ai.toolcall", "function", "create_memory", "update_memory", "upsert_memory",
      "delete_memory":
      return "tool"
    case "invoke_agent", "create_agent", "agent": return "agent"
    case "invoke_workflow", "chain", "workflow", "task", "plan", "ai.generatetext", "ai.streamtext",
      "ai.generateobject", "ai.streamobject", "ai.embed", "ai.embedmany":
      return "workflow"
    case "chat": return "chat"
    case "tool": return "tool"
    case "rerank": return "rerank"
    case "guardrail", "evaluator", "prompt", "span", "event", "unknown", "other", "decision": return "other"
    default: return nil
    }
  }

  /// Why generation ended, in the words of the GenAI conventions: stop, length, content_filter, tool_call, error; other words as
  /// they are, in lower case.
  static func finishReason(_ word: String) -> String {
    let word = word.lowercased()
    switch word {
    case "stop", "end_turn", "stop_sequence", "eos", "eos_token", "completed", "complete": return "stop"
    case "length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded": return "length"
    case "content_filter", "content-filter", "safety", "recitation", "prohibited_content", "blocklist", "spii",
      "guardrail_intervened", "content_filtered":
      return "content_filter"
    case "tool_calls", "tool_call", "tool-calls", "tool_use", "function_call": return "tool_call"
    default: return word
    }
  }

  /// Whether an end means that the model, or a filter in front of it, refused.
  static func isRefusal(_ finishReason: String) -> Bool {
    finishReason == "content_filter" || finishReason == "refusal"
  }

  /// Whether an error is one of time.
  static func isTimeout(_ errorType: String) -> Bool {
    let word = errorType.lowercased()
    return word.contains("timeout") || word.contains("timed_out") || word.contains("deadline") || word == "408"
      || word == "504"
  }
}
