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
    let mayHaveBody = request.method != .get && request.method != .head
    let body = await read(
      declared: length(request.headers, mayHaveBody: mayHaveBody), isExpanded ? request.headers : nil, &held
    ) { try await request.body.collect(upTo: $0) }
    return await answer(body)
  }

  /// Room that a body takes, until it is released or nobody holds it any more.
  final class Room: Sendable {
    private let reader: BodyReader
    private let held: Mutex<Int>

    fileprivate init(_ reader: BodyReader, _ held: Int) {
      self.reader = reader
      self.held = Mutex(held)
    }

    deinit { release() }

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
    var held = 0
    let fields = caller.request.headerFields
    let body = await read(declared: length(fields, mayHaveBody: true), fields, &held) {
      try await caller.collect(upTo: $0)
    }
    return (body, Room(self, held))
  }

  /// Makes room for a body that is in memory already, for as long as it is worked on.
  func hold<Output>(_ body: [UInt8], _ work: (Body) async throws -> Output) async rethrows -> Output {
    guard body.count <= limit else { return try await work(.failure(.tooLarge(limit))) }
    guard take(body.count) else { return try await work(.failure(.busy)) }
    defer { give(body.count) }
    return try await work(.success(body))
  }

  /// A body that does not say how long it is may be as long as one may be.
  private func length(_ fields: HTTPFields, mayHaveBody: Bool) -> Int {
    fields[.contentLength].flatMap { Int($0) } ?? (mayHaveBody ? limit : 0)
  }

  /// - Parameters:
  ///   - fields: say how it is compressed; nil leaves it as it came.
  ///   - held: how much room was taken for it, which is to be given back.
  private func read(
    declared: Int, _ fields: HTTPFields?, _ held: inout Int, from collect: (_ limit: Int) async throws -> ByteBuffer
  ) async -> Body {
    func hold(_ bytes: Int) -> Bool {
      guard take(bytes) else { return false }
      held += bytes
      return true
    }
    guard declared <= limit else { return .failure(.tooLarge(limit)) }
    guard hold(declared) else { return .failure(.busy) }
    do {
      let body = Array(buffer: try await collect(limit))
      guard let fields, let encoding = fields[.contentEncoding] else { return .success(body) }
      // Not on an event loop, where others wait.
      return await withTaskExecutorPreference(globalConcurrentExecutor) {
        BodyFault.expanded(body, encoding: encoding, limit: limit, grow: hold)
      }
    } catch is NIOTooManyBytesError {
      return .failure(.tooLarge(limit))
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
