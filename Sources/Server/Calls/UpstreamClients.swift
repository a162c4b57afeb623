internal import AsyncHTTPClient
internal import Gateway
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// The connections to upstreams. They are kept and used again; each upstream has its own, so that one that hangs holds up no
/// other.
struct UpstreamClients: Sendable {
  private let clients: [String: HTTPClient]

  init(_ plan: CallPlan) {
    clients = Dictionary(
      uniqueKeysWithValues: plan.upstreams.map { upstream in
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = TimeAmount(upstream.connectTimeout)
        // A redirect would take the upstream's key, and what was said, to somebody else.
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4_096
        // Before most servers close them: a request on a connection that is just being closed fails.
        configuration.connectionPool.idleTimeout = .seconds(30)
        configuration.httpVersion = .http1Only
        return (upstream.name, HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration))
      })
  }

  /// Sends a request.
  /// - Parameter onStall: is called when nobody takes the reply.
  /// - Throws: `CallFault` for an address that is none.
  func begin(
    _ upstream: Upstream, _ method: HTTPMethod, path: String, headers: [(name: String, value: String)],
    body: [UInt8], onStall: @escaping @Sendable () -> Void
  ) throws(CallFault) -> UpstreamExchange {
    guard let client = clients[upstream.name],
      var request = try? HTTPClient.Request(url: upstream.url + path, method: method)
    else { throw .connectFailed }
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    let exchange = UpstreamExchange(upstream, onStall: onStall)
    if !body.isEmpty {
      request.body = .stream(contentLength: Int64(body.count)) { writer in
        // Either the call has ended before, and nobody can have answered it, or it counts as sent.
        guard exchange.send() else {
          return MultiThreadedEventLoopGroup.singleton.any().makeFailedFuture(CallFault.clientDisconnected)
        }
        return writer.write(.byteBuffer(ByteBuffer(bytes: body)))
      }
    }
    exchange.start(request, client)
    return exchange
  }

  func shutdown() async {
    for client in clients.values { try? await client.shutdown() }
  }
}
