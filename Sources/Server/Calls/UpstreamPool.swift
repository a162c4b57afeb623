internal import Gateway
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// The connections of one event loop to one upstream. They are kept and used again; each upstream has its own, so that one that
/// hangs holds up no other.
// Safe: `UpstreamPools` gives it to whoever is on its event loop, which `begin` asserts; `shutdown`, which others call, goes there.
final class UpstreamPool: @unchecked Sendable {
  private let address: UpstreamAddress
  private let upstream: Upstream
  private let loop: any EventLoop
  private let trust: NIOSSLContext?
  private var idle: [UpstreamConnection] = []
  private var exchanges: [ObjectIdentifier: UpstreamExchange] = [:]
  private var looks = false

  /// Before most servers close them: a request on a connection that is just being closed fails.
  private static let longestIdle = TimeAmount.seconds(30)
  /// How often silences are looked for.
  private static let rhythm = TimeAmount.milliseconds(50)

  init(_ upstream: Upstream, _ address: UpstreamAddress, _ trust: NIOSSLContext?, on loop: any EventLoop) {
    self.upstream = upstream
    self.address = address
    self.trust = trust
    self.loop = loop
  }

  // MARK: Exchanges

  /// Sends a request.
  /// - Parameters:
  ///   - path: what is added to the upstream's address.
  ///   - onStall: is called when nobody takes the reply.
  func begin(
    _ method: HTTPMethod, path: String, headers: [(name: String, value: String)], body: [UInt8],
    onStall: @escaping () -> Void
  ) -> UpstreamExchange {
    loop.assertInEventLoop()
    let exchange = UpstreamExchange(
      upstream, on: loop, onEnd: { [weak self] in self?.exchanges[$0] = nil }, onStall: onStall)
    exchanges[ObjectIdentifier(exchange)] = exchange
    if !looks { look() }
    var head = HTTPRequestHead(version: .http1_1, method: method, uri: address.prefix + path)
    head.headers.reserveCapacity(headers.count + 2)
    head.headers.add(name: "host", value: address.authority)
    for (name, value) in headers { head.headers.add(name: name, value: value) }
    if method != .GET { head.headers.add(name: "content-length", value: "\(body.count)") }
    let bytes = ByteBuffer(bytes: body)
    while let connection = idle.popLast() {
      guard connection.isOpen else { continue }
      exchange.begin(on: connection, head, bytes)
      return exchange
    }
    connect(exchange, head, bytes)
    return exchange
  }

  private func connect(_ exchange: UpstreamExchange, _ head: HTTPRequestHead, _ body: ByteBuffer) {
    ClientBootstrap(group: loop).connectTimeout(TimeAmount(upstream.connectTimeout))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      // Of a name with several addresses each gets a channel, until one of them has a connection.
      .channelInitializer { [self] channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let trust {
            try pipeline.addHandler(
              NIOSSLClientHandler(context: trust, serverHostname: address.isNumeric ? nil : address.host))
          }
          try pipeline.addHTTPClientHandlers(leftOverBytesStrategy: .dropBytes, enableOutboundHeaderValidation: false)
          try pipeline.addHandler(UpstreamConnection(self, isTLS: address.isTLS))
        }
      }
      .connect(host: address.host, port: address.port).assumeIsolated().whenComplete { [self] result in
        do {
          let connection = try result.get().pipeline.syncOperations.handler(type: UpstreamConnection.self)
          if exchange.hasEnded { keep(connection) } else { exchange.begin(on: connection, head, body) }
        } catch {
          exchange.fail(error, wasReady: false)
        }
      }
  }

  // MARK: Connections

  func keep(_ connection: UpstreamConnection) { if connection.isOpen { idle.append(connection) } }

  func forget(_ connection: UpstreamConnection) { idle.removeAll { $0 === connection } }

  /// May be called anywhere.
  func shutdown() {
    loop.execute { [self] in
      let connections = idle
      idle = []
      for connection in connections { connection.close() }
    }
  }

  // MARK: Silence

  private func look() {
    looks = !exchanges.isEmpty || !idle.isEmpty
    guard looks else { return }
    let now = NIODeadline.now()
    for exchange in Array(exchanges.values) { exchange.look(now) }
    for connection in idle where now - connection.idleSince > UpstreamPool.longestIdle { connection.close() }
    let rhythm = exchanges.isEmpty ? TimeAmount.seconds(1) : UpstreamPool.rhythm
    loop.assumeIsolated().scheduleTask(in: rhythm) { [weak self] () -> Void in self?.look() }
  }
}
