import Foundation
import Testing

/// `tally ledger`: status, verify, backup, restore.
struct LedgerCommandTests {
  private func shop() throws -> Workshop {
    let shop = try Workshop()
    try shop.scores("one.csv", [1, 0, 1])
    try shop.scores("two.csv", [1, 1, 1])
    #expect(try shop.tally("ingest", "one.csv").code == 0)
    return shop
  }

  private func head(_ shop: Workshop, _ arguments: String...) throws -> String {
    let run = try shop.tally(["ledger", "status"] + arguments)
    let line = try #require(run.lines.first { $0.contains("head of the chain") }, "\(run.errors)")
    return String(try #require(line.split(separator: " ").last))
  }

  @Test func aBackupComesBack() throws {
    let shop = try shop()
    let backup = try shop.tally("ledger", "backup", "safe/copy.db")
    #expect(backup.code == 0, "\(backup.errors)")
    #expect(
      try backup.text.contains("is backed up to safe/copy.db, verified: 1 commit, head of the chain \(head(shop)).\n"))
    try FileManager.default.removeItem(at: shop.url(".tally"))
    let restored = try shop.tally("ledger", "restore", "safe/copy.db")
    #expect(restored.code == 0, "\(restored.errors)")
    #expect(restored.text.hasPrefix("safe/copy.db is restored to .tally/ledger.db: 1 commit"))
    // What was ingested before the backup is not stored twice, the rest is.
    let again = try shop.tally("ingest", "one.csv")
    #expect(again.text == "Nothing new: all 3 records were there already.\n")
    #expect(try shop.tally("ingest", "two.csv").text.hasPrefix("Stored 3 new trials"))
    #expect(try shop.tally("ledger", "verify").code == 0)
  }

  @Test func commitsThatAreOnlyThereAreKept() throws {
    let shop = try shop()
    #expect(try shop.tally("ledger", "backup", "copy.db").code == 0)
    #expect(try shop.tally("ingest", "two.csv").code == 0)
    let newest = try head(shop)
    let refused = try shop.tally("ledger", "restore", "copy.db")
    #expect(refused.code == 64)
    #expect(refused.output.isEmpty)
    #expect(refused.errors.contains("holds commits that copy.db does not have"))
    #expect(try head(shop) == newest)
    // Bringing the backup up to date loses nothing.
    #expect(try shop.tally("ledger", "backup", "copy.db").code == 0)
    #expect(try head(shop, "--ledger", "copy.db") == newest)
    let missing = try shop.tally("ledger", "restore", "nowhere.db")
    #expect(missing.code == 73)
    #expect(
      missing.errors.contains("nowhere.db: there is no such backup file. Name the file that `tally ledger backup"))
    #expect(!missing.errors.contains("tally ingest") && !missing.errors.contains("--ledger"))
    #expect(try head(shop, "--ledger", "copy.db") == newest)
  }

  @Test func forceGoesBack() throws {
    let shop = try shop()
    let older = try head(shop)
    #expect(try shop.tally("ledger", "backup", "copy.db").code == 0)
    #expect(try shop.tally("ingest", "two.csv").code == 0)
    #expect(try shop.tally("ledger", "restore", "copy.db", "--force").code == 0)
    #expect(try head(shop) == older)
  }

  @Test func aHeadThatWasNotedIsAskedFor() throws {
    let shop = try shop()
    let noted = try head(shop)
    #expect(try shop.tally("ledger", "verify", "--head", noted).code == 0)
    try FileManager.default.removeItem(at: shop.url(".tally"))
    #expect(try shop.tally("ingest", "two.csv").code == 0)
    let replaced = try shop.tally("ledger", "verify", "--head", noted)
    #expect(replaced.code == 1)
    #expect(replaced.text.contains("no commit of this chain has the head \(noted)"))
    let mistyped = try shop.tally("ledger", "verify", "--head", "6f1e")
    #expect(mistyped.code == 64)
    #expect(mistyped.errors.contains("'6f1e'"))
  }
}
