/// `forward.<target>`: somebody who gets what `tally serve` accepts, too.
public struct ForwardSettings: Configurable {
  /// What a target speaks.
  public enum Kind: String, CaseIterable, Sendable {
    /// OTLP over HTTP: it gets traces and logs.
    case otlp
    /// It gets traces and scores.
    case langfuse
  }

  public var url = ""
  public var kind = Kind.otlp
  /// Headers of every request, such as Authorization.
  public var headers = NamedEntries<SecretSettings>()
  /// Keys of a project of Langfuse.
  public var publicKey: SecretSettings?
  public var secretKey: SecretSettings?
  /// Whether it answers the paths of Langfuse that Tallystick does not.
  public var proxy = false
  /// What may wait for it, as it is stored, compressed.
  public var spoolLimit = ByteSize.mebibytes(1024)
  /// How long one request may take.
  public var timeout = Duration.seconds(30)

  public init() {}

  public static let keys: [Key<ForwardSettings>] = [
    Key("url", \.url, .webAddress, "Its address, to which /v1/traces or /api/public/… are added", required: true),
    Key("kind", \.kind, .choice, "What it speaks: otlp (traces and logs) or langfuse (traces and scores)"),
    Key(
      "headers", \.headers, .map(of: .secret, named: "header"),
      "Headers of every request, each {env: VARIABLE} or {file: PATH}"),
    Key("public_key", \.publicKey, .optional(.secret), "Langfuse's public key: {env: VARIABLE} or {file: PATH}"),
    Key("secret_key", \.secretKey, .optional(.secret), "Langfuse's secret key: {env: VARIABLE} or {file: PATH}"),
    Key("proxy", \.proxy, .flag, "Whether it answers the paths of Langfuse that Tallystick does not"),
    Key("max_spool", \.spoolLimit, .byteSize, "What may wait for it, compressed; beyond, it gets nothing more"),
    Key("timeout", \.timeout, .shortDuration, "How long one request may take"),
  ]

  public func faults() -> [Fault] {
    var faults: [Fault] = []
    if url.hasSuffix("/v1/traces") || url.hasSuffix("/v1/logs") || url.contains("/api/public") {
      faults.append(
        Fault(
          key: "url", problem: "the address ends with a path that is added to it",
          remedy: "Leave it out: write the server's address alone."))
    }
    if kind != .langfuse {
      if proxy {
        faults.append(
          Fault(
            key: "proxy", problem: "only a target of kind langfuse answers Langfuse's paths",
            remedy: "Write kind: langfuse, or leave proxy out."))
      }
      for (key, value) in [("public_key", publicKey), ("secret_key", secretKey)] where value != nil {
        faults.append(
          Fault(
            key: key, problem: "only a target of kind langfuse has such a key",
            remedy: "Use headers: {Authorization: …}."
          ))
      }
    }
    if (publicKey == nil) != (secretKey == nil) {
      faults.append(
        Fault(
          key: publicKey == nil ? "secret_key" : "public_key", problem: "one of public_key and secret_key is missing"))
    }
    return faults + headerFaults()
  }

  private func headerFaults() -> [Fault] {
    HeaderNames.faults(
      headers.ids, taken: publicKey == nil ? nil : "authorization",
      problem: "Authorization is made of public_key and secret_key already")
  }
}
