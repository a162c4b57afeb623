public import Records

/// Why a call was not made, or brought nothing back, as the caller's own API says such things.
///
/// OpenAI: `{"error": {"message", "type", "param", "code"}}`. Anthropic: `{"type": "error", "error": {"type", "message"}}`.
public struct CallRefusal: Error, Sendable, Equatable {
  public let status: Int
  /// A word for programs, which stays.
  public let code: String
  /// What is wrong and what to do.
  public let message: String
  public var retryAfter: Int?
  public var challenges: [String] = []
  /// The budget that refuses, and how it stands, for programs.
  public var budget: JSONObject?
  /// The tenant's limit that refuses, and how it stands, for programs.
  public var quota: JSONObject?
  /// The failure budget that refuses, and how it stands, for programs.
  public var failureBudget: JSONObject?
  /// The span of the call; nil where it has none: it was refused before there was one, or nobody keeps it.
  public private(set) var span: SpanReference?

  public init(status: Int, code: String, message: String, retryAfter: Int? = nil) {
    self.status = status
    self.code = code
    self.message = message
    self.retryAfter = retryAfter
  }

  /// What keeps a request out on all other routes too.
  public init(_ plain: Answer, _ message: String) {
    let code =
      switch plain.status {
      case 401: "invalid_api_key"
      case 403: "permission_denied"
      case 413: "request_too_large"
      case 415: "unsupported_encoding"
      case 429: "too_busy"
      case 400: "unreadable_request"
      default: "ledger_unavailable"
      }
    self.init(status: plain.status, code: code, message: message, retryAfter: plain.retryAfter)
    challenges = plain.challenges
  }

  public func answer(_ dialect: CallDialect) -> Answer {
    var answer = Answer(status: status, json: object(dialect), retryAfter: retryAfter)
    answer.challenges = challenges
    answer.isFinal = budget != nil
    answer.span = span
    return answer
  }

  /// The same, as the caller of a call that has a span is told it.
  public func naming(_ call: CallSpan) -> CallRefusal {
    var named = self
    named.span = call.reference
    return named
  }

  /// As a frame of a stream that has begun, where the status is said already.
  public func frame(_ dialect: CallDialect) -> [UInt8] {
    let json = (try? JSONValue.object(object(dialect)).line()) ?? "{}"
    switch dialect {
    case .openai: return Array("data: \(json)\n\n".utf8)
    case .anthropic: return Array("event: error\ndata: \(json)\n\n".utf8)
    }
  }

  private func object(_ dialect: CallDialect) -> JSONObject {
    var error = JSONObject()
    var whole = JSONObject()
    switch dialect {
    case .openai:
      error["message"] = .string(message)
      error["type"] = .string(openAIType)
      error["param"] = .null
      error["code"] = .string(code)
    case .anthropic:
      whole["type"] = .string("error")
      error["type"] = .string(anthropicType)
      error["message"] = .string(message)
      error["code"] = .string(code)
    }
    if let budget { error["budget"] = .object(budget) }
    if let quota { error["quota"] = .object(quota) }
    if let failureBudget { error["failure_budget"] = .object(failureBudget) }
    whole["error"] = .object(error)
    return whole
  }

  private var openAIType: String {
    switch status {
    case 401: "authentication_error"
    case 403: "permission_error"
    case 429: "rate_limit_error"
    case 400..<500: "invalid_request_error"
    default: "server_error"
    }
  }

  /// The types of Anthropic's API reference, "Errors".
  private var anthropicType: String {
    switch status {
    case 401: "authentication_error"
    case 403: "permission_error"
    case 404: "not_found_error"
    case 413: "request_too_large"
    case 429: "rate_limit_error"
    case 400..<500: "invalid_request_error"
    case 504: "timeout_error"
    case 529: "overloaded_error"
    default: "api_error"
    }
  }
}
