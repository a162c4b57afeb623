internal import Gateway
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Synchronization

/// Reads the bodies of requests into memory and decompresses them: of each no more than a limit, and of all together no
/// more than there is room for. Bytes count as they come, sent or decompressed: who is slow takes no room from others.
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
    let room = Room(self)
    defer { room.release() }
    let body = await read(request.headers, isExpanded: isExpanded, room) {
      var body = ByteBuffer()
      for try await piece in request.body {
        guard body.readableBytes + piece.readableBytes <= limit else { throw NIOTooManyBytesError(maxBytes: limit) }
        guard room.grow(piece.readableBytes) else { throw NoRoom() }
        body.writeImmutableBuffer(piece)
      }
      return body
    }
    return await answer(body)
  }

  /// All the room is taken.
  struct NoRoom: Error {}

  /// Room that a body takes, until it is released or nobody holds it any more.
  final class Room: Sendable {
    private let reader: BodyReader
    private let held = Mutex(0)

    fileprivate init(_ reader: BodyReader) { self.reader = reader }

    deinit { release() }

    /// Takes room for more bytes.
    /// - Returns: whether there was some.
    func grow(_ bytes: Int) -> Bool {
      guard reader.take(bytes) else { return false }
      held.withLock { $0 += bytes }
      return true
    }

    func release() {
      let bytes = held.withLock { held in
        defer { held = 0 }
        return held
      }
      reader.give(bytes)
    }
  }

  /// The whole body of a call, decompressed, or why it cannot be taken; and the room that it takes.
  func body(of caller: CallerExchange) async -> (Body, Room) {
    let room = Room(self)
    let body = await read(caller.request.headerFields, isExpanded: true, room) {
      try await caller.collect(upTo: limit) { room.grow($0) }
    }
    return (body, room)
  }

  /// Makes room for a body that is in memory already, for as long as it is worked on.
  func hold<Output>(_ body: [UInt8], _ work: (Body) async throws -> Output) async rethrows -> Output {
    guard body.count <= limit else { return try await work(.failure(.tooLarge(limit))) }
    guard take(body.count) else { return try await work(.failure(.busy)) }
    defer { give(body.count) }
    return try await work(.success(body))
  }

  /// - Parameters:
  ///   - isExpanded: whether it is decompressed, as its header fields say.
  ///   - room: what it takes.
  private func read(
    _ fields: HTTPFields, isExpanded: Bool, _ room: Room, from collect: () async throws -> ByteBuffer
  ) async -> Body {
    guard fields[.contentLength].flatMap({ Int($0) }) ?? 0 <= limit else { return .failure(.tooLarge(limit)) }
    do {
      let body = Array(buffer: try await collect())
      guard isExpanded, let encoding = fields[.contentEncoding] else { return .success(body) }
      // Not on an event loop, where others wait.
      return await withTaskExecutorPreference(globalConcurrentExecutor) {
        BodyFault.expanded(body, encoding: encoding, limit: limit) { room.grow($0) }
      }
    } catch is NIOTooManyBytesError {
      return .failure(.tooLarge(limit))
    } catch is NoRoom {
      return .failure(.busy)
    } catch {
      return .failure(.unreadable("The body broke off: \(error)."))
    }
  }

  private func take(_ bytes: Int) -> Bool {
    inUse.withLock { inUse in
      guard inUse + bytes <= room else { return false }
      inUse += bytes
      return true
    }
  }

  private func give(_ bytes: Int) { inUse.withLock { $0 -= bytes } }
}
