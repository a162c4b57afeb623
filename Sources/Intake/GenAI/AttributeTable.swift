/// Which attribute goes where: the only place that says so. `Documentation/OTLP.md` is printed from it.
///
/// Read from: OpenTelemetry's GenAI conventions up to 1.36 (`gen_ai.system`, `prompt_tokens`), 1.37 to 1.41
/// (`gen_ai.provider.name`, `gen_ai.input.messages`) and of their own repository since; OpenInference's
/// `openinference-semantic-conventions`; Vercel's AI SDK (`ai.*`); OpenLLMetry's `opentelemetry-semantic-conventions-ai`
/// (`traceloop.*`, `llm.*`); Langfuse's SDK (`langfuse.*`); Logfire and Pydantic AI. `tally.*` is for what none of them has.
enum AttributeTable {
  static let groups: [AttributeGroup] = operation + tokens + naming + content + parameters + attributes + tags

  private static let operation: [AttributeGroup] = [
    AttributeGroup(
      .kind, "tally.kind", "gen_ai.operation.name", "openinference.span.kind", "langfuse.observation.type",
      "llm.request.type", "ai.operationId", "traceloop.span.kind"),
    AttributeGroup(
      .provider, "gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "ai.model.provider",
      "llm.vendor"),
    AttributeGroup(
      .modelRequested, "gen_ai.request.model", "llm.request.model_name", "llm.request.model", "ai.model.id",
      "langfuse.observation.model.name", "embedding.model_name", "reranker.model_name", "llm.model_name"),
    AttributeGroup(
      .modelServed, "gen_ai.response.model", "llm.response.model_name", "llm.response.model", "ai.response.model",
      "llm.model_name"),
    AttributeGroup(
      .finishReason, "gen_ai.response.finish_reasons", "gen_ai.response.finish_reason", "llm.finish_reason",
      "ai.response.finishReason", "ai.finishReason", "gen_ai.response.stop_reason", "llm.response.finish_reason",
      "llm.response.stop_reason"),
    AttributeGroup(.errorType, "error.type", "exception.type"),
  ]

  private static let tokens: [AttributeGroup] = [
    AttributeGroup(
      .inputTokens, "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt",
      "ai.usage.inputTokens", "ai.usage.promptTokens", "llm.usage.prompt_tokens", "ai.usage.tokens"),
    AttributeGroup(
      .outputTokens, "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion",
      "ai.usage.outputTokens", "ai.usage.completionTokens", "llm.usage.completion_tokens"),
    AttributeGroup(
      .totalTokens, "gen_ai.usage.total_tokens", "llm.token_count.total", "ai.usage.totalTokens",
      "llm.usage.total_tokens"),
    AttributeGroup(
      .cacheRead, "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens",
      "gen_ai.usage.details.cache_read_tokens", "gen_ai.usage.details.cache_read_input_tokens",
      "gen_ai.usage.details.cached_tokens", "llm.token_count.prompt_details.cache_read",
      "llm.token_count.prompt_details.cache_input", "ai.usage.inputTokenDetails.cacheReadTokens",
      "ai.usage.cachedInputTokens", "gen_ai.usage.prompt_tokens_details.cached_tokens"),
    AttributeGroup(
      .cacheWrite, "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens",
      "gen_ai.usage.details.cache_write_tokens", "gen_ai.usage.details.cache_creation_input_tokens",
      "llm.token_count.prompt_details.cache_write", "ai.usage.inputTokenDetails.cacheWriteTokens"),
    AttributeGroup(.cacheWrite5Minutes, "gen_ai.usage.cache_creation.ephemeral_5m_input_tokens"),
    AttributeGroup(.cacheWrite1Hour, "gen_ai.usage.cache_creation.ephemeral_1h_input_tokens"),
    AttributeGroup(
      .reasoningTokens, "gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens",
      "gen_ai.usage.details.reasoning_tokens", "llm.token_count.completion_details.reasoning",
      "ai.usage.outputTokenDetails.reasoningTokens", "ai.usage.reasoningTokens"),
    AttributeGroup(
      .inputAudio, "gen_ai.usage.audio.input_tokens", "gen_ai.usage.details.input_audio_tokens",
      "llm.token_count.prompt_details.audio"),
    AttributeGroup(.inputImage, "gen_ai.usage.image.input_tokens"),
    AttributeGroup(.inputText, "gen_ai.usage.text.input_tokens", "ai.usage.inputTokenDetails.noCacheTokens"),
    AttributeGroup(
      .outputAudio, "gen_ai.usage.audio.output_tokens", "gen_ai.usage.details.output_audio_tokens",
      "llm.token_count.completion_details.audio"),
    AttributeGroup(.outputText, "gen_ai.usage.text.output_tokens", "ai.usage.outputTokenDetails.textTokens"),
    AttributeGroup(.usage, "tally.usage", "langfuse.observation.usage_details"),
    AttributeGroup(.providerMetadata, "ai.response.providerMetadata"),
    AttributeGroup(.cost, "tally.cost_usd", "llm.cost.total", "operation.cost", "gen_ai.usage.cost"),
    AttributeGroup(.costDetails, "langfuse.observation.cost_details"),
    AttributeGroup(
      .serviceTier, "openai.response.service_tier", "gen_ai.openai.response.service_tier",
      "gen_ai.response.service_tier"),
  ]

