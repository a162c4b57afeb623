internal import AsyncHTTPClient
internal import Gateway
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Records

/// Sends requests to targets.
struct ForwardClient: Sendable {
  /// What came back for a delivery.
  struct Reply: Sendable {
    let verdict: ForwardVerdict
    /// What the target, or the network, says.
    let message: String
  }

  let http: HTTPClient
  let clock: @Sendable () -> Instant

  /// How much of a target's words is read.
  private static let replyLimit = 64 << 10
  /// Whoever does not answer the telephone for so long is not there.
  static let connectTimeout = TimeAmount.seconds(5)

  init(clock: @escaping @Sendable () -> Instant) {
    self.clock = clock
    var configuration = HTTPClient.Configuration()
    configuration.timeout.connect = ForwardClient.connectTimeout
    // Between two pieces of an answer.
    configuration.timeout.read = .seconds(60)
    // A redirect would take the target's key to somebody else.
    configuration.redirectConfiguration = .disallow
    // The forwarder asks again, with what waits by then: what is erased meanwhile is not in it.
    configuration.connectionPool.retryConnectionEstablishment = false
    http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// Sends a delivery as it came.
  /// - Parameter headers: beside the target's own.
  func send(
    _ body: [UInt8], contentType: String, path: String, to target: ForwardTarget,
    headers: [(name: String, value: String)] = []
  ) async -> Reply {
    var request = HTTPClientRequest(url: target.url + path)
    request.method = .POST
    for (name, value) in target.headers + headers { request.headers.replaceOrAdd(name: name, value: value) }
    request.headers.replaceOrAdd(name: "content-type", value: contentType)
    request.headers.replaceOrAdd(name: "user-agent", value: "tally")
    request.body = .bytes(ByteBuffer(bytes: body))
    do {
      let response = try await http.execute(request, timeout: TimeAmount(target.timeout))
      let status = Int(response.status.code)
      let verdict = ForwardVerdict(
        status: status, retryAfter: response.headers.first(name: "retry-after"), now: clock())
      // What it says beyond the status may break off: the status stands.
      let text = try? await response.body.collect(upTo: ForwardClient.replyLimit)
      return Reply(verdict: verdict, message: "\(status) \(text.map { String(buffer: $0) } ?? "")")
    } catch {
      return Reply(verdict: .away(retryAfter: nil), message: ForwardClient.problem(error, target))
    }
  }

  /// Why a request did not come through, in words.
  static func problem(_ error: any Error, _ target: ForwardTarget) -> String {
    problem(error, at: target.url, within: target.timeout)
  }

  static func problem(_ error: any Error, at url: String, within timeout: Duration) -> String {
    switch error as? HTTPClientError {
    case .connectTimeout?: "nobody answers at \(url) within 5 s"
    case .deadlineExceeded?, .readTimeout?, .writeTimeout?: "\(url) took longer than \(timeout) to answer"
    case .remoteConnectionClosed?: "\(url) closed the connection without an answer"
    default:
      "\(url) cannot be reached: \(ForwardClient.words(error))"
    }
  }

  private static func words(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      error.connectionErrors.first.map { "\($0.error)" } ?? "there is no host '\(error.host)'"
    default: "\(error)"
    }
  }

  func shutdown() async throws { try await http.shutdown() }
}

extension TimeAmount {
  init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
