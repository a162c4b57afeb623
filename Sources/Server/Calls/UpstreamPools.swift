internal import Gateway
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// The connections to all upstreams: of each event loop its own, so that a call and what it asks never leave the caller's.
final class UpstreamPools: Sendable {
  private struct Place: Hashable {
    let upstream: String
    let loop: ObjectIdentifier
  }

  private let addresses: [String: UpstreamAddress]
  /// What certificates are checked against, by the names of upstreams that have one.
  private let trusts: [String: NIOSSLContext]
  private let pools = Mutex([Place: UpstreamPool]())

  /// - Throws: `TLSError` where the authorities of an upstream cannot be read, `NIOSSLError` where the machine's cannot.
  init(_ plan: CallPlan) throws {
    addresses = Dictionary(
      uniqueKeysWithValues: plan.upstreams.compactMap { upstream in
        UpstreamAddress(upstream.url).map { (upstream.name, $0) }
      })
    // One of each: reading the machine's certificates takes time, and memory.
    var contexts: [String?: NIOSSLContext] = [:]
    var trusts: [String: NIOSSLContext] = [:]
    for upstream in plan.upstreams where addresses[upstream.name]?.isTLS == true {
      let context = try contexts[upstream.authorities] ?? UpstreamPools.context(of: upstream)
      contexts[upstream.authorities] = context
      trusts[upstream.name] = context
    }
    self.trusts = trusts
  }

  /// TLS 1.2 at least, as RFC 9325 asks.
  private static func context(of upstream: Upstream) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    configuration.shutdownTimeout = .seconds(1)
    if let file = upstream.authorities {
      let authorities = try CertificateFile.read(file, "the authorities of the upstream '\(upstream.name)'")
      configuration.trustRoots = .certificates(authorities)
    }
    return try NIOSSLContext(configuration: configuration)
  }

  /// - Throws: `CallFault` for an address that is none.
  func pool(_ upstream: Upstream, on loop: any EventLoop) throws(CallFault) -> UpstreamPool {
    guard let address = addresses[upstream.name] else { throw .connectFailed }
    return pools.withLock { pools in
      let place = Place(upstream: upstream.name, loop: ObjectIdentifier(loop))
      if let pool = pools[place] { return pool }
      let pool = UpstreamPool(upstream, address, trusts[upstream.name], on: loop)
      pools[place] = pool
      return pool
    }
  }

  func shutdown() {
    for pool in pools.withLock({ Array($0.values) }) { pool.shutdown() }
  }
}
