/// Where a server's certificate and its private key are, as PEM.
public struct TLSFiles: Sendable, Equatable {
  /// The certificate, followed by those that lead from it to one that clients trust.
  public var certificate: String
  /// Without a passphrase: nobody is there to type it.
  public var key: String

  public init(certificate: String, key: String) {
    self.certificate = certificate
    self.key = key
  }
}

/// A certificate or its key cannot be used.
public struct TLSError: Error, CustomStringConvertible {
  public let description: String
}
