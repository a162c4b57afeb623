import ArgumentParser
import Records
import Reports
import Store

struct KeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Keys for `tally serve`: who may deliver, read, decide, call models and administer.",
    discussion: """
      Examples:
        tally key create support-bot --scope ingest --tenant acme --expires 90d
        tally key list
        tally key revoke support-bot --reason "the laptop was stolen"
        tally key create night-shift --scope call --break-glass --reason "outage of 14:00" --expires 4h

      The ledger keeps the SHA-256 of a token and never the token. Each creation
      and revocation is a record (`change`), with who did it.
      """,
    subcommands: [CreateCommand.self, ListCommand.self, RevokeCommand.self])

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  /// What is said of one key (`tally.key/1`).
  /// - Parameter token: only when the key is made.
  static func json(_ key: AccessKey, token: AccessToken? = nil, now: Instant) throws -> String {
    var object = JSONObject()
    object["schema"] = "tally.key/1"
    object["key"] = .object(key.json(at: now))
    object["token"] = token.map { .string($0.text) }
    return try JSONValue.object(object).rendered()
  }
}

extension KeyCommand {
  struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "All keys: what they let do, for whom, until when, and when they were last used.",
      discussion: """
        When a key was last used is noted once an hour, as the beginning of that
        hour. A key that nobody has used for months is one to revoke.

          tally key list
          tally key list --format json
        """)

    @Option(help: "text, or json (tally.keys/1).") var format = Format.text
    @OptionGroup var place: LedgerOption

    func run() async throws {
      do {
        let ledger = try await place.open(create: false)
        let keys = try await ledger.keys().values.sorted { $0.name < $1.name }
        try ledger.close()
        let now = SystemClock.now()
        switch format {
        case .json:
          var object = JSONObject()
          object["schema"] = "tally.keys/1"
          object["keys"] = .array(keys.map { .object($0.json(at: now)) })
          try Terminal.write(JSONValue.object(object).rendered())
        case .text where keys.isEmpty:
          try Terminal.write(
            "No keys in \(ledger.location): `tally serve` lets in this machine only, and everybody on it.")
        case .text: try Terminal.write(KeysText(keys, now: now, options: .forTable(show: keys.count)).text)
        }
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }

  struct RevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "revoke", abstract: "End a key for good; servers that run know it within two seconds.",
      discussion: """
        tally key revoke support-bot
        tally key revoke support-bot --reason "the laptop was stolen"
        """)

    @Argument(help: "The key's name; `tally key list` lists them.") var name: String
    @Option(help: ArgumentHelp("Why, for those who ask later.", valueName: "text")) var reason: String?
    @Option(help: "text, or json (tally.key/1).") var format = Format.text
    @OptionGroup var place: LedgerOption

    func run() async throws {
      do {
        let ledger = try await place.open(create: false)
        let key = try await ledger.revokeKey(name, actor: WaiveCommand.user, reason: reason)
        try ledger.close()
        switch format {
        case .json: try Terminal.write(KeyCommand.json(key, now: SystemClock.now()))
        case .text: try Terminal.write("The key '\(key.name)' is revoked: it opens nothing from now on.")
        }
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }
}
