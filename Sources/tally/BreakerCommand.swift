import ArgumentParser
import Checks
import Gateway
import Guards
import Project
import Records
import Reports
import Store

struct BreakerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "breaker",
    abstract: "Keep calls from an upstream for a while, or let them through, whatever its breaker says.",
    discussion: """
      A breaker is named UPSTREAM/MODEL, the model as the upstream calls it, or
      UPSTREAM for all models there. What is said here holds for every `tally
      serve` of the ledger within two seconds, whatever mode tally.yaml gives
      breakers, and is on record: who, why and until when.

      Examples:
        tally breaker open openai/gpt-4o --reason "answers nonsense since noon" --expires 2h
        tally breaker close local --reason "the proxy lies about 503" --expires 1d
        tally breaker release openai/gpt-4o --reason "the provider says it is mended"
        tally breaker list

      How breakers stand by themselves is known to the servers: GET
      /api/v1/breakers, and /metrics.
      """,
    subcommands: [OpenCommand.self, CloseCommand.self, ReleaseCommand.self, ListCommand.self])

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  /// What is said of one hold (`tally.breaker/1`).
  static func json(_ name: String, _ hold: BreakerHold) throws -> String {
    var object = JSONObject()
    object["schema"] = .string("tally.breaker/1")
    object["hold"] = .object(hold.json(name: name))
    return try JSONValue.object(object).rendered()
  }

  static func checked(name: String) throws -> String {
    let isPlain = !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
    guard isPlain, (1...1_024).contains(name.utf8.count) else {
      throw ValidationError("A breaker is named UPSTREAM/MODEL, or UPSTREAM.")
    }
    return name.identifier
  }

  static func end(_ text: String, from now: Instant) throws -> Instant {
    guard let end = DurationText.parse(text).flatMap({ now.advanced(by: $0) }) ?? Instant(text) else {
      throw ValidationError(
        "--expires takes a time (2026-03-01T12:00:00Z), a date or a duration (30m, 12h), not '\(text)'.")
    }
    guard end > now else {
      throw ValidationError("--expires \(text) is over already; `tally breaker release` ends what is held.")
    }
    guard end <= now.adding(days: BreakerHold.longestDays) else {
      throw ValidationError(
        "A breaker is held for \(BreakerHold.longestDays) days at most; for longer, change the routes in tally.yaml.")
    }
    return end
  }

  /// Says so where the project file names no such upstream: the ledger cannot know.
  static func noteUnknown(_ name: String) {
    guard let file = ProjectOption.nearest, let project = try? Project.load(file: file, policies: Catalogue.policies),
      !project.upstreams.contains(where: { name == $0.id || name.hasPrefix($0.id + "/") })
    else { return }
    let upstream = String(name.prefix { $0 != "/" })
    let guess =
      NearestName.nearest(to: upstream, in: project.upstreams.map(\.id)).map { " Did you mean '\($0)'?" } ?? ""
    Terminal.note("tally: \(file) names no upstream '\(upstream)'; no call there will meet this.\(guess)")
  }
}

extension BreakerCommand {
  struct HoldFlags: ParsableArguments {
    @Argument(help: "UPSTREAM/MODEL, or UPSTREAM for all its models.") var name: String
    @Option(help: ArgumentHelp("Why, for those who read it later.", valueName: "text")) var reason: String
    @Option(
      help: ArgumentHelp(
        "When it ends: a time, a date, or how long: 30m, 12h; \(BreakerHold.longestDays) days at most.",
        valueName: "when"))
    var expires: String
    @Option(help: "text, or json (tally.breaker/1).") var format = Format.text
    @OptionGroup var place: LedgerOption

