import Checks
import Gateway
import Project
import Records
import Server

/// The targets of the project file's `forward`, with their secrets.
enum ForwardTargets {
  /// Those of the nearest project file; none without one.
  /// - Throws: `ProjectErrors`, `ProjectSecret.Missing`: sending without a key what should go with one would be worse.
  static func ofNearestProject() throws -> [ForwardTarget] {
    guard let file = ProjectOption.nearest else { return [] }
    let project = try Project.load(file: file, policies: Catalogue.policies)
    return try project.forward.map { entry in
      let path = "forward.\(entry.id)"
      var secrets: [String] = []
      func secret(_ settings: SecretSettings, _ key: String) throws -> String {
        let place = project.location(of: "\(path).\(key)").map { "\($0)" } ?? "\(path).\(key)"
        secrets.append(try ProjectSecret.value(of: settings, beside: file, place: place))
        return secrets[secrets.count - 1]
      }
      let settings = entry.value
      var headers = try settings.headers.map { (name: $0.id, value: try secret($0.value, "headers.\($0.id)")) }
      if let publicKey = settings.publicKey, let secretKey = settings.secretKey {
        let value = BasicCredentials.header(
          user: try secret(publicKey, "public_key"), password: try secret(secretKey, "secret_key"))
        headers.append((name: "Authorization", value: value))
      }
      return ForwardTarget(
        name: entry.id, url: settings.url, kind: settings.kind == .otlp ? .otlp : .langfuse, headers: headers,
        secrets: secrets, proxies: settings.proxy, spoolLimit: settings.spoolLimit.bytes, timeout: settings.timeout)
    }
  }

  static func forwarding(_ targets: [ForwardTarget]) -> Forwarding? {
    guard !targets.isEmpty else { return nil }
    let source = ForwardSource(
      holder: String(UInt64.random(in: .min ... .max), radix: 16), clock: SystemClock.now,
      random: { Double.random(in: 0...1) })
    return Forwarding(ForwardPlan(targets), source: source)
  }

  /// What is said at the start.
  static func sentence(_ target: ForwardTarget) -> String {
    let what = target.kind == .otlp ? "traces and logs" : "traces and scores"
    return "forwards \(what) to \(target.name) (\(target.url))"
      + (target.proxies ? ", which answers Langfuse's other paths" : "")
  }
}
