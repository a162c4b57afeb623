import ArgumentParser
import Records
import Store

extension KeyCommand {
  struct CreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "create", abstract: "Make a key; its token is printed this once.",
      discussion: """
        Scopes:
          ingest   deliver records
          read     ask what is in the ledger; /metrics
          decide   ask whether an action may go ahead
          call     call models through the server
          admin    everything

        A key of a tenant marks what it delivers with that tenant, and cannot
        deliver what states another. Only the token goes to standard output:

          TOKEN=$(tally key create support-bot --scope ingest --expires 90d)
          tally key create prometheus --scope read
          tally key create acme --scope ingest,read --tenant acme --team payments

        In an emergency, calls with a --break-glass key pass budgets, failure
        budgets, breakers, freezes, drills and tenants' limits. What they use still
        counts, their spans say what they passed, and the key ends by itself:

          tally key create night-shift --scope call --break-glass \\
            --reason "checkout is down, budget used up" --expires 4h
        """)

    @Argument(help: "What to call it: letters, digits, '-', '_' and '.'. A name is given once.") var name: String

    @Option(
      help: ArgumentHelp(
        "What it lets do: ingest, read, decide, call, admin; several with commas.", valueName: "scopes"),
      transform: CreateCommand.scopes)
    var scope: [Set<AccessScope>] = []

    @Option(help: "Bind it to a tenant.") var tenant: String?
    @Option(help: "Who answers for it.") var team: String?
    @Option(help: ArgumentHelp("When it ends: a time, a date, or how long: 12h, 90d. Else never.", valueName: "when"))
    var expires: String?
    @Flag(help: "Its calls pass the guards of calls; ends within 24 hours, and needs a --reason.") var breakGlass =
      false
    @Option(help: ArgumentHelp("Why guards are passed, for those who read it later.", valueName: "text"))
    var reason: String?
    @Option(help: "text, or json (tally.key/1).") var format = Format.text
    @OptionGroup var place: LedgerOption

    func validate() throws {
      if let problem = AccessKey.problem(ofName: name) { throw ValidationError("\(problem).") }
      guard !scope.isEmpty else {
        throw ValidationError("Say what the key lets do, with --scope: ingest, read, decide, call or admin.")
      }
      guard tenant != "", team != "" else { throw ValidationError("--tenant and --team take a name.") }
      guard breakGlass || reason == nil else {
        throw ValidationError("--reason says why guards are passed: it goes with --break-glass.")
      }
      guard breakGlass else { return }
      guard let reason else {
        throw ValidationError(
          "A break-glass key needs a --reason: say in a few words why guards are passed, for the people who read it later."
        )
      }
      _ = try OrderOption.checked(reason)
      guard expires != nil else {
        throw ValidationError(
          "A break-glass key ends by itself: say when with --expires, within 24 hours (--expires 4h).")
      }
    }

    func run() async throws {
      do {
        let now = SystemClock.now()
        var key = AccessKey(name: name, scopes: scope.reduce(into: []) { $0.formUnion($1) }, createdAt: now)
        (key.tenant, key.team) = (tenant, team)
        key.expiresAt = try expires.map { try CreateCommand.end($0, from: now) }
        key.breakGlass = breakGlass ? reason : nil
        if let problem = key.breakGlassProblem { throw ValidationError("\(problem).") }
        // The system's generator is one for cryptography.
        var generator = SystemRandomNumberGenerator()
        let token = AccessToken(scopes: key.scopes, using: &generator)
        let ledger = try await place.open(create: true)
        try await ledger.create(key, token: token.digest, actor: WaiveCommand.user)
        try ledger.close()
        switch format {
        case .json: try Terminal.write(KeyCommand.json(key, token: token, now: now))
        case .text:
          Terminal.note(note(on: key, ledger.location))
          try Terminal.write(token.text)
        }
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }

    private func note(on key: AccessKey, _ location: String) -> String {
      let tenant = key.tenant.map { " of tenant \($0)" } ?? ""
      let scopes = key.scopes.sorted().map(\.rawValue).joined(separator: ", ")
      let end = key.expiresAt.map { "ends at \($0)" } ?? "does not end"
      let glass =
        key.breaksGlass
        ? "\nIts calls pass what guards would refuse; their spans say so, and `tally gate calls --replay 24h` sums it up."
        : ""
      return """
        tally: the key '\(key.name)'\(tenant) may \(scopes) and \(end). This is its token, shown this once;
        \(location) keeps its SHA-256 only.\(glass)
        \(CreateCommand.uses(of: key).map { "  \($0)" }.joined(separator: "\n"))
        """
    }

    /// How the token is shown to a server, by what it opens: settings for what its scopes let nobody do would only be refused.
    private static func uses(of key: AccessKey) -> [String] {
      var lines: [String] = []
      if key.scopes.contains(.ingest) {
        lines += [
          "OpenTelemetry  OTEL_EXPORTER_OTLP_HEADERS=\"Authorization=Bearer%20TOKEN\"",
          "Langfuse       LANGFUSE_PUBLIC_KEY=\(key.name) LANGFUSE_SECRET_KEY=TOKEN",
        ]
      }
      if key.scopes.contains(.call) {
        lines += [
          "OpenAI's SDKs  OPENAI_BASE_URL=http://127.0.0.1:4318/v1 OPENAI_API_KEY=TOKEN",
          "Anthropic's    ANTHROPIC_BASE_URL=http://127.0.0.1:4318 ANTHROPIC_API_KEY=TOKEN",
        ]
      }
      if key.scopes != [.call] { lines.append("HTTP requests  Authorization: Bearer TOKEN, or x-api-key: TOKEN") }
      return lines
    }

    private static func scopes(_ text: String) throws -> Set<AccessScope> {
      let scopes = try text.split(separator: ",", omittingEmptySubsequences: false).map { name in
        guard let scope = AccessScope(rawValue: String(name)) else {
          let near = NearestName.nearest(to: String(name), in: AccessScope.allCases.map(\.rawValue))
          let guess = near.map { " Write '\($0)' if that is meant." } ?? ""
          throw ValidationError("'\(name)' is no scope: write ingest, read, decide, call or admin.\(guess)")
        }
        return scope
      }
      return Set(scopes)
    }

    private static func end(_ text: String, from now: Instant) throws -> Instant {
      guard let end = DurationText.parse(text).flatMap({ now.advanced(by: $0) }) ?? Instant(text) else {
        throw ValidationError(
          "--expires takes a time (2026-03-01T12:00:00Z), a date or a duration (12h, 90d), not '\(text)'.")
      }
      guard end > now else { throw ValidationError("--expires \(text) is over already: the key would open nothing.") }
      // By the second: it is read by people.
      return Instant(nanoseconds: end.nanoseconds - end.nanoseconds % 1_000_000_000)
    }
  }
}
