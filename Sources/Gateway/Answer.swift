public import Records
public import Store

/// What is sent back for a request, whatever carries it.
public struct Answer: Sendable, Equatable {
  /// HTTP status.
  public var status: Int
  /// Of the body; nil without one.
  public var contentType: String?
  public var body: [UInt8]
  /// Seconds after which to try again.
  public var retryAfter: Int?
  /// What a client may show to be let in, one `WWW-Authenticate` each.
  public var challenges: [String] = []
  /// Whether asking again at once, as SDKs do, is of no use.
  public var isFinal = false
  /// The span of the call that it answers; nil where there is none.
  public var span: SpanReference?

  public init(status: Int, contentType: String? = nil, body: [UInt8] = [], retryAfter: Int? = nil) {
    self.status = status
    self.contentType = contentType
    self.body = body
    self.retryAfter = retryAfter
  }

  /// - Parameter version: of the text's format.
  public init(status: Int, text: String, version: String? = nil) {
    let type = "text/plain; charset=utf-8" + (version.map { "; version=\($0)" } ?? "")
    self.init(status: status, contentType: type, body: Array(text.utf8))
  }

  public init(status: Int, json: JSONObject, retryAfter: Int? = nil) {
    // Only a number that is not finite cannot be written, and answers hold whole ones.
    let text = (try? JSONValue.object(json).rendered()) ?? "{}"
    self.init(
      status: status, contentType: "application/json", body: Array((text + "\n").utf8), retryAfter: retryAfter)
  }

  /// `{"error": {"code": …, "message": …}}`; the message says what is wrong and what to do.
  public init(status: Int, code: String, message: String, retryAfter: Int? = nil) {
    var error = JSONObject()
    error["code"] = .string(code)
    error["message"] = .string(message)
    var whole = JSONObject()
    whole["error"] = .object(error)
    self.init(status: status, json: whole, retryAfter: retryAfter)
  }

  /// What the ledger could not do. 429 and 503 mean: keep the delivery and send it again.
  public init(_ error: LedgerError) {
    switch error.cause {
    case .refused: self.init(status: 400, code: "REFUSED", message: "\(error.problem). \(error.remedy)")
    case .busy: self.init(status: 429, code: "BUSY", message: "\(error.problem). \(error.remedy)", retryAfter: 1)
    case .full:
      self.init(status: 503, code: "LEDGER_FULL", message: "\(error.problem). \(error.remedy)", retryAfter: 30)
    case .lost:
      self.init(status: 503, code: "LEDGER_AWAY", message: "\(error.problem). \(error.remedy)", retryAfter: 5)
    case .unreadable, .newer, .damaged, .database:
      self.init(status: 503, code: "LEDGER_FAILED", message: "\(error.problem). \(error.remedy)", retryAfter: 30)
    }
  }
}
