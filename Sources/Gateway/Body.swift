internal import Intake

/// What a request brought, decompressed, or why it could not be taken.
public typealias Body = Result<[UInt8], BodyFault>

/// Why a body was not taken, as it is answered.
public struct BodyFault: Error {
  public let answer: Answer
  /// What is wrong and what to do.
  public let message: String

  private init(status: Int, code: String, _ message: String, retryAfter: Int? = nil) {
    answer = Answer(status: status, code: code, message: message, retryAfter: retryAfter)
    self.message = message
  }

  public static func tooLarge(_ limit: Int) -> BodyFault {
    BodyFault(
      status: 413, code: "BODY_TOO_LARGE",
      "A body may have \(limit) bytes, compressed or not. Deliver it in several requests.")
  }

  public static let busy = BodyFault(
    status: 429, code: "BUSY", "More is being delivered than fits into memory. Deliver it again in a moment.",
    retryAfter: 1)

  public static func unreadable(_ why: String) -> BodyFault { BodyFault(status: 400, code: "UNREADABLE", why) }

  public static func encoding(_ name: String) -> BodyFault {
    BodyFault(status: 415, code: "CONTENT_ENCODING", "The body is compressed as '\(name)'. Send gzip, or plain.")
  }
}

extension BodyFault {
  /// Undoes the compression that a request names.
  /// - Parameters:
  ///   - limit: bytes that may come out.
  ///   - grow: called before more bytes are kept; false when there is no room for them.
  public static func expanded(
    _ body: [UInt8], encoding: String?, limit: Int, grow: (_ bytes: Int) -> Bool
  ) -> Body {
    switch encoding?.lowercased() {
    case nil, "", "identity": return .success(body)
    case "gzip", "x-gzip":
      do {
        return .success(try Gzip.expanded(body, limit: limit, grow: grow))
      } catch {
        switch error {
        case .tooLarge: return .failure(.tooLarge(limit))
        case .noRoom: return .failure(.busy)
        case .damaged(let detail): return .failure(.unreadable("The body is damaged gzip data: \(detail)."))
        }
      }
    case let other?: return .failure(.encoding(other))
    }
  }
}
