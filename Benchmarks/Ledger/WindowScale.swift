import Checks
import Glibc
import Project
import Records
import Simulation
import Store
import StoreSQLite

/// How long the checks of live traffic take over their default windows, and how much memory, when the ledger holds more and
/// more: a simulated company with a subject for each of them, and spans of the same features all over the last thirty days.
struct WindowScale {
  private static let parts: [Part] = [
    .search, .concierge, .receipts, .suggestions, .cloud, .statements, .guide, .contracts, .letters, .desk,
    .hotline, .workspace,
  ]
  private static let checks = [
    "pipeline-bottleneck", "eval-prod-parity", "deployment-gap", "eval-coevolution", "cloud-ownership",
    "silent-failure",
    "context-waste", "answer-provenance", "token-arithmetic", "agent-trust", "incident-response",
    "tenant-isolation",
  ]
  /// Those that read the newest spans of their window, unless they are asked for all.
  private static let limited = [
    "pipeline-bottleneck", "context-waste", "answer-provenance", "token-arithmetic", "agent-trust",
    "tenant-isolation",
  ]

  private struct Cell {
    let cold: Double
    let warm: Double
    let megabytes: Int
    let verdicts: String
  }

  /// Prints a column for each size, and how the slowest statement of each check is found in the largest ledger.
  func run(_ sizes: [Int]) async throws {
    var columns: [[String: Cell]] = []
    var plans: [String] = []
    var whole: [String] = []
    for size in sizes {
      let ledger = try await FilledLedger(spans: size, parts: WindowScale.parts)
      var column: [String: Cell] = [:]
      plans = []
      for check in WindowScale.checks {
        let cell = try await measure(check, ledger)
        column[check] = cell
        // By one thread: a statement that is read ahead waits for whoever takes its rows.
        _ = try await ledger.findings(of: check, isWhole: false, together: false)
        if let slowest = ledger.engine.takeSlowest() { plans += try await plan(check, slowest, ledger) }
        Kernel.say("… \(size) spans, \(check): \(WindowScale.text(cell))")
      }
      if size == sizes.last {
        for check in WindowScale.limited {
          let cell = try await measure(check, ledger, times: 1, isWhole: true)
          Kernel.say("… \(size) spans, \(check), whole: \(WindowScale.text(cell))")
          whole.append(
            "| \(check) | \(WindowScale.hundredths(cell.warm)) s | \(cell.megabytes) MB | \(cell.verdicts) |")
        }
      }
      columns.append(column)
      try ledger.close()
    }
    print("## Windows of the checks of live traffic, SQLite\n")
    print(
      """
      Seconds of a check over its default window, the second time it is asked and by two threads as `tally check` has it, and the
      most memory of the process.

      """)
    print("| | " + sizes.map { "\($0) spans" }.joined(separator: " | ") + " | verdicts |")
    print("|---|" + sizes.map { _ in "---|" }.joined() + "---|")
    for check in WindowScale.checks {
      let cells = columns.compactMap { $0[check] }
      print(
        "| \(check) | " + cells.map(WindowScale.text).joined(separator: " | ") + " | \(cells.last?.verdicts ?? "") |")
    }
    print(
      "\nEvery span of the window, without the limits of the checks (`tally check --whole`), in the largest ledger:\n")
    print("| | seconds | memory | verdicts |")
    print("|---|---|---|---|")
    for line in whole { print(line) }
    print("\nThe statement of each that took longest in the largest ledger, and how it is found:\n")
    for line in plans { print(line) }
  }

  private static func hundredths(_ seconds: Double) -> String {
    let rounded = Int((seconds * 100).rounded())
    return "\(rounded / 100).\(rounded % 100 < 10 ? "0" : "")\(rounded % 100)"
  }

  private static func text(_ cell: Cell) -> String {
    "\(hundredths(cell.warm)) s (first \(hundredths(cell.cold))), \(cell.megabytes) MB"
  }

  private func measure(
    _ check: String, _ ledger: FilledLedger, times: Int = 2, isWhole: Bool = false
  ) async throws -> Cell {
    Kernel.startPeak()
    var seconds: [Double] = []
    var verdicts: [String] = []
    for _ in 0..<times {
      let start = ContinuousClock.now
      let findings = try await ledger.findings(of: check, isWhole: isWhole)
      seconds.append((ContinuousClock.now - start).seconds)
      verdicts = findings.map(\.verdict.rawValue)
    }
    return Cell(
      cold: seconds[0], warm: seconds[seconds.count - 1], megabytes: Kernel.peakMegabytes,
      verdicts: Set(verdicts).sorted().joined(separator: ", "))
  }

  private func plan(
    _ check: String, _ slowest: (statement: Statement, seconds: Double), _ ledger: FilledLedger
  ) async throws -> [String] {
    let sql = slowest.statement.sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let explain = Statement(
      "EXPLAIN QUERY PLAN " + slowest.statement.sql, slowest.statement.arguments,
      columns: [.integer, .integer, .integer, .text])
    let steps = try await ledger.ledger.read { snapshot in
      try snapshot.fetchUnhashed(Query(explain) { batch, row in batch.string(3, row) ?? "" })
    }
    return ["- \(check), \(Int(slowest.seconds * 1e3)) ms: `\(sql)`", ""] + steps.map { "      \($0)" } + [""]
  }
}

/// A ledger with a company and so many other spans of its features.
private final class FilledLedger {
  let ledger: Ledger
  let engine: WatchedEngine
  private let folder: BenchmarkFolder
  private let project: Project
  private let asOf: Instant
  private var files: [String] = []

  init(spans: Int, parts: [Part]) async throws {
    let world = World(seed: 1, plan: Plan(parts: parts))
    let folder = try BenchmarkFolder()
    self.folder = folder
    var project = try Project.parse(world.projectText, policies: Catalogue.policies)
    project.folder = folder.path
    for (name, bytes) in world.files { files.append(try folder.write(name, bytes)) }
    self.project = project
    asOf = world.asOf
    let now = world.asOf
    engine = WatchedEngine(try folder.engine(nil))
    ledger = try await Ledger(engine: engine) { now }
    // Evenly over the last thirty days, each trace of four spans.
    let traffic = SyntheticSpans(
      features: parts.map(\.rawValue), from: now.adding(days: -30),
      stride: 30 * 86_400_000_000_000 / Int64(max(spans, 4)), hasSources: true)
    try await traffic.write(0..<spans / 4, to: ledger)
    try await ledger.append(source: "simulation") { appender in
      for record in world.records {
        for content in world.contents(of: record) { appender.append(content) }
        try appender.append(record)
      }
    }
  }

  /// - Parameter together: as `tally check` has it.
  func findings(of check: String, isWhole: Bool, together: Bool = true) async throws -> [Finding] {
    let (project, asOf) = (project, asOf)
    @Sendable func judged(_ snapshot: Snapshot) throws -> [Finding] {
      snapshot.scan.hasLimits = !isWhole
      return try CheckRun.run(checks: [check], project: project, ledger: snapshot, now: asOf).findings
    }
    _ = engine.takeSlowest()
    return together ? try await ledger.readTogether(judged) : try await ledger.read(judged)
  }

  func close() throws {
    try ledger.close()
    for file in files { unlink(file) }
  }
}
