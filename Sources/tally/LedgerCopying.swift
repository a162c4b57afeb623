import ArgumentParser
import Records
import Store
import StorePostgres
import StoreSQLite
import Synchronization

extension LedgerCommand {
  struct CopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "copy",
      abstract: "Copy a ledger from a file to a PostgreSQL server, or back: resumable, and verified before it counts.",
      discussion: """
        Examples:
          tally ledger copy .tally/ledger.db postgres://tally@db/ledger
          tally ledger copy postgres://tally@db/ledger ledger.db

        One state of the ledger is copied while others write to it. The copy is made
        out of sight: in the schema NAME_copying beside the schema NAME of the
        address (usually public), or in the file FILE.copying. Interrupted, even by
        SIGKILL, the same command goes on where it stopped, with what was stored
        meanwhile. At the end every hash of the copy is recomputed and its head
        compared; only then it appears in its place, at once.

        The place must be empty. A whole and equal copy that is there is verified
        again, and all is well; anything else there is refused and stays.

        Exit code 0: the copy is there and verified. 64: usage, or something else
        lies there. 73: a ledger or server cannot be opened. 74: it cannot be read
        or written, or the copy is not what the chain says.
        """)

    @Argument(help: ArgumentHelp("The ledger: a file, or postgres://user@host/database.", valueName: "from"))
    var from: String

    @Argument(help: ArgumentHelp("Where the copy goes: a file, or postgres://user@host/database.", valueName: "to"))
    var to: String

    func validate() throws {
      for place in [from, to] { try LedgerOption.check(place, "tally ledger copy") }
      guard from != to else { throw ValidationError("The copy needs another place than the ledger.") }
    }

    func run() async throws {
      do {
        let staging: any LedgerStaging =
          if let address = PostgresAddress(to) {
            try await PostgresStaging(address)
          } else {
            SQLiteStaging(path: to)
          }
        let ledger = try await LedgerOption.open(at: from, create: false)
        let display = CopyDisplay()
        let outcome = try await ledger.copy(across: staging) { display.show($0) }
        display.finish()
        try ledger.close()
        let what = "\(Count.of(outcome.status.commits, "commit")), head of the chain \(outcome.status.head)"
        try Terminal.write(
          outcome.wasThere
            ? "\(ledger.location) was copied to \(staging.location) before, verified: \(what)."
            : "\(ledger.location) is copied to \(staging.location), verified: \(what).")
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }
}

/// Says how far a copy is, once it takes longer than a second.
private final class CopyDisplay: Sendable {
  private let start = ContinuousClock.now
  private let hasSpoken = Mutex(false)

  func show(_ progress: CopyProgress) {
    switch progress {
    case .goesOn(let rows):
      Terminal.note("tally: goes on with a copy that was interrupted; \(Count.of(rows, "record")) are there already")
    case .rows(let table, let all): line("\(all) rows (\(table))")
    case .verifies: line("recomputing every hash of the copy")
    }
  }

  private func line(_ text: String) {
    guard Terminal.showsProgress, ContinuousClock.now - start > .seconds(1) else { return }
    Terminal.put("\r\u{1B}[Ktally: \(text)", to: 2)
    hasSpoken.withLock { $0 = true }
  }

  func finish() {
    if hasSpoken.withLock({ $0 }) { Terminal.put("\r\u{1B}[K", to: 2) }
  }
}
