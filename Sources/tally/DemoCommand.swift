import ArgumentParser
import Checks
import Glibc
import Intake
import Project
import Records
import Simulation
import Store
import StoreSQLite

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Simulate a company's quarter with hidden failures, and find them.",
    discussion: """
      Examples:
        tally demo                 into the folder tally-demo
        tally demo --seed 2        another company
        tally demo /tmp/company    into another folder

      Writes a quarter of records as a company with six AI features would make
      them (records.jsonl, in tally's own format) and the tally.yaml that
      declares it, stores the records in a ledger and runs all checks. Nothing
      outside the folder is touched, and nothing is sent anywhere.

      Exit code 0: every failure that was hidden was found. 1: one was missed.
      64: usage, or the folder is not empty. 73, 74: the ledger cannot be used.
      """)

  @Argument(help: "A folder that is empty or not there yet.") var folder = "tally-demo"
  @Option(help: "Equal seeds make equal companies.") var seed: UInt64 = 1

  /// What is hidden; the other parts of the company are well.
  static let failures: [PlantedFailure] = [.rareSliceBelowFloor, .abilityLost, .uncoveredTraffic]

  /// The six features of the story.
  static let parts: [Part] = [.assistant, .helpcenter, .triage, .drafts, .promises, .invoices]

  private struct NotEmpty: Error, CustomStringConvertible {
    let folder: String
    var description: String { "the folder '\(folder)' is not empty; name another: `tally demo FOLDER`." }
  }

  func run() async throws {
    let isFound: Bool
    do {
      isFound = try await show()
    } catch {
      throw Terminal.failOnLedger(error)
    }
    if !isFound { throw ExitCode(1) }
  }

  private func show() async throws -> Bool {
    try makeFolder()
    let now = SystemClock.now()
    var plan = Plan(failures: Self.failures, weeklySpans: 420, trafficDays: 91)
    plan.parts = Self.parts
    let world = World(seed: seed, plan: plan, quarter: Quarter(before: now))
    try FileText.write(heading + world.projectText, to: folder + "/tally.yaml")
    let count = try writeRecords(of: world)
    Terminal.note("\(folder)/records.jsonl: \(count) records of the quarter before today")
    let ledger = try await Ledger(engine: SQLiteEngine(path: folder + "/" + LedgerOption.usualPlace)) {
      SystemClock.now()
    }
    let stored = try await ingest(folder + "/records.jsonl", into: ledger, now: now)
    let project = try Project.load(file: folder + "/tally.yaml", policies: Catalogue.policies)
    let run = try await ledger.read { try CheckRun.run(project: project, ledger: $0, now: now) }
    try ledger.close()
    let story = DemoStory(
      failures: Self.failures, findings: run.findings, stored: stored, folder: folder,
      width: Terminal.width)
    try Terminal.write(story.text)
    return story.missed.isEmpty
  }

  private var heading: String {
    "# What a company declares about its AI features. Made by `tally demo`; yours begins with `tally init`.\n"
  }

  private func makeFolder() throws {
    if mkdir(folder, 0o777) == 0 { return }
    guard errno == EEXIST, let entries = opendir(folder) else {
      throw FileText.Failure(path: folder, number: errno)
    }
    defer { closedir(entries) }
    var count = 0
    // Two entries are the folder itself and the one above.
    while readdir(entries) != nil { count += 1 }
    if count > 2 { throw NotEmpty(folder: folder) }
  }

  /// - Returns: how many records are new in the ledger.
  private func ingest(_ file: String, into ledger: Ledger, now: Instant) async throws -> Int {
    let receipt = try await ledger.append(source: "tally demo") { appender in
      var sink = IngestSink(appender: appender, redactor: nil, pricer: SpanPricer { nil }, now: now)
      defer { sink.finish() }
      _ = try Intake.readRecords([file], options: RecordOptions(now: now), into: &sink)
    }
    return receipt.total.stored
  }

  /// Writes a day at a time, so that memory does not grow with the quarter.
  private func writeRecords(of world: World) throws -> Int {
    let path = folder + "/records.jsonl"
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw FileText.Failure(path: path, number: errno) }
    defer { close(file) }
    var count = 0
    for day in world.days {
      var text = ""
      for record in day.arrivals {
        text += (try record.native?.json.line() ?? "") + "\n"
        count += 1
      }
      let number = Terminal.put(text, to: file)
      guard number == 0 else { throw FileText.Failure(path: path, number: number) }
    }
    return count
  }
}
