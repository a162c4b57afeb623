public import Records

/// One table of prices: where it comes from, which version of it, and when it holds.
public struct PriceTable: Sendable {
  /// Its path or name, for people.
  public let source: String
  /// The SHA-256 of its bytes: what a cost names as the version of its prices.
  public let version: SHA256Digest
  /// How many bytes it has.
  public let bytes: Int64
  /// When it holds as a whole; its own rows may hold shorter.
  public var validity: Validity
  /// Whether a model that was asked for by a name of the table is found, though it answers by another name.
  public var knowsRequests: Bool
  public let directory: any PriceDirectory

  public init(
    source: String, version: SHA256Digest, bytes: Int64, validity: Validity = .always, knowsRequests: Bool = false,
    directory: any PriceDirectory
  ) {
    self.source = source
    self.version = version
    self.bytes = bytes
    self.validity = validity
    self.knowsRequests = knowsRequests
    self.directory = directory
  }
}