    func hold(_ position: BreakerHold.Position) async throws {
      do {
        let now = SystemClock.now()
        let name = try BreakerCommand.checked(name: name)
        let hold = BreakerHold(
          position, reason: try OrderOption.checked(reason), actor: WaiveCommand.user, at: now,
          expiresAt: try BreakerCommand.end(expires, from: now))
        BreakerCommand.noteUnknown(name)
        let ledger = try await place.open(create: true)
        try await ledger.holdBreaker(name, hold)
        try ledger.close()
        switch format {
        case .json: try Terminal.write(BreakerCommand.json(name, hold))
        case .text:
          let what = position == .open ? "open: no call goes there" : "closed: every call goes there"
          try Terminal.write("The breaker '\(name)' is held \(what) until \(hold.expiresAt).")
        }
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }

  struct OpenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "open", abstract: "Let no call go to an upstream for a while; then it is tried with a few.",
      discussion: """
        tally breaker open openai/gpt-4o --reason "answers nonsense since noon" --expires 2h
        tally breaker open openai --reason "the key leaked" --expires 2026-03-01

        Callers get 503 breaker_open with Retry-After, or the answer of a fallback
        where the route has one.
        """)
    @OptionGroup var flags: HoldFlags
    func run() async throws { try await flags.hold(.open) }
  }

  struct CloseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "close", abstract: "Let every call go to an upstream for a while, whatever becomes of it.",
      discussion: """
        tally breaker close local --reason "the proxy lies about 503" --expires 1d

        What fails meanwhile is not held against it afterwards.
        """)
    @OptionGroup var flags: HoldFlags
    func run() async throws { try await flags.hold(.closed) }
  }

  struct ReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "release", abstract: "Take back what was said: the breaker decides by itself again.",
      discussion: """
        tally breaker release openai/gpt-4o --reason "the provider says it is mended"
        """)
    @Argument(help: "As it was held; `tally breaker list` lists them.") var name: String
    @Option(help: ArgumentHelp("Why, for those who read it later.", valueName: "text")) var reason: String
    @Option(help: "text, or json (tally.breaker/1).") var format = Format.text
    @OptionGroup var place: LedgerOption

    func run() async throws {
      do {
        let name = try BreakerCommand.checked(name: name)
        let reason = try OrderOption.checked(reason)
        let ledger = try await place.open(create: false)
        let hold = try await ledger.releaseBreaker(name, actor: WaiveCommand.user, reason: reason)
        try ledger.close()
        switch format {
        case .json: try Terminal.write(BreakerCommand.json(name, hold))
        case .text:
          try Terminal.write("The breaker '\(name)' is held no longer; it was held \(hold.position.rawValue).")
        }
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }

  struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Breakers that are held, and how the others last changed by themselves.",
      discussion: """
        tally breaker list
        tally breaker list --format json

        Changes are those that servers wrote down; a server that begins anew begins
        with closed breakers. How they stand now, GET /api/v1/breakers says.
        """)
    @Option(help: "text, or json (tally.breakers/1).") var format = Format.text
    @OptionGroup var place: LedgerOption

    func run() async throws {
      do {
        let ledger = try await place.open(create: false)
        let now = SystemClock.now()
        let holds = try await ledger.breakerHolds().filter { !$0.value.isOver(at: now) }.sorted { $0.key < $1.key }
        let changes = try await ledger.read { try BreakerHistory.last($0) }
        try ledger.close()
        switch format {
        case .json:
          var object = JSONObject()
          object["schema"] = .string("tally.breakers/1")
          object["holds"] = .array(holds.map { .object($0.value.json(name: $0.key)) })
          object["changes"] = .array(changes.map { .object($0.json) })
          try Terminal.write(JSONValue.object(object).rendered())
        case .text where holds.isEmpty && changes.isEmpty:
          try Terminal.write("No breaker is held in \(ledger.location), and none has changed.")
        case .text:
          let text = BreakersText(
            holds: holds.map { ($0.key, $0.value) },
            changes: changes.map { ($0.name, $0.state, $0.at, $0.reason ?? "-") },
            options: .forTable(show: holds.count + changes.count))
          try Terminal.write(text.text)
        }
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }
}
