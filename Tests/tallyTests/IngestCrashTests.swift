import SeededRandom
import Foundation
import Records
import Store
import StoreSQLite
import Testing

/// What happens to a ledger when processes that store into it die, or meet.
struct IngestCrashTests {
  private static let rows = 20_000

  private func write(_ name: String, _ shop: Workshop, rows: Int = rows) throws {
    var text = "id,score,topic\n"
    for row in 0..<rows { text += "item-\(row),\(row % 3 == 0 ? 0 : 1),t\(row % 7)\n" }
    try shop.write(name, text)
  }

  /// Trials in the ledger, whose chain is recomputed; 0 when there is no ledger yet.
  private func soundTrials(_ path: String) async throws -> Int64 {
    guard FileManager.default.fileExists(atPath: path) else { return 0 }
    let ledger = try await Ledger(engine: SQLiteEngine(path: path)) { Instant(nanoseconds: 1_800_000_000_000_000_000) }
    let verification = try await ledger.verify()
    #expect(verification.isSound, "\(verification.problems)")
    let trials = try await ledger.status().records[.trial] ?? 0
    try ledger.close()
    return trials
  }

  private func start(_ arguments: [String], in shop: Workshop) throws -> Process {
    let process = try Tally.prepared(arguments, in: shop.folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Killed at random moments: all of a file is there or nothing of it, and doing it again completes it.
  @Test func aKilledIngestLeavesAllOrNothing() async throws {
    let shop = try Workshop()
    try write("run.csv", shop)
    var random = SplitMix(seed: 20)
    // How long it takes only spreads the moments. A machine that has less to do later is asked again.
    let begin = Date()
    #expect(try shop.tally("ingest", "run.csv", "--suite", "s", "--ledger", "whole.db").code == 0)
    var usual = Date().timeIntervalSince(begin)
    var interrupted = 0
    for kill in 0..<24 {
      let path = shop.url("ledger\(kill).db").path
      let arguments = ["ingest", "run.csv", "--suite", "s", "--ledger", path]
      let process = try start(arguments, in: shop)
      try await Task.sleep(for: .seconds(usual * Double(random.next() % 1000) / 1000))
      Foundation.kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      if process.terminationReason == .uncaughtSignal { interrupted += 1 } else { usual *= 0.75 }
      let trials = try await soundTrials(path)
      #expect(trials == 0 || trials == Int64(Self.rows))
      let again = try shop.tally(arguments)
      #expect(again.code == 0, "\(again.errors)")
      #expect(again.text.hasPrefix(trials == 0 ? "Stored \(Self.rows) new trials" : "Nothing new"))
      #expect(try await soundTrials(path) == Int64(Self.rows))
    }
    #expect(interrupted >= 12)
  }

  /// Several processes at once, on a ledger that none of them has made yet: no loss and no lock error.
  @Test func processesWaitForEachOther() async throws {
    let shop = try Workshop()
    try write("run.csv", shop)
    let path = shop.url("shared.db").path
    let processes = try (0..<4).map { number in
      try start(["ingest", "run.csv", "--suite", "s", "--variant", "v\(number / 2)", "--ledger", path], in: shop)
    }
    for process in processes {
      try Tally.wait(for: process, arguments: ["ingest"])
      #expect(process.terminationStatus == 0)
    }
    // Two of them delivered what the other two did.
    #expect(try await soundTrials(path) == Int64(2 * Self.rows))
  }

  /// A full disk is said as such and leaves nothing.
  @Test func aFullDiskIsSaid() async throws {
    let shop = try Workshop()
    try write("run.csv", shop)
    let path = shop.url("full.db").path
    // No file may grow beyond 200 blocks of 512 bytes: the write fails as on a full disk.
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = [
      "-c", "trap '' XFSZ; ulimit -f 200; exec \"$0\" ingest run.csv --suite s --ledger \"$1\" 2> errors",
      try Tally.executable().path, path,
    ]
    shell.currentDirectoryURL = shop.folder
    shell.standardOutput = FileHandle.nullDevice
    try shell.run()
    try Tally.wait(for: shell, arguments: ["ingest"])
    let errors = String(decoding: try Data(contentsOf: shop.url("errors")), as: UTF8.self)
    #expect(shell.terminationStatus == 74, "\(errors)")
    #expect(errors.contains("nothing of this delivery was acknowledged"))
    #expect(try await soundTrials(path) == 0)
    #expect(try shop.tally("ingest", "run.csv", "--suite", "s", "--ledger", path).code == 0)
    #expect(try await soundTrials(path) == Int64(Self.rows))
  }
}
