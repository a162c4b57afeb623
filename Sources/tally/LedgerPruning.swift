import ArgumentParser
import Records
import Store

extension LedgerCommand {
  struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "prune",
      abstract: "Take out what was said longer ago than you keep it; facts and hashes stay.",
      discussion: """
        Prompts, answers, arguments and results of all spans that started before
        then are removed from the ledger. Times, models, tokens, costs and hashes
        stay, so checks and the chain hold. Each day that is pruned is a commit with
        a record of it; interrupted, the next run goes on. Deliveries that wait to be
        forwarded since before then do not go on. The file does not become smaller:
        what comes next takes the room. Backups are yours to prune.

          tally ledger prune --older-than 180d --reason "retention, 6 months" --dry-run
          tally ledger prune --older-than 180d --reason "retention, 6 months"

        `tally ledger erase` takes out what one user, session or tenant said.
        """)

    @Option(
      help: ArgumentHelp("Keep what was said in the last 24h, 30d, 180d…", valueName: "duration"),
      transform: PruneCommand.duration)
    var olderThan: Duration

    @Option(help: ArgumentHelp("Why, for those who ask later.", valueName: "text")) var reason: String
    @Flag(help: "Count what would be taken out, and take out nothing.") var dryRun = false
    @OptionGroup var place: LedgerOption

    func validate() throws {
      guard !reason.isEmpty else { throw ValidationError("--reason is for those who ask later: say why.") }
    }

    func run() async throws {
      do {
        guard let instant = SystemClock.now().advanced(by: .zero - olderThan) else {
          throw ValidationError("--older-than reaches back before there are times.")
        }
        let ledger = try await place.open(create: false)
        let pruning = try await ledger.prune(
          before: instant, actor: WaiveCommand.user, reason: reason, dryRun: dryRun
        ) { day, soFar in
          guard Terminal.showsProgress else { return }
          Terminal.put("\r\(day.description.prefix(10)): \(Count.of(soFar.contents, "content"))\u{1B}[K", to: 2)
        }
        if Terminal.showsProgress { Terminal.put("\r\u{1B}[K", to: 2) }
        try ledger.close()
        let done = dryRun ? "would be taken out" : "taken out"
        var lines: [String] = []
        if pruning.contents > 0 {
          lines.append(
            "\(Count.of(pruning.contents, "content")) from before \(pruning.before), "
              + "\(Count.of(pruning.bytes, "byte")) as stored, \(done).")
        }
        if pruning.deliveries > 0 {
          lines.append("Waiting to be forwarded since before then, \(done): \(pruning.deliveries).")
        }
        if lines.isEmpty { lines = ["Nothing that was said before \(pruning.before) is here."] }
        try Terminal.write(lines.joined(separator: "\n"))
      } catch let error as ValidationError {
        throw error
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }

    private static func duration(_ text: String) throws -> Duration {
      guard let duration = DurationText.parse(text) else {
        throw ValidationError("'\(text)' is no duration: write 24h, 30d or 180d.")
      }
      return duration
    }
  }
}
