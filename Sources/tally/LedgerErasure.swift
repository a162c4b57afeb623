import ArgumentParser
import Records
import Store

extension LedgerCommand {
  struct EraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "erase",
      abstract: "Erase what a user, a session or a tenant said, for good; facts and hashes stay.",
      discussion: """
        Prompts, answers, arguments and results of their spans are removed from
        the ledger. Times, models, tokens, costs and hashes stay, so checks and the
        chain hold; who asked for it and why goes on record. What others said word
        for word stays for their sake. Deliveries that wait to be forwarded and hold
        something of theirs do not go on.

          tally ledger erase --user u-4711 --reason "request of 2 March" --dry-run
          tally ledger erase --session s-81 --reason "test data"

        Backups and what was forwarded elsewhere are yours to erase.
        """)

    @Option(help: "Of a user.") var user: String?
    @Option(help: "Of a session.") var session: String?
    @Option(help: "Of a tenant.") var tenant: String?
    @Option(help: ArgumentHelp("Why, for those who ask later.", valueName: "text")) var reason: String
    @Flag(help: "Count what would be erased, and erase nothing.") var dryRun = false
    @OptionGroup var place: LedgerOption

    private var scopes: [ErasureScope] {
      [user.map { .user($0) }, session.map { .session($0) }, tenant.map { .tenant($0) }].compactMap(\.self)
    }

    func validate() throws {
      guard scopes.count == 1 else { throw ValidationError("Name one of --user, --session and --tenant.") }
      guard !reason.isEmpty else { throw ValidationError("--reason is for those who ask later: say why.") }
    }

    func run() async throws {
      do {
        let ledger = try await place.open(create: false)
        let erasure = try await ledger.erase(scopes[0], actor: WaiveCommand.user, reason: reason, dryRun: dryRun)
        try ledger.close()
        let done = dryRun ? "would be erased" : "erased"
        var lines = [
          "\(Count.of(Int64(erasure.contents), "content")) of \(Count.of(Int64(erasure.spans), "span")) \(done)."
        ]
        if erasure.shared > 0 {
          lines.append("\(Count.of(Int64(erasure.shared), "content")) stay: others said the same, word for word.")
        }
        if erasure.spans == 0, erasure.deliveries == 0 {
          lines = ["No span has \(scopes[0].field.name) '\(scopes[0].field.value)'; nothing was erased."]
        }
        if erasure.deliveries > 0 {
          let waiting = Count.of(Int64(erasure.deliveries), "delivery", plural: "deliveries")
          lines.append("\(waiting) that waited to be forwarded \(dryRun ? "would be dropped" : "dropped").")
        }
        try Terminal.write(lines.joined(separator: "\n"))
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }
}