  private static let naming: [AttributeGroup] = [
    AttributeGroup(
      .session, "gen_ai.conversation.id", "session.id", "langfuse.session.id", "langfuse.trace.session_id",
      "traceloop.association.properties.session_id", "ai.telemetry.metadata.sessionId"),
    AttributeGroup(
      .user, "user.id", "enduser.id", "langfuse.user.id", "langfuse.trace.user_id",
      "traceloop.association.properties.user_id", "ai.telemetry.metadata.userId", "gen_ai.user", "llm.user"),
    AttributeGroup(.tenant, "tally.tenant", "tenant.id", "traceloop.association.properties.tenant_id"),
    AttributeGroup(.feature, "tally.feature"),
    AttributeGroup(
      .promptID, "tally.prompt_id", "gen_ai.prompt.name", "langfuse.observation.prompt.name", "prompt.id",
      "traceloop.prompt.key"),
    AttributeGroup(
      .promptVersion, "langfuse.observation.prompt.version", "llm.prompt_template.version", "traceloop.prompt.version"),
    AttributeGroup(.promptTemplate, "llm.prompt_template.template", "traceloop.prompt.template"),
    AttributeGroup(.promptSHA256, "tally.prompt_sha256"),
    AttributeGroup(.configSHA256, "tally.config_sha256"),
    AttributeGroup(.indexSHA256, "tally.index_sha256"),
    AttributeGroup(.tool, "gen_ai.tool.name", "tool.name", "ai.toolCall.name"),
    AttributeGroup(.toolSchema, "tool.json_schema", "tool.parameters"),
    AttributeGroup(.tagList, "tag.tags", "langfuse.trace.tags", "logfire.tags"),
    AttributeGroup(.stage, "tally.stage"),
    AttributeGroup(.trafficCluster, "tally.traffic_cluster"),
    AttributeGroup(.attempt, "tally.attempt"),
    AttributeGroup(.idempotencyKey, "tally.idempotency_key"),
    AttributeGroup(.subject, "tally.subject"),
    AttributeGroup(.subjectSHA256, "tally.subject_sha256"),
    AttributeGroup(.refusal, "tally.refusal"),
  ]

  private static let content: [AttributeGroup] = [
    AttributeGroup(
      .inputMessages, "gen_ai.input.messages", "pydantic_ai.all_messages", "all_messages_events", "ai.prompt.messages"),
    AttributeGroup(.outputMessages, "gen_ai.output.messages"),
    AttributeGroup(.instructions, "gen_ai.system_instructions"),
    AttributeGroup(.toolDefinitions, "gen_ai.tool.definitions", "ai.prompt.tools"),
    AttributeGroup(.toolArguments, "gen_ai.tool.call.arguments", "ai.toolCall.args", "tool_arguments"),
    AttributeGroup(.toolResult, "gen_ai.tool.call.result", "ai.toolCall.result", "tool_response"),
    AttributeGroup(.retrieved, "tally.retrieved", "gen_ai.retrieval.documents"),
    AttributeGroup(
      .input, "gen_ai.prompt", "langfuse.observation.input", "ai.prompt", "input.value", "traceloop.entity.input",
      "request_data", "ai.value"),
    AttributeGroup(
      .output, "gen_ai.completion", "langfuse.observation.output", "ai.response.text", "ai.response.object",
      "output.value", "traceloop.entity.output", "response_data", "final_result", "ai.result.text"),
    AttributeGroup(
      .otherContent, "langfuse.trace.input", "langfuse.trace.output", "ai.response.toolCalls", "ai.response.reasoning",
      "gen_ai.retrieval.query.text", "reranker.query", "llm.prompt_template.variables",
      "traceloop.prompt.template_variables", "embedding.text", "prompt", "input", "output", "events",
      "llm.request.functions", "exception.message", "exception.stacktrace"),
    AttributeGroup(
      .parameterObject, "llm.invocation_parameters", "embedding.invocation_parameters",
      "langfuse.observation.model.parameters", "model_request_parameters"),
  ]

