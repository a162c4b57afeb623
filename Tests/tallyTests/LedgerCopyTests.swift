import Foundation
import PostgresServer
import SeededRandom
import Testing

/// `tally ledger copy`: from a file to a server and back, killed at any moment.
@Suite(.enabled(if: PostgresServer.shared != nil, "no PostgreSQL server can be had")) struct LedgerCopyTests {
  /// The address of a schema of this name, which is made.
  private func address(_ schema: String) throws -> String {
    try command("CREATE SCHEMA \(schema)")
    return try #require(PostgresServer.shared).url(schema: schema)
  }

  /// Runs a command of the server's administrator.
  private func command(_ sql: String) throws {
    let server = try #require(PostgresServer.shared)
    let made = Process()
    made.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    made.arguments = ["psql", "--quiet", "--dbname", server.url(), "--command", sql]
    try made.run()
    made.waitUntilExit()
    try #require(made.terminationStatus == 0)
  }

  /// A ledger with traces, their words, trials and findings.
  private func shop(trials: Int = 300) throws -> Workshop {
    let shop = try Workshop()
    let words = #""input":[{"role":"user","parts":[{"type":"text","content":"Hello"}]}]"#
    let spans = (0..<400).map { number in
      let minute = String(format: "%02d", number % 60)
      return
        #"{"kind":"span","trace_id":"t\#(number / 4)","span_id":"s\#(number)","name":"call","span_kind":"chat","feature":"desk","user_id":"u\#(number % 9)","started_at":"2026-03-01T10:\#(minute):00Z","ended_at":"2026-03-01T10:\#(minute):01Z","model_served":"m","input_tokens":\#(number),\#(words)}"#
    }
    try shop.write("spans.jsonl", spans.joined(separator: "\n"))
    for variant in ["prod", "next"] {
      let rows = (0..<trials).map { "item-\($0),\(($0 * 7 + variant.count) % 3 == 0 ? 0 : 1)" }
      try shop.write("\(variant).csv", "item,score\n" + rows.joined(separator: "\n") + "\n")
    }
    try shop.write(
      "tally.yaml", "suites:\n  qa: {baseline: prod, candidate: next, metrics: [{name: score}]}\n")
    let stored = try shop.tally(
      "ingest", "spans.jsonl", "prod.csv", "next.csv", "--suite", "qa", "--at", "2026-03-02T00:00:00Z")
    #expect(stored.code == 0, "\(stored.errors)")
    return shop
  }

  private func status(_ shop: Workshop, _ ledger: String) throws -> [String] {
    let run = try shop.tally("ledger", "status", "--ledger", ledger)
    #expect(run.code == 0, "\(run.errors)")
    // The first line names the place.
    return Array(run.lines.dropFirst())
  }

  @Test func theCopyAnswersAsTheLedgerDoes() throws {
    let shop = try shop()
    let address = try address("copied_whole")
    let copied = try shop.tally("ledger", "copy", ".tally/ledger.db", address)
    #expect(copied.code == 0 && copied.text.contains(", verified: 1 commit, head of the chain "), "\(copied.errors)")
    #expect(try status(shop, address) == status(shop, ".tally/ledger.db"))
    let sound = try shop.tally("ledger", "verify", "--ledger", address)
    #expect(sound.code == 0, "\(sound.text)")
    // Findings, exports and figures to the last bit.
    let checked = try shop.tally("check", "--no-store", "--format", "json", "--ledger", ".tally/ledger.db")
    let now = try #require(try checked.json()["as_of"].string)
    for question in [
      ["check", "--as-of", now, "--format", "json"], ["export", "--content"],
      ["spans", "--limit", "400", "--format", "json"], ["trace", "t7", "--content"],
      ["sql", "SELECT feature, count(*) AS n, sum(input_tokens) AS t FROM spans GROUP BY 1", "--format", "csv"],
    ] {
      let here = try shop.tally(question + ["--ledger", ".tally/ledger.db"])
      let there = try shop.tally(question + ["--ledger", address])
      // What says when and where it was made is not; all else is the same to the last bit.
      func settled(_ run: Outcome) -> [String] {
        let own = [#""at": "#, #""expires_at": "#, #""ledger": "#]
        return run.lines.filter { line in !own.contains { line.contains($0) } }
      }
      let different = zip(settled(here), settled(there)).first { $0 != $1 }.map { "\($0)" }
      #expect(different == nil && settled(here).count == settled(there).count, "\(question) \(different ?? "")")
      #expect(here.code == there.code, "\(question)\(here.errors)")
      #expect(here.text.utf8.count > 20, "\(question)\(here.errors)")
    }
    // What is there already is verified again; what is another ledger stays.
    let again = try shop.tally("ledger", "copy", "postgres://nobody@127.0.0.1:1/x", address)
    #expect(again.code == 73)
    let other = try Workshop()
    try other.scores("one.csv", [1, 0])
    #expect(try other.tally("ingest", "one.csv").code == 0)
    let refused = try other.tally("ledger", "copy", ".tally/ledger.db", address)
    #expect(refused.code == 64 && refused.errors.contains("lies here"), "\(refused.errors)")
    // And back into a file, which is the ledger that it was.
    let back = try shop.tally("ledger", "copy", address, "back.db")
    #expect(back.code == 0, "\(back.errors)")
    #expect(try status(shop, "back.db") == status(shop, address))
    for wrong in [["a.db", "a.db"], ["a.db", "mysql://x/y"], ["a.db"]] {
      #expect(try shop.tally(["ledger", "copy"] + wrong).code == 64)
    }
    #expect(try shop.tally("ledger", "copy", "none.db", "b.db").code == 73)
  }

  /// A user that may make no schemas is told what to ask for, and needs no more than that.
  @Test func whoMayMakeNoSchemaIsToldWhatToAskFor() throws {
    let shop = try Workshop()
    try shop.scores("one.csv", [1, 0, 1])
    #expect(try shop.tally("ingest", "one.csv").code == 0)
    try command("CREATE ROLE cautious LOGIN")
    try command("CREATE SCHEMA cautious AUTHORIZATION cautious")
    let address = try #require(PostgresServer.shared).url(schema: "cautious").replacing("tally@", with: "cautious@")
    let refused = try shop.tally("ledger", "copy", ".tally/ledger.db", address)
    #expect(
      refused.code == 73 && refused.errors.contains("CREATE SCHEMA cautious_copying AUTHORIZATION"), "\(refused.errors)"
    )
    try command("CREATE SCHEMA cautious_copying AUTHORIZATION cautious")
    let copied = try shop.tally("ledger", "copy", ".tally/ledger.db", address)
    #expect(copied.code == 0, "\(copied.errors)")
  }

  /// SIGKILL at random moments, until one call comes to its end: nothing is lost, nothing is twice.
  @Test func killedAtRandomMoments() throws {
    let shop = try shop(trials: 60_000)
    let address = try address("copied_killed")
    var random = SplitMix(seed: 20_261_126)
    let arguments = ["ledger", "copy", ".tally/ledger.db", address]
    var kills = 0
    var resumed = 0
    // What a process needs before it copies anything differs from machine to machine: one that was killed before that gives the
    // next one longer.
    var start = 0.15
    while kills < 8 || resumed < 3 {
      let process = try Tally.prepared(arguments, in: shop.folder)
      let errors = Pipe()
      process.standardError = errors
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      Thread.sleep(forTimeInterval: start + Double(random.next() % 1_000) / 1_000)
      let wasRunning = process.isRunning
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      if said.contains("goes on with a copy that was interrupted") {
        resumed += 1
      } else if kills > 0 {
        start += 0.5
      }
      guard wasRunning else {
        #expect(kills >= 5, "the copy is done before it was killed five times")
        break
      }
      kills += 1
      // The ledger goes on meanwhile.
      if kills == 3 {
        try shop.scores("more.csv", [1, 0, 1])
        #expect(try shop.tally("ingest", "more.csv", "--suite", "more").code == 0)
      }
    }
    let finished = try shop.tally(arguments)
    #expect(finished.code == 0 && finished.text.contains("verified: 2 commits"), "\(finished.errors)")
    #expect(kills >= 5 && resumed >= 3, "\(kills) kills, \(resumed) resumed")
    #expect(try status(shop, address) == status(shop, ".tally/ledger.db"))
    #expect(try shop.tally("ledger", "verify", "--ledger", address).code == 0)
  }
}
