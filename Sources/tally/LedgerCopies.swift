import ArgumentParser
import Glibc
import Store
import StorePostgres

extension LedgerCommand {
  struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "backup",
      abstract: "Copy the ledger to a file, whole or not at all, while others write to it.",
      discussion: """
        The copy is the ledger as it is now, in one file; every hash in it is
        recomputed before this command ends. A file that is there is brought up to
        date; one that holds commits which this ledger does not have is kept.

          tally ledger backup /mnt/backup/ledger.db
        """)

    @Argument(help: ArgumentHelp("Where the copy goes.", valueName: "file"))
    var file: String

    @OptionGroup var place: LedgerOption
    @OptionGroup var consent: CopyConsent

    func run() async throws {
      do {
        let ledger = try await place.open(create: false)
        let status = try await consent.copy(ledger, to: file)
        let copy = try await place.open(at: file, create: false)
        let verification = try await copy.verify(head: status.head)
        try copy.close()
        guard verification.isSound else {
          throw LedgerError(
            .damaged, location: file, problem: "the copy is not sound: \(verification.problems[0])",
            remedy: "`tally ledger verify` tells whether the ledger is; try another disk for the copy")
        }
        try Terminal.write(consent.sentence("\(ledger.location) is backed up to \(file), verified", status))
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }

  struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "restore",
      abstract: "Bring a backup back as the ledger, whole or not at all.",
      discussion: """
        The ledger that is there is replaced in one step: interrupted, it is what it
        was. A ledger that holds commits which the backup does not have is kept.

          tally ledger restore /mnt/backup/ledger.db
        """)

    @Argument(help: ArgumentHelp("The backup.", valueName: "file"))
    var file: String

    @OptionGroup var place: LedgerOption
    @OptionGroup var consent: CopyConsent

    func run() async throws {
      do {
        let destination = try place.location
        if let address = PostgresAddress(destination) {
          throw LedgerError(
            .refused, location: address.location, problem: "a backup file cannot be restored over a ledger on a server",
            remedy:
              "Restore what the server's own tools backed up (pg_restore), or copy the file to an empty schema: "
              + "tally ledger copy \(file) \(address.location)")
        }
        guard PostgresAddress.isAddress(file) || access(file, F_OK) == 0 else {
          throw LedgerError(
            .unreadable, location: file, problem: "there is no such backup file",
            remedy: "Name the file that `tally ledger backup FILE` wrote; the ledger stays as it is")
        }
        let backup = try await place.open(at: file, create: false)
        let status = try await consent.copy(backup, to: destination)
        try Terminal.write(consent.sentence("\(file) is restored to \(destination)", status))
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }
}

/// Whether what a copy overwrites may be lost.
struct CopyConsent: ParsableArguments {
  @Flag(help: "Overwrite commits that are only there, for good.")
  var force = false

  func copy(_ ledger: Ledger, to place: String) async throws -> LedgerStatus {
    defer { try? ledger.close() }
    return try await ledger.copy(to: place, force: force)
  }

  func sentence(_ done: String, _ status: LedgerStatus) -> String {
    "\(done): \(Count.of(status.commits, "commit")), head of the chain \(status.head)."
  }
}
