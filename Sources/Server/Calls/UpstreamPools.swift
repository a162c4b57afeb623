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
  private let trust: NIOSSLContext?
  private let pools = Mutex([Place: UpstreamPool]())

  /// - Throws: `NIOSSLError` where the machine's certificates cannot be read, and some upstream has one.
  init(_ plan: CallPlan) throws {
    addresses = Dictionary(
      uniqueKeysWithValues: plan.upstreams.compactMap { upstream in
        UpstreamAddress(upstream.url).map { (upstream.name, $0) }
      })
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    configuration.shutdownTimeout = .seconds(1)
    trust = addresses.values.contains(where: \.isTLS) ? try NIOSSLContext(configuration: configuration) : nil
  }

  /// - Throws: `CallFault` for an address that is none.
  func pool(_ upstream: Upstream, on loop: any EventLoop) throws(CallFault) -> UpstreamPool {
    guard let address = addresses[upstream.name] else { throw .connectFailed }
    return pools.withLock { pools in
      let place = Place(upstream: upstream.name, loop: ObjectIdentifier(loop))
      if let pool = pools[place] { return pool }
      let pool = UpstreamPool(upstream, address, address.isTLS ? trust : nil, on: loop)
      pools[place] = pool
      return pool
    }
  }

  func shutdown() {
    for pool in pools.withLock({ Array($0.values) }) { pool.shutdown() }
  }
}
