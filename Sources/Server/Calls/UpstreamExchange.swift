internal import Gateway
internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// A request to an upstream and its reply, piece by piece.
///
/// The connection hands pieces in, one reader takes them out. No more than some are kept: then the connection is not
/// read until the reader has taken them, so that a slow caller slows its upstream. Two silences end it: the upstream's, and
/// the reader's.
// Safe: its pool makes it on its event loop, its connection is of that loop, and the task that reads is run there by `LoopExecutor`;
// `assertInEventLoop` checks it in debug builds, and so in all tests.
final class UpstreamExchange: @unchecked Sendable {
  private let upstream: Upstream
  private let loop: any EventLoop
  private let onEnd: (ObjectIdentifier) -> Void
  private let onStall: () -> Void

  private var connection: UpstreamConnection?
  /// Whether what is asked may have left; where it has not when the exchange ends, it never does, and nothing was used.
  private(set) var wasSent = false
  private var head: HTTPResponseHead?
  private var headReader: CheckedContinuation<HTTPResponseHead, any Error>?
  private var pieces = CircularBuffer<ByteBuffer>(initialCapacity: 4)
  private var bytes = 0
  private var pieceReader: CheckedContinuation<ByteBuffer?, any Error>?
  private var end: Result<Void, CallFault>?
  private var hasStalled = false
  /// When the upstream last said something, and when the reader last took something.
  private var heard = NIODeadline.now()
  private var taken = NIODeadline.now()

  /// Bytes that wait for the reader before the upstream is left waiting.
  private static let room = 64 << 10

  /// - Parameters:
  ///   - onEnd: is called when nobody needs it any more.
  ///   - onStall: is called when the reader has taken nothing for too long.
  init(
    _ upstream: Upstream, on loop: any EventLoop, onEnd: @escaping (ObjectIdentifier) -> Void,
    onStall: @escaping () -> Void
  ) {
    self.upstream = upstream
    self.loop = loop
    self.onEnd = onEnd
    self.onStall = onStall
  }

  func begin(on connection: UpstreamConnection, _ head: HTTPRequestHead, _ body: ByteBuffer) {
    self.connection = connection
    wasSent = connection.isOpen
    connection.begin(self, head, body)
  }

  var hasEnded: Bool { end != nil }

  /// Whether the connection is to wait.
  var isFull: Bool { bytes >= UpstreamExchange.room }

  /// Why it ended before its end; nil while it goes on, and when it arrived whole.
  var fault: CallFault? {
    if hasStalled { return .clientStalled }
    if case .failure(let fault)? = end { return fault }
    return nil
  }

  // MARK: The reader

  /// Waits for the head of the reply.
  func readHead() async throws -> HTTPResponseHead {
    loop.assertInEventLoop()
    if let head { return head }
    if case .failure(let fault)? = end { throw fault }
    return try await withCheckedThrowingContinuation { headReader = $0 }
  }

  /// Waits for the next piece of the body; nil at its end.
  /// - Parameter beforeWaiting: is called where none is there yet.
  func next(_ beforeWaiting: () -> Void = {}) async throws -> ByteBuffer? {
    loop.assertInEventLoop()
    taken = .now()
    if let piece = pieces.popFirst() {
      let wasFull = isFull
      bytes -= piece.readableBytes
      if wasFull, !isFull { connection?.resumeReading() }
      return piece
    }
    switch end {
    case .success?: return nil
    case .failure(let fault)?: throw fault
    case nil:
      beforeWaiting()
      return try await withCheckedThrowingContinuation { pieceReader = $0 }
    }
  }

  /// Ends the exchange, whatever it is at, and lets it go. Later reasons change nothing.
  func cancel(_ fault: CallFault) {
    loop.assertInEventLoop()
    if fault == .clientDisconnected {
      pieces.removeAll()
      bytes = 0
    }
    finish(.failure(fault))
    onEnd(ObjectIdentifier(self))
  }

  private func finish(_ result: Result<Void, CallFault>) {
    guard end == nil else { return }
    end = result
    // Over TLS nothing leaves before there is trust.
    if let connection, !connection.isReady { wasSent = false }
    let (head, piece, connection) = (headReader, pieceReader, connection)
    (headReader, pieceReader, self.connection) = (nil, nil, nil)
    switch result {
    case .success:
      head?.resume(throwing: CallFault.upstreamReset)
      piece?.resume(returning: nil)
    case .failure(let fault):
      head?.resume(throwing: fault)
      piece?.resume(throwing: fault)
      connection?.close()
    }
  }

  // MARK: Silence

  /// Has somebody been silent for too long?
  func look(_ now: NIODeadline) {
    func isLate(_ since: NIODeadline, _ limit: Duration) -> Bool { now - since >= TimeAmount(limit) }
    // While pieces lie here, and when all have come, it is the reader who is silent.
    if head != nil, !pieces.isEmpty || end != nil {
      guard isLate(taken, upstream.idleTimeout), !hasStalled else { return }
      hasStalled = true
      finish(.failure(.clientStalled))
      return onStall()
    }
    guard end == nil else { return }
    if head != nil {
      if isLate(max(heard, taken), upstream.idleTimeout) { finish(.failure(.idleTimeout)) }
    } else if connection.map({ !$0.isReady }) ?? true, isLate(heard, upstream.connectTimeout) {
      finish(.failure(.connectTimeout))
    } else if isLate(heard, upstream.firstByteTimeout) {
      finish(.failure(.firstByteTimeout))
    }
  }

  // MARK: The connection

  func receive(_ head: HTTPResponseHead) {
    self.head = head
    (heard, taken) = (.now(), .now())
    let reader = headReader
    headReader = nil
    reader?.resume(returning: head)
  }

  func receive(_ piece: ByteBuffer) {
    guard end == nil else { return }
    heard = .now()
    if let reader = pieceReader {
      pieceReader = nil
      return reader.resume(returning: piece)
    }
    if pieces.isEmpty { taken = .now() }
    pieces.append(piece)
    bytes += piece.readableBytes
  }

  func receiveEnd() {
    connection = nil
    finish(.success(()))
  }

  /// - Parameter wasReady: whether both sides could talk, over TLS with trust.
  func fail(_ error: any Error, wasReady: Bool) {
    connection = nil
    wasSent = wasSent && wasReady
    finish(.failure(wasReady || head != nil ? .upstreamReset : UpstreamExchange.fault(error)))
  }

  /// What kept a connection from coming about.
  private static func fault(_ error: any Error) -> CallFault {
    switch error {
    case ChannelError.connectTimeout: .connectTimeout
    case let error as NIOConnectionError
    where error.connectionErrors.contains(where: { ($0.error as? ChannelError).map(isTimeout) ?? false }):
      .connectTimeout
    case ChannelError.eof: .upstreamReset
    case let error as IOError where [ECONNRESET, EPIPE].contains(error.errnoCode): .upstreamReset
    case is NIOConnectionError, is IOError, is ChannelError: .connectFailed
    case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: .tlsFailed
    default: .upstreamReset
    }
  }

  private static func isTimeout(_ error: ChannelError) -> Bool {
    if case .connectTimeout = error { true } else { false }
  }
}
