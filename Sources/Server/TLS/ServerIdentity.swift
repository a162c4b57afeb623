internal import HummingbirdTLS
internal import NIOCertificateReloading
internal import NIOSSL
internal import Synchronization

/// The certificate that a server shows, and its key: read from their files, and again when they were replaced.
///
/// Connections that are open keep what they began with; a new pair of files is taken whole or not at all.
final class ServerIdentity: CertificateReloader {
  private struct Pair: Sendable {
    let chain: [NIOSSLCertificateSource]
    let key: NIOSSLPrivateKeySource
  }

  private let files: TLSFiles
  private let pair: Mutex<Pair>

  /// - Throws: `TLSError`.
  init(_ files: TLSFiles) throws {
    self.files = files
    pair = Mutex(try ServerIdentity.read(files))
  }

  /// Reads the files again.
  /// - Throws: `TLSError`; what was there stays then.
  func reload() throws {
    let new = try ServerIdentity.read(files)
    pair.withLock { $0 = new }
  }

  /// What connections over HTTP are made with: TLS 1.2 at least, as RFC 9325 asks, and the newest pair.
  var configuration: TLSConfiguration {
    var configuration = ServerIdentity.configuration(pair.withLock { $0 })
    configuration.setCertificateReloader(self)
    return configuration
  }

  private static func configuration(_ pair: Pair) -> TLSConfiguration {
    var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: pair.chain, privateKey: pair.key)
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    return configuration
  }

  /// The newest pair, asked for at every handshake.
  var sslContextConfigurationOverride: NIOSSLContextConfigurationOverride {
    let newest = pair.withLock { $0 }
    var override = NIOSSLContextConfigurationOverride()
    (override.certificateChain, override.privateKey) = (newest.chain, newest.key)
    return override
  }

  private static func read(_ files: TLSFiles) throws -> Pair {
    let chain = try CertificateFile.read(
      files.certificate, "the server's certificate, then those of its authorities")
    try CertificateFile.check(files.key)
    guard let key = try? NIOSSLPrivateKey(file: files.key, format: .pem) else {
      throw TLSError(
        description: "\(files.key): there is no private key in it. It must be a PEM file without a passphrase")
    }
    let pair = Pair(chain: chain.map { .certificate($0) }, key: .privateKey(key))
    do {
      _ = try NIOSSLContext(configuration: configuration(pair))
    } catch {
      throw TLSError(
        description: "\(files.certificate) and \(files.key) do not belong together: the key is that of another "
          + "certificate")
    }
    return pair
  }
}
