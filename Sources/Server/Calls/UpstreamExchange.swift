internal import AsyncHTTPClient
internal import Gateway
internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// A request to an upstream and its reply, piece by piece.
///
/// The event loop hands pieces in, one reader takes them out. No more than some are kept: then the upstream's connection is not
/// read until the reader has taken them, so that a slow caller slows its upstream. Two silences end it: the upstream's, and
/// the reader's.
final class UpstreamExchange: HTTPClientResponseDelegate {
  typealias Response = Void

  private struct State {
    var head: HTTPResponseHead?
    var headReader: CheckedContinuation<HTTPResponseHead, any Error>?
    var pieces: [ByteBuffer] = []
    var bytes = 0
    /// What the event loop waits for before it reads on.
    var gate: EventLoopPromise<Void>?
    var pieceReader: CheckedContinuation<ByteBuffer?, any Error>?
    var end: Result<Void, CallFault>?
    var task: HTTPClient.Task<Void>?
    var wasSent = false
    var timer: Scheduled<Void>?
    /// When the upstream last said something, and when the reader last took something.
    var heard: NIODeadline
    var taken: NIODeadline

    mutating func openGate() -> EventLoopPromise<Void>? {
      defer { gate = nil }
      return gate
    }
  }

  /// Bytes that wait for the reader before the upstream is left waiting.
  private static let room = 64 << 10

  private let upstream: Upstream
  private let onStall: @Sendable () -> Void
  private let state: Mutex<State>

  /// - Parameter onStall: is called when the reader has taken nothing for too long.
  init(_ upstream: Upstream, onStall: @escaping @Sendable () -> Void) {
    self.upstream = upstream
    self.onStall = onStall
    state = Mutex(State(heard: .now(), taken: .now()))
  }

  /// Sends the request.
  func start(_ request: HTTPClient.Request, _ client: HTTPClient) {
    let task = client.execute(request: request, delegate: self)
    let isOver = state.withLock { state in
      state.task = task
      return state.end != nil
    }
    // What comes of it is told to the delegate.
    task.futureResult.whenFailure { [weak self] error in self?.fail(error) }
    if isOver { return task.cancel() }
    schedule(on: task.eventLoop, in: TimeAmount(upstream.firstByteTimeout))
  }

  /// Why it ended before its end; nil while it goes on, and when it arrived whole.
  var fault: CallFault? {
    state.withLock { if case .failure(let fault)? = $0.end { fault } else { nil } }
  }

  /// Whether what is asked has left; where it has not when the exchange ends, it never does, and nothing was used.
  var wasSent: Bool { state.withLock(\.wasSent) }

  /// - Returns: whether what is asked may leave: the exchange has not ended.
  func send() -> Bool {
    state.withLock { state in
      if state.end == nil { state.wasSent = true }
      return state.end == nil
    }
  }

  // MARK: The reader

  /// Waits for the head of the reply.
  func head() async throws -> HTTPResponseHead {
    try await withCheckedThrowingContinuation { continuation in
      let answer: Result<HTTPResponseHead, any Error>? = state.withLock { state in
        if let head = state.head { return .success(head) }
        if case .failure(let fault)? = state.end { return .failure(fault) }
        state.headReader = continuation
        return nil
      }
      if let answer { continuation.resume(with: answer) }
    }
  }

  /// Waits for the next piece of the body; nil at its end.
  func next() async throws -> ByteBuffer? {
    try await withCheckedThrowingContinuation { continuation in
      let (answer, gate) = state.withLock { state -> (Result<ByteBuffer?, any Error>?, EventLoopPromise<Void>?) in
        state.taken = .now()
        if !state.pieces.isEmpty {
          let piece = state.pieces.removeFirst()
          state.bytes -= piece.readableBytes
          return (.success(piece), state.bytes < UpstreamExchange.room ? state.openGate() : nil)
        }
        switch state.end {
        case .success?: return (.success(nil), nil)
        case .failure(let fault)?: return (.failure(fault), nil)
        case nil:
          state.pieceReader = continuation
          return (nil, nil)
        }
      }
      gate?.succeed()
      if let answer { continuation.resume(with: answer) }
    }
  }

  /// Ends the exchange, whatever it is at. Later reasons change nothing.
  func cancel(_ fault: CallFault) { end(.failure(fault), drops: fault == .clientDisconnected) }

