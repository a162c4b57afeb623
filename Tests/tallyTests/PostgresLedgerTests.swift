import Foundation
import PostgresServer
import Testing

/// The command line on a ledger that lies on a server.
@Suite(.enabled(if: PostgresServer.shared != nil, "no PostgreSQL server can be had")) struct PostgresLedgerTests {
  @Test func aServerHoldsTheLedger() throws {
    let server = try #require(PostgresServer.shared)
    let shop = try Workshop()
    try shop.scores("one.csv", [1, 0, 1])
    // What lets in without a password takes any, and shows none.
    let address = server.url().replacing("tally@", with: "tally:hush@")
    let missing = try shop.tally("ledger", "status", "--ledger", address)
    #expect(missing.code == 73 && missing.errors.contains("there is no ledger here"))
    let stored = try shop.tally("ingest", "one.csv", "--ledger", address)
    #expect(stored.code == 0 && stored.text.hasPrefix("Stored 3 new trials"), "\(stored.errors)")
    let again = try shop.tally("ingest", "one.csv", "--ledger", address)
    #expect(again.text == "Nothing new: all 3 records were there already.\n")
    let dry = try shop.tally("ingest", "one.csv", "--dry-run", "--ledger", address)
    let status = try shop.tally("ledger", "status", "--ledger", address)
    #expect(status.code == 0 && status.text.contains("3 trials"), "\(status.errors)")
    let sound = try shop.tally("ledger", "verify", "--ledger", address)
    #expect(sound.code == 0 && sound.text.contains("is sound: 3 records in 1 commit"), "\(sound.errors)")
    let compared = try shop.tally("check", "--ledger", address)
    #expect(![64, 73, 74].contains(compared.code), "\(compared.errors)")
    // Backups are the server's.
    let backup = try shop.tally("ledger", "backup", "copy.db", "--ledger", address)
    #expect(backup.code == 64 && backup.errors.contains("pg_dump"))
    let restore = try shop.tally("ledger", "restore", "copy.db", "--ledger", address)
    #expect(restore.code == 64 && restore.errors.contains("pg_restore"))
    for run in [missing, stored, again, dry, status, sound, compared, backup, restore] {
      #expect(!run.text.contains("hush") && !run.errors.contains("hush"))
    }
  }

  @Test func theProjectFileNamesAServer() throws {
    let shop = try Workshop()
    try Data("ledger: postgres://ada@127.0.0.1:1/db\n".utf8).write(to: shop.url("tally.yaml"))
    let unreachable = try shop.tally("ledger", "status")
    #expect(unreachable.code == 73)
    #expect(unreachable.errors.contains("postgres://ada@127.0.0.1:1/db: the server cannot be reached"))
    let other = try shop.tally("ledger", "status", "--ledger", "mysql://host/db")
    #expect(other.code == 64 && other.errors.contains("postgres://"))
  }
}
