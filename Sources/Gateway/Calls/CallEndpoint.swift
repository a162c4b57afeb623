internal import Intake

/// Whose API a caller speaks.
public enum CallDialect: String, Sendable, CaseIterable {
  case openai, anthropic
}

/// A path under which models are called.
public enum CallEndpoint: String, Sendable, CaseIterable {
  case chat = "/v1/chat/completions"
  case responses = "/v1/responses"
  case embeddings = "/v1/embeddings"
  case messages = "/v1/messages"

  /// As this server answers it.
  public var path: String { rawValue }

  public var dialect: CallDialect { self == .messages ? .anthropic : .openai }

  /// What is added to an upstream's address. That of an OpenAI upstream ends with its version, as the SDKs' base URL does.
  public var upstreamPath: String { self == .messages ? rawValue : String(rawValue.dropFirst("/v1".count)) }

  /// In one word, for metrics.
  public var word: String {
    switch self {
    case .chat: "chat"
    case .responses: "responses"
    case .embeddings: "embeddings"
    case .messages: "messages"
    }
  }

  /// The member of a request that bounds its answer.
  var limit: String {
    switch self {
    case .chat, .embeddings: "max_completion_tokens"
    case .responses: "max_output_tokens"
    case .messages: "max_tokens"
    }
  }
  static let limits: [StaticString] = ["max_completion_tokens", "max_output_tokens", "max_tokens"]

  var operation: ModelCall.Operation {
    switch self {
    case .chat: .chat
    case .responses: .responses
    case .embeddings: .embeddings
    case .messages: .messages
    }
  }
}