  private static let parameters: [AttributeGroup] = [
    AttributeGroup(
      .parameter, named: "temperature", "gen_ai.request.temperature", "llm.request.temperature",
      "ai.settings.temperature", "llm.temperature"),
    AttributeGroup(.parameter, named: "top_p", "gen_ai.request.top_p", "ai.settings.topP", "llm.top_p"),
    AttributeGroup(.parameter, named: "top_k", "gen_ai.request.top_k", "ai.settings.topK", "llm.top_k"),
    AttributeGroup(
      .parameter, named: "max_tokens", "gen_ai.request.max_tokens", "gen_ai.request.max_completion_tokens",
      "ai.settings.maxOutputTokens", "ai.settings.maxTokens", "llm.request.max_tokens"),
    AttributeGroup(
      .parameter, named: "frequency_penalty", "gen_ai.request.frequency_penalty", "ai.settings.frequencyPenalty",
      "llm.frequency_penalty"),
    AttributeGroup(
      .parameter, named: "presence_penalty", "gen_ai.request.presence_penalty", "ai.settings.presencePenalty",
      "llm.presence_penalty"),
    AttributeGroup(.parameter, named: "repetition_penalty", "gen_ai.request.repetition_penalty"),
    AttributeGroup(
      .parameter, named: "seed", "gen_ai.request.seed", "gen_ai.openai.request.seed", "ai.settings.seed"),
    AttributeGroup(
      .parameter, named: "stop", "gen_ai.request.stop_sequences", "ai.settings.stopSequences",
      "llm.chat.stop_sequences"),
    AttributeGroup(.parameter, named: "n", "gen_ai.request.choice.count", "gen_ai.request.n"),
    AttributeGroup(
      .parameter, named: "stream", "gen_ai.request.stream", "gen_ai.is_streaming", "llm.is_streaming"),
    AttributeGroup(.parameter, named: "reasoning_effort", "gen_ai.request.reasoning_effort"),
    AttributeGroup(
      .parameter, named: "response_format", "gen_ai.openai.request.response_format", "gen_ai.output.type"),
    AttributeGroup(.parameter, named: "encoding_formats", "gen_ai.request.encoding_formats"),
    AttributeGroup(.parameter, named: "dimensions", "gen_ai.embeddings.dimension.count"),
    AttributeGroup(
      .parameter, named: "service_tier", "gen_ai.openai.request.service_tier", "openai.request.service_tier"),
  ]

  private static let attributes: [AttributeGroup] = [
    AttributeGroup(
      .attribute, named: "agent", "gen_ai.agent.name", "agent.name", "ai.telemetry.functionId", "gen_ai.agent.id"),
    AttributeGroup(.attribute, named: "workflow", "gen_ai.workflow.name", "traceloop.workflow.name"),
    AttributeGroup(.attribute, named: "response_id", "gen_ai.response.id", "ai.response.id"),
    AttributeGroup(.attribute, named: "tool_call_id", "gen_ai.tool.call.id", "ai.toolCall.id", "tool.id"),
    AttributeGroup(.attribute, named: "ttft_ms", "tally.ttft_ms", "ai.response.msToFirstChunk"),
    AttributeGroup(.attribute, named: "ttft_s", "gen_ai.response.time_to_first_chunk"),
    AttributeGroup(.attribute, named: "region", "tally.region", "cloud.region", "aws.region"),
    AttributeGroup(.attribute, named: "mcp_server", "tally.mcp_server", "mcp.server.name"),
    AttributeGroup(.attribute, named: "context_segments", json: true, "tally.context_segments", "context_segments"),
    AttributeGroup(.attribute, named: "features", json: true, "tally.features", "features"),
    AttributeGroup(.attribute, named: "vector", json: true, "tally.vector", "vector"),
    AttributeGroup(.attribute, named: "images", json: true, "tally.images", "images"),
    AttributeGroup(.attribute, named: "steps", json: true, "tally.steps", "steps"),
    AttributeGroup(.attribute, named: "retrieved_ids", json: true, "tally.retrieved_ids", "retrieved_ids"),
    AttributeGroup(.attribute, named: "cache_key_fields", json: true, "tally.cache_key_fields", "cache_key_fields"),
    AttributeGroup(
      .attribute, named: "metadata", json: true, "metadata", "langfuse.observation.metadata", "langfuse.trace.metadata"),
  ]

