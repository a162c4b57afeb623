/// Somebody who shall have what was accepted here too.
public struct ForwardTarget: Sendable {
  /// What it speaks.
  public enum Kind: Sendable {
    /// OTLP over HTTP: traces and logs.
    case otlp
    /// Langfuse: traces as OTLP, and scores.
    case langfuse
  }

  /// As `tally.yaml` calls it.
  public let name: String
  /// Without a path of its own, and without a slash at the end: `https://cloud.langfuse.com`.
  public let url: String
  public let kind: Kind
  /// What every request carries. The values are secrets: they are neither printed nor logged.
  public let headers: [(name: String, value: String)]
  /// What the headers were made of, which an answer might repeat: neither printed nor logged.
  public let secrets: [String]
  /// Whether it answers the paths of Langfuse that are not answered here.
  public let proxies: Bool
  /// Bytes that may wait for it, as they are stored.
  public let spoolLimit: Int64
  /// How long one request may take.
  public let timeout: Duration

  public init(
    name: String, url: String, kind: Kind, headers: [(name: String, value: String)], secrets: [String] = [],
    proxies: Bool,
    spoolLimit: Int64, timeout: Duration
  ) {
    self.secrets = secrets
    self.name = name
    self.url = url
    self.kind = kind
    self.headers = headers
    self.proxies = proxies
    self.spoolLimit = spoolLimit
    self.timeout = timeout
  }
}