  private func end(_ result: Result<Void, CallFault>, drops: Bool = false) {
    let (head, piece, gate, task, timer) = state.withLock { state in
      let isFirst = state.end == nil
      if isFirst { state.end = result }
      if drops { state.pieces = [] }
      defer {
        state.headReader = nil
        state.pieceReader = nil
        state.timer = nil
      }
      // A reader waits only where nothing lies there for it.
      return (state.headReader, state.pieceReader, state.openGate(), isFirst ? state.task : nil, state.timer)
    }
    timer?.cancel()
    switch result {
    case .success:
      head?.resume(throwing: CallFault.upstreamReset)
      piece?.resume(returning: nil)
    case .failure(let fault):
      head?.resume(throwing: fault)
      piece?.resume(throwing: fault)
      task?.cancel()
    }
    gate?.succeed()
  }

  // MARK: Silence

  private func schedule(on loop: any EventLoop, in time: TimeAmount) {
    let timer = loop.scheduleTask(in: time) { [weak self] () -> Void in self?.look(loop) }
    let isOver = state.withLock { state in
      if state.end == nil { state.timer = timer }
      return state.end != nil
    }
    if isOver { timer.cancel() }
  }

  /// Has somebody been silent for too long?
  private func look(_ loop: any EventLoop) {
    let now = NIODeadline.now()
    let (fault, rest) = state.withLock { state -> (CallFault?, TimeAmount) in
      guard state.head != nil else {
        let rest = state.heard + TimeAmount(upstream.firstByteTimeout) - now
        return (rest <= .zero ? .firstByteTimeout : nil, rest)
      }
      // While pieces lie here it is the reader who is silent.
      let isReaders = !state.pieces.isEmpty
      let rest = (isReaders ? state.taken : max(state.heard, state.taken)) + TimeAmount(upstream.idleTimeout) - now
      return (rest <= .zero ? isReaders ? .clientStalled : .idleTimeout : nil, rest)
    }
    guard let fault else { return schedule(on: loop, in: max(rest, .milliseconds(1))) }
    cancel(fault)
    if fault == .clientStalled { onStall() }
  }

  // MARK: The event loop

  func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    let (reader, timer) = state.withLock { state in
      state.head = head
      state.heard = .now()
      state.taken = .now()
      defer {
        state.headReader = nil
        state.timer = nil
      }
      return (state.headReader, state.timer)
    }
    timer?.cancel()
    schedule(on: task.eventLoop, in: TimeAmount(upstream.idleTimeout))
    reader?.resume(returning: head)
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
    let (reader, gate) = state.withLock {
      state -> (CheckedContinuation<ByteBuffer?, any Error>?, EventLoopPromise<Void>?) in
      state.heard = .now()
      if let reader = state.pieceReader {
        state.pieceReader = nil
        return (reader, nil)
      }
      guard state.end == nil else { return (nil, nil) }
      if state.pieces.isEmpty { state.taken = .now() }
      state.pieces.append(buffer)
      state.bytes += buffer.readableBytes
      guard state.bytes >= UpstreamExchange.room else { return (nil, nil) }
      let gate = task.eventLoop.makePromise(of: Void.self)
      state.gate = gate
      return (nil, gate)
    }
    reader?.resume(returning: buffer)
    return gate?.futureResult ?? task.eventLoop.makeSucceededVoidFuture()
  }

  func didFinishRequest(task: HTTPClient.Task<Void>) throws { end(.success(())) }

  func didReceiveError(task: HTTPClient.Task<Void>, _ error: any Error) { fail(error) }

  private func fail(_ error: any Error) {
    let hasHead = state.withLock { $0.head != nil }
    end(.failure(hasHead ? .upstreamReset : UpstreamExchange.fault(error)))
  }

  /// What kept a reply from beginning.
  private static func fault(_ error: any Error) -> CallFault {
    switch error {
    case let error as HTTPClientError where error == .connectTimeout: .connectTimeout
    case ChannelError.connectTimeout: .connectTimeout
    case let error as IOError where [ECONNRESET, EPIPE].contains(error.errnoCode): .upstreamReset
    case is NIOConnectionError, is IOError, is ChannelError: .connectFailed
    case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: .tlsFailed
    default: .upstreamReset
    }
  }
}
