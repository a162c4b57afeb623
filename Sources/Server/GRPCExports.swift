internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import Gateway
internal import Glibc
internal import NIOCore
internal import Records
internal import ServiceLifecycle

/// Exports of OpenTelemetry over gRPC, until the server is told to stop; then what was begun is answered.
///
/// The messages of protobuf are read by the same reader as those over HTTP: no code is generated for them.
struct GRPCExports: Service {
  let endpoints: [(signal: OTLPEndpoint.Signal, endpoint: OTLPEndpoint)]
  let bodies: BodyReader
  let metrics: RequestMetrics
  let access: AccessControl
  /// Nil speaks plain HTTP/2.
  let identity: ServerIdentity?
  let options: LedgerServer.Options
  let port: Int
  let onStart: @Sendable (_ port: Int) -> Void

  func run() async throws {
    var config = HTTP2ServerTransport.Posix.Config.defaults
    config.compression.enabledAlgorithms = [.gzip]
    // What is somewhat too large is read, to be told so: the transport breaks off what is larger still, which a client may
    // take for something to send again.
    config.rpc.maxRequestPayloadSize = 2 * options.bodyLimit
    config.connection.maxIdleTime = .seconds(options.idleSeconds)
    let transport = HTTP2ServerTransport.Posix(
      address: try address(), transportSecurity: try identity.map { try .tls(certificateReloader: $0) } ?? .plaintext,
      config: config)
    var router = RPCRouter<HTTP2ServerTransport.Posix>()
    for (signal, endpoint) in endpoints { add(signal, endpoint, to: &router) }
    let server = GRPCServer(transport: transport, router: router)
    try await withGracefulShutdownHandler {
      try await withThrowingDiscardingTaskGroup { group in
        group.addTask {
          do {
            try await server.serve()
          } catch let error as RuntimeError {
            guard let cause = error.cause as? IOError else { throw error }
            throw ListenError(
              address: Exposure.authority(options.host, port), option: "--grpc-port", problem: cause.errnoCode)
          }
        }
        group.addTask {
          // Fails where serving does, which says why.
          if let address = try? await transport.listeningAddress {
            onStart(address.ipv4?.port ?? address.ipv6?.port ?? port)
          }
        }
      }
    } onGracefulShutdown: {
      server.beginGracefulShutdown()
    }
  }

  /// The address of the host, of whose several the first is taken.
  private func address() throws -> GRPCNIOTransportCore.SocketAddress {
    do {
      let found = try NIOCore.SocketAddress.makeAddressResolvingHost(options.host, port: port)
      let host = found.ipAddress ?? options.host
      return found.protocol == .inet6 ? .ipv6(host: host, port: port) : .ipv4(host: host, port: port)
    } catch is SocketAddressError {
      throw ListenError(
        address: Exposure.authority(options.host, port), option: "--grpc-port", problem: EADDRNOTAVAIL)
    }
  }

  private func add(
    _ signal: OTLPEndpoint.Signal, _ endpoint: OTLPEndpoint, to router: inout RPCRouter<HTTP2ServerTransport.Posix>
  ) {
    let service =
      switch signal {
      case .traces: "opentelemetry.proto.collector.trace.v1.TraceService"
      case .logs: "opentelemetry.proto.collector.logs.v1.LogsService"
      }
    let (bodies, metrics, access) = (bodies, metrics, access)
    router.registerHandler(
      forMethod: MethodDescriptor(fullyQualifiedService: service, method: "Export"), deserializer: MessageBytes(),
      serializer: MessageBytes()
    ) { request, _ in
      do {
        let entry = await access.enter(
          authorization: request.metadata[stringValues: "authorization"].first { _ in true },
          apiKey: request.metadata[stringValues: "x-api-key"].first { _ in true },
          to: AccessControl.Demand(.ingest, heedsTenant: true))
        let principal = try entry.mapError { ExportFault($0.answer, $0.message) }.get()
        let message = try await ServerRequest(stream: request).message
        let reply = try await bodies.hold(message) { try await endpoint.export($0, from: principal) }
        metrics.count(.init(path: "\(service)/Export", status: 200))
        return StreamingServerResponse(single: ServerResponse(message: reply))
      } catch let fault as ExportFault {
        metrics.count(.init(path: "\(service)/Export", status: fault.status))
        throw RPCError(fault)
      }
    }
  }
}

/// Messages as the bytes that they are.
private struct MessageBytes: MessageSerializer, MessageDeserializer {
  func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) -> Bytes { Bytes(message) }

  func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) -> [UInt8] { bytes.withUnsafeBytes(Array.init) }
}

extension RPCError {
  fileprivate init(_ fault: ExportFault) {
    var metadata = Metadata()
    metadata.addBinary(fault.details, forKey: "grpc-status-details-bin")
    let code = Status.Code(rawValue: fault.code).flatMap(RPCError.Code.init) ?? .internalError
    self.init(code: code, message: fault.message, metadata: metadata)
  }
}
