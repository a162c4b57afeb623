internal import Gateway
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Synchronization

/// Reads the bodies of requests into memory and decompresses them: of each no more than a limit, and of all together no
/// more than there is room for. What comes out of a compressed body counts as it comes.
final class BodyReader: Sendable {
  private let limit: Int
  private let room: Int
  private let inUse = Mutex(0)

  init(limit: Int, room: Int) {
    self.limit = limit
    self.room = room
  }

  /// Answers a request from its whole body.
  func answer(_ request: Request, _ answer: (Body) async -> Answer) async -> Response {
    await reading(request, isExpanded: true) { Response(await answer($0)) }
  }

  /// Hands on a request's whole body, as it came or decompressed; answers those that cannot be taken itself.
  func pass(
    _ request: Request, isExpanded: Bool, _ answer: ([UInt8]) async -> Response
  ) async -> Response {
    await reading(request, isExpanded: isExpanded) { body in
      switch body {
      case .success(let bytes): await answer(bytes)
      case .failure(let fault): Response(fault.answer)
      }
    }
  }

  /// Works on a request's whole body, or on why it cannot be taken.
  func reading<Output>(
    _ request: Request, isExpanded: Bool, _ answer: (Body) async -> Output
  ) async -> Output {
    var held = 0
    defer { give(held) }
    func hold(_ bytes: Int) -> Bool {
      guard take(bytes) else { return false }
      held += bytes
      return true
    }
    return await answer(await read(request, isExpanded: isExpanded, hold))
  }

  /// Makes room for a body that is in memory already, for as long as it is worked on.
  func hold<Output>(_ body: [UInt8], _ work: (Body) async throws -> Output) async rethrows -> Output {
    guard body.count <= limit else { return try await work(.failure(.tooLarge(limit))) }
    guard take(body.count) else { return try await work(.failure(.busy)) }
    defer { give(body.count) }
    return try await work(.success(body))
  }

  private func read(_ request: Request, isExpanded: Bool, _ hold: (Int) -> Bool) async -> Body {
    // A body that does not say how long it is may be as long as one may be.
    let declared = request.headers[.contentLength].flatMap { Int($0) } ?? (mayHaveBody(request) ? limit : 0)
    guard declared <= limit else { return .failure(.tooLarge(limit)) }
    guard hold(declared) else { return .failure(.busy) }
    do {
      let body = Array(buffer: try await request.body.collect(upTo: limit))
      guard isExpanded else { return .success(body) }
      return BodyFault.expanded(body, encoding: request.headers[.contentEncoding], limit: limit, grow: hold)
    } catch is NIOTooManyBytesError {
      return .failure(.tooLarge(limit))
    } catch {
      return .failure(.unreadable("The body broke off: \(error)."))
    }
  }

  /// Who asks says nothing more.
  private func mayHaveBody(_ request: Request) -> Bool { request.method != .get && request.method != .head }

  private func take(_ bytes: Int) -> Bool {
    inUse.withLock { inUse in
      guard inUse + bytes <= room else { return false }
      inUse += bytes
      return true
    }
  }

  private func give(_ bytes: Int) { inUse.withLock { $0 -= bytes } }
}