  private static let tags: [AttributeGroup] = [
    AttributeGroup(
      .tag, named: "environment", "deployment.environment.name", "deployment.environment", "langfuse.environment"),
    AttributeGroup(.tag, named: "release", "service.version", "langfuse.release"),
    AttributeGroup(.tag, named: "version", "langfuse.version"),
    AttributeGroup(.tag, named: "level", "langfuse.observation.level"),
  ]

  /// Flattened lists and maps: keys that begin so go there with all that follows. The longest prefix decides.
  static let prefixes: [(prefix: StaticString, to: FlatTarget, example: StaticString)] = [
    (
      "llm.input_messages.", .inputMessages,
      "llm.input_messages.{i}.message.{role,content,contents.{j}…,tool_calls.{j}…}"
    ),
    ("llm.output_messages.", .outputMessages, "llm.output_messages.{i}.message.…"),
    ("gen_ai.prompt.", .inputMessages, "gen_ai.prompt.{i}.{role,content,tool_calls.{j}.{id,name,arguments}}"),
    ("gen_ai.completion.", .outputMessages, "gen_ai.completion.{i}.{role,content,finish_reason,tool_calls.{j}…}"),
    ("retrieval.documents.", .documents, "retrieval.documents.{i}.document.{id,score,content,metadata}"),
    ("reranker.output_documents.", .documents, "reranker.output_documents.{i}.document.…"),
    ("reranker.input_documents.", .otherContent, "reranker.input_documents.{i}.document.…"),
    ("llm.prompts.", .otherContent, "llm.prompts.{i}.prompt.text"),
    ("llm.choices.", .otherContent, "llm.choices.{i}.completion.text"),
    ("llm.tools.", .otherContent, "llm.tools.{i}.tool.json_schema"),
    ("llm.request.functions.", .otherContent, "llm.request.functions.{i}.{name,description,parameters}"),
    ("embedding.embeddings.", .otherContent, "embedding.embeddings.{i}.embedding.{text,vector}"),
    ("gen_ai.usage.details.", .usage, "gen_ai.usage.details.{name}"),
    ("langfuse.observation.metadata.", .attribute, "langfuse.observation.metadata.{name}"),
    ("langfuse.trace.metadata.", .attribute, "langfuse.trace.metadata.{name}"),
    ("traceloop.association.properties.", .attribute, "traceloop.association.properties.{name}"),
    ("ai.telemetry.metadata.", .attribute, "ai.telemetry.metadata.{name}"),
    ("tally.tag.", .tag, "tally.tag.{name}"),
  ]

  /// Tags that checks read: an attribute or an association of this name is a tag.
  static let reservedTags: [StaticString] = [
    "lang", "content_class", "risk", "component", "capability", "arm", "tenure_days", "input_tier", "snr",
    "device_tier", "from_team", "to_team", "assigned_team",
  ]
}

/// What keys of a common beginning are parts of.
enum FlatTarget {
  case inputMessages, outputMessages, documents, otherContent, usage, attribute, tag

  var documentation: String {
    switch self {
    case .inputMessages: "content `input`"
    case .outputMessages: "content `output`"
    case .documents: "`retrieved`; the texts go to content `other`"
    case .otherContent: "content `other`"
    case .usage: "`attributes.usage`"
    case .attribute: "`attributes`, as it is; a tag, if the name is a reserved tag"
    case .tag: "`tags.{name}`"
    }
  }
}
