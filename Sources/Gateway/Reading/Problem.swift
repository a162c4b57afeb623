internal import Records
internal import Store

/// Why a question to the reading API has no answer, as problem details (RFC 9457) say it.
struct Problem: Error {
  let status: Int
  /// A word for programs, which stays.
  let code: String
  /// What is wrong and what to do.
  let detail: String
  /// The parameter that is at fault.
  var parameter: String?
  var retryAfter: Int?

  static func parameter(_ name: String, _ code: String, _ detail: String) -> Problem {
    Problem(status: 400, code: code, detail: detail, parameter: name)
  }

  static func missing(_ code: String, _ detail: String) -> Problem { Problem(status: 404, code: code, detail: detail) }

  init(status: Int, code: String, detail: String, parameter: String? = nil, retryAfter: Int? = nil) {
    self.status = status
    self.code = code
    self.detail = detail
    self.parameter = parameter
    self.retryAfter = retryAfter
  }

  var answer: Answer {
    var object = JSONObject()
    object["type"] = .string("about:blank")
    object["title"] = .string(Problem.title(status))
    object["status"] = .integer(Int64(status))
    object["detail"] = .string(detail)
    object["code"] = .string(code)
    object["parameter"] = parameter.map(JSONValue.string)
    var answer = Answer(status: status, json: object, retryAfter: retryAfter)
    answer.contentType = "application/problem+json"
    return answer
  }

  /// RFC 9457, section 4.2.1: without a type of its own, the title is that of the status.
  private static func title(_ status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 413: "Content Too Large"
    case 415: "Unsupported Media Type"
    case 429: "Too Many Requests"
    case 503: "Service Unavailable"
    default: "Error"
    }
  }
}

extension Answer {
  /// The same refusal as problem details, for whoever asks the reading API.
  public func asProblem(_ message: String) -> Answer {
    let code =
      switch status {
      case 401: "UNAUTHENTICATED"
      case 403: "FORBIDDEN"
      default: "UNAVAILABLE"
      }
    var problem = Problem(status: status, code: code, detail: message, retryAfter: retryAfter).answer
    problem.challenges = challenges
    return problem
  }

  /// What kept a question from being answered.
  init(problem error: any Error) {
    switch error {
    case let problem as Problem: self = problem.answer
    case let error as LedgerError:
      let plain = Answer(error)
      // What is wrong with the ledger, with names and addresses, is for its log and not for whoever asks.
      self =
        Problem(
          status: plain.status == 429 ? 429 : 503, code: "LEDGER_UNAVAILABLE",
          detail: "The ledger cannot be read now. Ask again after Retry-After seconds.",
          retryAfter: plain.retryAfter ?? 30
        ).answer
    default:
      self =
        Problem(
          status: 503, code: "LEDGER_UNAVAILABLE", detail: "The ledger cannot be read now; ask again.", retryAfter: 30
        ).answer
    }
  }
}
