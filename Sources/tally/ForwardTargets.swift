import Checks
import Gateway
import Glibc
import Project
import Records
import Server

/// The targets of the project file's `forward`, with their secrets.
enum ForwardTargets {
  /// A secret that is not where the project file says.
  struct MissingSecret: Error, CustomStringConvertible {
    let place: String
    let problem: String

    var description: String { "\(place): \(problem)" }
  }

  /// Those of the nearest project file; none without one.
  /// - Throws: `ProjectErrors`, `MissingSecret`: sending without a key what should go with one would be worse.
  static func ofNearestProject() throws -> [ForwardTarget] {
    guard let file = ProjectOption.nearest else { return [] }
    let project = try Project.load(file: file, policies: Catalogue.policies)
    return try project.forward.map { entry in
      let path = "forward.\(entry.id)"
      var secrets: [String] = []
      func secret(_ settings: SecretSettings, _ key: String) throws -> String {
        let place = project.location(of: "\(path).\(key)").map { "\($0)" } ?? "\(path).\(key)"
        secrets.append(try value(of: settings, beside: file, place: place))
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

  private static func value(of settings: SecretSettings, beside file: String, place: String) throws -> String {
    var value: String
    let source: String
    if let variable = settings.variable {
      source = "the variable \(variable)"
      guard let found = getenv(variable) else {
        throw MissingSecret(place: place, problem: "the variable \(variable) is not set. Set it before `tally serve`")
      }
      value = String(cString: found)
    } else {
      let path = settings.file ?? ""
      let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
      source = "the file \(path)"
      value = try SecretFile.text(path.hasPrefix("/") ? path : folder + path) { problem in
        MissingSecret(place: place, problem: "\(path) cannot be read: \(problem)")
      }
    }
    while value.last?.isNewline == true { value.removeLast() }
    guard !value.isEmpty, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw MissingSecret(
        place: place,
        problem: "\(source) holds \(value.isEmpty ? "nothing" : "what no header can hold: a control character")")
    }
    return value
  }
}
