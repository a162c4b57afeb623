internal import Gateway
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Synchronization

/// Reads the bodies of requests into memory, of each no more than a limit and of all together no more than there is room
/// for.
final class BodyReader: Sendable {
  private let limit: Int
  private let room: Int
  private let inUse = Mutex(0)

  init(limit: Int, room: Int) {
    self.limit = limit
    self.room = room
  }

  /// Answers a request from its whole body.
  func answer(_ request: Request, _ answer: ([UInt8]) async -> Answer) async -> Response {
    // A body that does not say how long it is may be as long as one may be.
    let declared = request.headers[.contentLength].flatMap { Int($0) } ?? limit
    guard declared <= limit else { return BodyReader.tooLarge(limit) }
    let reserved = inUse.withLock { inUse in
      guard inUse + declared <= room else { return false }
      inUse += declared
      return true
    }
    guard reserved else {
      return Response(
        Answer(
          status: 429, code: "BUSY",
          message: "More is being delivered than fits into memory. Deliver it again in a moment.",
          retryAfter: 1))
    }
    defer { inUse.withLock { $0 -= declared } }
    do {
      let body = try await request.body.collect(upTo: limit)
      return Response(await answer(Array(buffer: body)))
    } catch is NIOTooManyBytesError {
      return BodyReader.tooLarge(limit)
    } catch {
      return Response(Answer(status: 400, code: "UNREADABLE", message: "The body broke off: \(error)."))
    }
  }

  private static func tooLarge(_ limit: Int) -> Response {
    Response(
      Answer(
        status: 413, code: "BODY_TOO_LARGE", message: "A body may have \(limit) bytes. Deliver it in several requests.")
    )
  }
}
