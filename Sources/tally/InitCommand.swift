import ArgumentParser
import Checks
import Glibc
import Intake
import Project
import Records
import Store
import StorePostgres

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a first tally.yaml from the results that are here and what the ledger holds.",
    discussion: """
      Examples:
        tally init                 looks at this folder and those below
        tally init results/        looks there only
        tally init --print         shows the file instead of writing it

      The file is about ten lines long. Every section of it is optional; `tally
      config --schema` is for your editor, `tally explain` for what checks read.
      """)

  @Argument(help: "Files and folders to look at; else everything here.") var inputs: [String] = []
  @OptionGroup var place: LedgerOption
  @Flag(name: .customLong("print"), help: "Print the file, write nothing.") var printsOnly = false
  @Flag(help: "Replace a tally.yaml that is there.") var force = false

  func run() async throws {
    do {
      try await write()
    } catch {
      throw Terminal.failOnLedger(error)
    }
  }

  private func write() async throws {
    let path = ProjectOption.usualName
    if !printsOnly, !force, access(path, F_OK) == 0 {
      throw ValidationError("There is a \(path) here already; --force replaces it, --print shows a new one.")
    }
    var found = try await ledgerSuites()
    let isFromLedger = !found.isEmpty
    if found.isEmpty { found = try FoundResults.look(inputs.isEmpty ? ["."] : inputs, named: !inputs.isEmpty) }
    let text = ProjectTemplate.render(found, checks: found.isEmpty ? [] : [EvalPower.id])
    if printsOnly { return try Terminal.write(text) }
    try FileText.write(text, to: path)
    try Terminal.write(summary(found, isFromLedger: isFromLedger) + "\n\n" + text)
  }

  private func ledgerSuites() async throws -> [ProjectTemplate.FoundSuite] {
    let location = place.location(nil, file: nil)
    guard PostgresAddress.isAddress(location) || access(location, F_OK) == 0 else { return [] }
    let ledger = try await place.open(at: location, create: false)
    let series = try await ledger.read { try $0.trialSeries() }
    try ledger.close()
    var builder = FoundResults()
    for one in series { builder.add(suite: one.suite, variant: one.variant, metric: one.metric) }
    return builder.suites
  }

  private func summary(_ found: [ProjectTemplate.FoundSuite], isFromLedger: Bool) -> String {
    let path = ProjectOption.usualName
    let ignore = "Keep the ledger out of git: add `.tally/` to .gitignore."
    if found.isEmpty {
      return """
        Wrote \(path). No results were found here, so it declares nothing yet.
        Next: `tally ingest results.json`, then `tally check`. \(ignore)
        """
    }
    let names = found.prefix(3).map { "\($0.name) (\($0.variants.prefix(4).joined(separator: ", ")))" }
    let more = found.count > 3 ? " and \(found.count - 3) more" : ""
    let suites = "\(Count.of(Int64(found.count), "suite")): \(names.joined(separator: "; "))\(more)"
    return isFromLedger
      ? "Wrote \(path) from the ledger's \(suites).\nNext: set min_effect to the difference that matters, then `tally check`."
      : """
      Wrote \(path) from \(suites).
      Next: set min_effect to the difference that matters; `tally ingest` the files, then `tally check`. \(ignore)
      """
  }
}

/// What results lie about: suites, their variants, tags and metrics.
struct FoundResults: RecordSink {
  private(set) var suites: [ProjectTemplate.FoundSuite] = []
  private var places: [String: Int] = [:]

  /// Folders that hold other people's files.
  private static let passedOver = ["node_modules", "site-packages", "venv", "build", "dist", "target"]
  private static let mostFiles = 200
  /// Larger files are somebody's data; reading them all would take longer than anybody waits for `init`.
  private static let mostBytes = 64 << 20

  /// - Parameter named: the user named these: what cannot be read is an error, and else it is somebody else's file.
  static func look(_ inputs: [String], named: Bool) throws -> [ProjectTemplate.FoundSuite] {
    var found = FoundResults()
    let files = try inputs.flatMap { try Intake.files(at: $0) }.filter { path in
      !path.split(separator: "/").contains { passedOver.contains(String($0)) } && size(path) <= mostBytes
    }
    for file in files.prefix(mostFiles) {
      var one = FoundResults()
      let path = file.hasPrefix("./") ? String(file.dropFirst(2)) : file
      do {
        _ = try Intake.readRecords([path], options: RecordOptions(now: SystemClock.now()), into: &one)
      } catch  where !named {
        continue
      }
      found.merge(one)
    }
    return found.suites
  }

  private static func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : .max
  }

  mutating func add(
    suite: String, variant: String, metric: String, tags: [String] = [], isBinary: Bool = true
  ) {
    let place = places[suite] ?? suites.count
    if place == suites.count {
      places[suite] = place
      suites.append(
        ProjectTemplate.FoundSuite(name: suite, metric: metric, scale: isBinary ? .binary : .real))
    }
    if !isBinary { suites[place].scale = .real }
    if !suites[place].variants.contains(variant) {
      // The template takes the first for the baseline.
      if FoundResults.soundsLikeTheBaseline(variant) {
        suites[place].variants.insert(variant, at: 0)
      } else {
        suites[place].variants.append(variant)
      }
    }
    for tag in tags where !suites[place].sliceTags.contains(tag) { suites[place].sliceTags.append(tag) }
  }

  private mutating func merge(_ other: FoundResults) {
    for suite in other.suites {
      for variant in suite.variants {
        add(
          suite: suite.name, variant: variant, metric: suite.metric, tags: suite.sliceTags,
          isBinary: suite.scale == .binary)
      }
    }
  }

  private static func soundsLikeTheBaseline(_ variant: String) -> Bool {
    SuiteRuns.usualBaselines.contains(variant.lowercased())
  }

  private var lastTags = Tags()
  private var lastNames: [String] = []

  mutating func receive(_ record: Record) throws {
    guard case .trial(let trial) = record else { return }
    if trial.tags != lastTags {
      lastTags = trial.tags
      lastNames = trial.tags.values.keys.sorted()
    }
    let score = trial.score ?? trial.passed.map { $0 ? 1 : 0 } ?? 0
    add(
      suite: trial.suite, variant: trial.variant, metric: trial.metric, tags: lastNames,
      isBinary: score == 0 || score == 1)
  }
}
