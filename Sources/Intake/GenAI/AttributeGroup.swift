import Records

/// Where the value of an attribute goes in a span's record or in the content beside it.
enum SpanField: Int, CaseIterable {
  case kind, provider, modelRequested, modelServed, finishReason, session, user, tenant, feature, errorType
  case inputTokens, outputTokens, totalTokens, cacheRead, cacheWrite, cacheWrite5Minutes, cacheWrite1Hour
  case reasoningTokens, inputAudio, inputImage, inputText, outputAudio, outputText, usage, providerMetadata
  case cost, costDetails, serviceTier
  case promptID, promptVersion, promptTemplate, promptSHA256, configSHA256, indexSHA256
  case tool, toolSchema, toolArguments, toolResult, retrieved, tagList
  case stage, trafficCluster, attempt, idempotencyKey, subject, subjectSHA256, refusal
  case inputMessages, outputMessages, instructions, toolDefinitions, input, output, parameterObject
  /// Kept in `parameters` under the group's name.
  case parameter
  /// Kept in `attributes` under the group's name; a text that holds JSON is read as JSON where the group says so.
  case attribute
  /// A tag under the group's name.
  case tag
  /// Kept with the content, as it is.
  case otherContent

  /// The place as the documentation names it.
  var documentation: String {
    switch self {
    case .kind: "`span_kind`"
    case .provider: "`attributes.provider`"
    case .modelRequested: "`model_requested`"
    case .modelServed: "`model_served`"
    case .finishReason: "`finish_reason`"
    case .session: "`session_id`"
    case .user: "`user_id`"
    case .tenant: "`tenant`"
    case .feature: "`feature`"
    case .errorType: "`error_type`"
    case .inputTokens: "`input_tokens`"
    case .outputTokens: "`output_tokens`"
    case .totalTokens: "tells whether input counts include the cache"
    case .cacheRead: "`cached_tokens`, `attributes.tokens.cache_read`"
    case .cacheWrite: "`attributes.tokens.cache_write`"
    case .cacheWrite5Minutes: "`attributes.tokens.cache_write_5m`"
    case .cacheWrite1Hour: "`attributes.tokens.cache_write_1h`"
    case .reasoningTokens: "`attributes.tokens.reasoning`"
    case .inputAudio: "`attributes.tokens.input_audio`"
    case .inputImage: "`attributes.tokens.input_image`"
    case .inputText: "`attributes.tokens.input_text`"
    case .outputAudio: "`attributes.tokens.output_audio`"
    case .outputText: "`attributes.tokens.output_text`"
    case .usage: "a provider's or Langfuse's usage object: all token counts"
    case .providerMetadata: "cache counts of Vercel's provider metadata"
    case .cost: "`cost_usd`"
    case .costDetails: "`cost_usd`, from its `total`"
    case .serviceTier: "`attributes.billing.service_tier`"
    case .promptID: "`prompt_id`"
    case .promptVersion: "`prompt_id`, behind `@`"
    case .promptTemplate: "`prompt_sha256`, of the text"
    case .promptSHA256: "`prompt_sha256`"
    case .configSHA256: "`config_sha256`"
    case .indexSHA256: "`index_sha256`"
    case .tool: "`tool`"
    case .toolSchema: "`tool_schema_sha256`, of the canonical schema"
    case .toolArguments: "content `input`, `attributes.args_sha256`"
    case .toolResult: "content `output`"
    case .retrieved: "`retrieved`"
    case .tagList: "`tags`: each element, `name:value` or a name with the value true"
    case .stage: "`stage`"
    case .trafficCluster: "`traffic_cluster`"
    case .attempt: "`attempt`"
    case .idempotencyKey: "`idempotency_key`"
    case .subject: "`subject`"
    case .subjectSHA256: "`subject_sha256`"
    case .refusal: "`refusal`"
    case .inputMessages, .input: "content `input`"
    case .outputMessages, .output: "content `output`"
    case .instructions: "content `instructions`"
    case .toolDefinitions: "content `tools`"
    case .parameterObject: "`parameters`, each member"
    case .parameter: "`parameters."
    case .attribute: "`attributes."
    case .tag: "`tags."
    case .otherContent: "content `other`"
    }
  }
}

/// Attributes that mean the same, in order: of several on one span the first counts, the others are kept as they are if they
/// say something else.
struct AttributeGroup {
  let field: SpanField
  /// The key of a parameter, an attribute or a tag.
  let name: StaticString
  /// Whether a text is read as JSON.
  let holdsJSON: Bool
  let keys: [StaticString]

  init(_ field: SpanField, _ keys: StaticString...) {
    self.field = field
    name = ""
    holdsJSON = false
    self.keys = keys
  }

  init(_ field: SpanField, named name: StaticString, json holdsJSON: Bool = false, _ keys: StaticString...) {
    self.field = field
    self.name = name
    self.holdsJSON = holdsJSON
    self.keys = keys
  }

  var isUsage: Bool {
    (SpanField.inputTokens.rawValue...SpanField.usage.rawValue).contains(field.rawValue)
  }

  /// Whether lists and maps are read, too.
  var isStructured: Bool {
    switch field {
    case .finishReason, .parameterObject, .parameter, .provider: true
    default: false
    }
  }

  /// Whether the values are a user's words, which are stored apart so that they can be erased.
  var isContent: Bool {
    switch field {
    case .inputMessages, .outputMessages, .instructions, .toolDefinitions, .input, .output, .toolArguments, .toolResult,
      .promptTemplate, .retrieved, .otherContent:
      true
    default: false
    }
  }
}
