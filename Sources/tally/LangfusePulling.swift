import ArgumentParser
import Gateway
import Glibc
import Intake
import Records
import Server

/// A running Langfuse as an input.
struct LangfusePulling: ParsableArguments {
  /// A key that is not where it should be.
  struct MissingKey: Error, CustomStringConvertible {
    let description: String
  }

  @Option(
    help: ArgumentHelp(
      "Pull traces, observations and scores from a Langfuse, such as https://cloud.langfuse.com.", valueName: "url"))
  var langfuse: String?

  @Option(
    help: ArgumentHelp("Only what started since: 24h, 7d, 2026-03-01… Else all.", valueName: "time"),
    transform: Since.parse)
  var since: Since?

  @Option(
    help: ArgumentHelp("Only what started before: 24h (ago), 2026-04-01… Else up to now.", valueName: "time"),
    transform: Since.parse)
  var until: Since?

  @Option(
    help: ArgumentHelp("File with the project's public key, else LANGFUSE_PUBLIC_KEY holds it.", valueName: "file"))
  var publicKeyFile: String?

  @Option(
    help: ArgumentHelp("File with the project's secret key, else LANGFUSE_SECRET_KEY holds it.", valueName: "file"))
  var secretKeyFile: String?

  func validate() throws {
    guard let langfuse else {
      for (name, isGiven) in [
        ("since", since != nil), ("until", until != nil), ("public-key-file", publicKeyFile != nil),
        ("secret-key-file", secretKeyFile != nil),
      ] where isGiven {
        throw ValidationError("--\(name) goes with --langfuse: files are stored whole.")
      }
      return
    }
    let rest = ["https://", "http://"].first(where: langfuse.hasPrefix).map { langfuse.dropFirst($0.count) }
    guard let rest, !rest.isEmpty, !rest.hasPrefix("/"), langfuse.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw ValidationError("--langfuse takes an address: https://cloud.langfuse.com, not '\(langfuse)'.")
    }
    guard !rest.contains("@"), !rest.contains("?"), !rest.contains("#") else {
      throw ValidationError(
        "--langfuse takes an address alone: keys come from LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY, or from files.")
    }
    try Since.checkWindow(since, until: until)
  }

  /// What the Langfuse holds in the window; nil when none is named.
  /// - Throws: `LangfusePull.Fault`, `IntakeError`, `MissingKey`.
  func pull(now: Instant) async throws -> OpenedInput? {
    guard var url = langfuse else { return nil }
    while url.hasSuffix("/") { url.removeLast() }
    let authorization = BasicCredentials.header(
      user: try key("LANGFUSE_PUBLIC_KEY", publicKeyFile, "--public-key-file"),
      password: try key("LANGFUSE_SECRET_KEY", secretKeyFile, "--secret-key-file"))
    if LangfusePulling.sendsInTheClear(url) {
      Terminal.note("tally: the keys and what they open cross the network unencrypted: use https where it is there")
    }
    let window = LangfusePull.Window(
      from: since?.instant(now: now), to: until?.instant(now: now) ?? now)
    let file = try ReceivedFile(name: url)
    var progress = PullProgress(url)
    defer { progress.finish() }
    try await LangfuseClient(url: url, authorization: authorization, clock: SystemClock.now).pull(
      window, report: { progress.show($0) }, keep: { try file.append($0 + [0x0A]) })
    return OpenedInput(try file.source(), format: .langfuse)
  }

  /// Whether the address is of another machine, without TLS.
  private static func sendsInTheClear(_ url: String) -> Bool {
    guard url.hasPrefix("http://") else { return false }
    let host = url.dropFirst("http://".count).prefix { $0 != "/" }
    return !["localhost", "127.0.0.1", "[::1]"].contains { host == $0 || host.hasPrefix($0 + ":") }
  }

  private func key(_ variable: String, _ path: String?, _ option: String) throws -> String {
    var value: String
    if let path {
      value = try SmallFile.text(path) { MissingKey(description: "\(path) cannot be read: \($0).") }
    } else {
      guard let found = getenv(variable) else {
        throw MissingKey(
          description:
            "the variable \(variable) is not set. Set it to the project's key, or name a file with \(option).")
      }
      value = String(cString: found)
    }
    while value.last?.isNewline == true { value.removeLast() }
    guard !value.isEmpty, value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw MissingKey(
        description: "\(path ?? "the variable \(variable)") holds no key: keys are printable and not empty.")
    }
    return value
  }
}

/// Says how far a pull is, once it takes longer than a second.
private struct PullProgress {
  private let url: String
  private let start = ContinuousClock.now
  private var hasSpoken = false

  init(_ url: String) { self.url = url }

  mutating func show(_ event: LangfuseClient.Event) {
    switch event {
    case .rows(let rows):
      guard Terminal.showsProgress, ContinuousClock.now - start > .seconds(1) else { return }
      Terminal.put("\r\(url): \(rows) rows", to: 2)
      hasSpoken = true
    case .waits(let wait, let why):
      finish()
      Terminal.note("tally: \(why); asking again in \(wait)")
    }
  }

  mutating func finish() {
    if hasSpoken { Terminal.put("\r\u{1B}[K", to: 2) }
    hasSpoken = false
  }
}
