import ArgumentParser
import Records
import Store

struct LedgerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger",
    abstract: "Look after the ledger: how much it holds, whether it is what it was, copies of it.",
    subcommands: [
      StatusCommand.self, VerifyCommand.self, BackupCommand.self, RestoreCommand.self, CopyCommand.self,
      EraseCommand.self, PruneCommand.self,
    ])

  struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "status", abstract: "How many records of each kind, in how many commits.")

    @OptionGroup var place: LedgerOption

    func run() async throws {
      do {
        let ledger = try await place.open(create: false)
        let status = try await ledger.status()
        try ledger.close()
        var lines = ["\(ledger.location): \(Count.of(status.commits, "commit")), the last at \(last(status))."]
        for kind in RecordKind.allCases {
          if let count = status.records[kind] { lines.append("  \(Count.of(count, kind.name))") }
        }
        if status.superseded > 0 {
          lines.append("  \(Count.of(status.superseded, "record")) of these were replaced by later ones")
        }
        lines.append("  head of the chain: \(status.head)")
        try Terminal.write(lines.joined(separator: "\n"))
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }

    private func last(_ status: LedgerStatus) -> String { status.lastCommit?.description ?? "no time yet" }
  }

  struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract:
        "Recompute every record's hash and the chain that binds them: was anything changed after it was stored?",
      discussion: """
        Exit code 0: everything is what it was when it was acknowledged. 1: it is
        not, and what is different is named. Somebody who cuts off the newest
        commits, or writes a whole ledger anew, leaves a sound chain: note its head
        elsewhere now and then (`tally ledger status`), and ask for it by --head.

          tally ledger verify --head 6f1ed002…
        """)

    @OptionGroup var place: LedgerOption

    @Option(
      help: ArgumentHelp("A head that was noted elsewhere, which must be in the chain.", valueName: "sha256"),
      transform: VerifyCommand.head)
    var head: SHA256Digest?

    func run() async throws {
      let verification: LedgerVerification
      do {
        let ledger = try await place.open(create: false)
        verification = try await ledger.verify(head: head)
        let newest = try await ledger.status().head
        try ledger.close()
        let counts = "\(Count.of(verification.records, "record")) in \(Count.of(verification.commits, "commit"))"
        if verification.isSound {
          try Terminal.write("\(ledger.location) is sound: \(counts), head \(newest).")
        } else {
          try Terminal.write(
            "\(ledger.location) is not what it was (\(counts)):\n"
              + verification.problems.map { "  \($0)" }.joined(separator: "\n"))
        }
      } catch {
        throw Terminal.failOnLedger(error)
      }
      if !verification.isSound { throw ExitCode(1) }
    }

    private static func head(_ text: String) throws -> SHA256Digest {
      guard let head = SHA256Digest(hexadecimal: text) else {
        throw ValidationError("'\(text)' is no head: 64 hexadecimal digits, as `tally ledger status` prints them.")
      }
      return head
    }
  }
}

/// "1 commit", "2 commits".
enum Count {
  static func of(_ number: Int64, _ noun: String, plural: String? = nil) -> String {
    "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
  }
}
