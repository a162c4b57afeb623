import Comparison
import Intake
import Records
import Store

/// Reads the arguments of a command into one table of trials.
struct TrialInput {
  let table: TrialTable
  private(set) var summaries: [IntakeSummary] = []
  /// What is scored, where the trials come from a ledger.
  private(set) var ledgerMetric: String?

  /// - Parameters:
  ///   - paths: files, folders, `-`, or names `SUITE@VARIANT` of trials in the ledger.
  ///   - filesAreArms: files whose rows name no variant are arms of their own (a folder of results).
  init(_ paths: [String], flags: InputFlags, place: LedgerOption, filesAreArms: Bool) async throws {
    table = TrialTable(sliceNames: flags.slice, repeatsByOrder: flags.repeatsByOrder)
    let names = LedgerArms.names(in: paths)
    if !names.isEmpty { try await readLedger(names, flags: flags, place: place) }
    for (source, path) in paths.enumerated() {
      if names.contains(where: { $0.source == source }) {
        summaries.append(IntakeSummary())
        continue
      }
      let collector = SourceCollector(
        table: table, source: source, name: TrialInput.armName(path), filesAreArms: filesAreArms)
      var sink = ProgressSink(collector, name: path)
      let summary = try Intake.read([path], options: flags.options, into: &sink)
      sink.finish()
      if summary.rows == 0, !flags.filters.isEmpty {
        let filters = flags.filters.map { "--where \($0)" }.joined(separator: " ")
        throw ArmChoice.Problem(description: "\(path): no row is left by \(filters).")
      }
      TrialInput.say(summary, path: path)
      summaries.append(summary)
    }
  }

  private mutating func readLedger(_ names: [LedgerArms.Name], flags: InputFlags, place: LedgerOption) async throws {
    guard flags.filters.isEmpty else {
      throw ArmChoice.Problem(description: "--where chooses rows of a file, not trials of the ledger.")
    }
    let ledger: Ledger
    do {
      ledger = try await place.open(create: false)
    } catch let error as LedgerError where error.cause == .unreadable {
      throw ArmChoice.Problem(description: "\(names[0].argument) is no file, and as trials of the ledger: \(error)")
    }
    let arms = try await LedgerArms.read(names, metric: flags.metric, from: ledger, into: table)
    try ledger.close()
    for arm in arms {
      let trials = arm.series.reduce(0) { $0 + $1.trials }
      let version = arm.version.map { ", version \($0)" } ?? ""
      Terminal.note("\(arm.name.argument): ledger \(ledger.location), \(trials) trials\(version), metric \(arm.metric)")
    }
    if Set(arms.map(\.metric)).count == 1 { ledgerMetric = arms.first?.metric }
  }

  /// The items by arms.
  /// - Parameter suiteSize: how many items the suite has, where every arm is a list of what passed.
  func join(arms: [Int], suiteSize: Int?) throws -> ItemTable {
    var items = try table.join(arms: arms)
    if items.duplicates > 0 {
      Terminal.note("tally: \(items.duplicates) rows are equal to another in key and score, and were counted once.")
    }
    let lists = arms.indices.filter { summaries[table.arms[arms[$0]].source].listsOnlyPasses }
    let isListOnly = lists.count == arms.count
    if let suiteSize {
      guard isListOnly else {
        throw UnusableTrials(
          description: "--suite-size is for lists that name only what passed; these files name every item.")
      }
      guard suiteSize >= items.count else {
        throw UnusableTrials(
          description: "--suite-size \(suiteSize) is less than the \(items.count) items that the lists name.")
      }
    }
    guard !lists.isEmpty else { return items }
    items.countAbsentAsFailures(arms: lists, total: suiteSize)
    if isListOnly, suiteSize == nil {
      Terminal.note(
        "tally: the lists name only what passed; items that no list names are unknown. --suite-size N counts them.")
    }
    return items
  }

  /// A path as the name of an arm: the last component without folder and extensions.
  static func armName(_ path: String) -> String {
    guard path != "-" else { return "stdin" }
    let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
    let file = trimmed.split(separator: "/").last.map(String.init) ?? path
    let known = [".gz", ".zst", ".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".eval", ".txt"]
    var name = file
    while let suffix = known.first(where: { name.lowercased().hasSuffix($0) && name.count > $0.count }) {
      name.removeLast(suffix.count)
    }
    return name
  }

  /// A name for each arm that no other arm has: of its source, then of its path, then numbered.
  static func distinctNames(_ paths: [String], arms: [TrialTable.Arm]) -> [String] {
    for candidates in [paths.map(armName), paths] {
      let names = arms.map { candidates[$0.source] }
      if Set(names).count == names.count { return names }
    }
    return arms.indices.map { "\(arms[$0].name) (\($0 + 1))" }
  }

  /// A file of a folder as the name of an arm: with the folders between, so that `a/results.csv` and `b/results.csv` are
  /// two arms.
  static func armName(_ file: String, within folder: String) -> String {
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    guard file.hasPrefix(prefix), let slash = file.dropFirst(prefix.count).lastIndex(of: "/") else {
      return armName(file)
    }
    return file.dropFirst(prefix.count)[...slash] + armName(file)
  }

  private static func say(_ summary: IntakeSummary, path: String) {
    let format = summary.format.map { "\($0.rawValue), " } ?? ""
    let files = summary.files.count > 1 ? "\(summary.files.count) files, " : ""
    var line = "\(path): \(format)\(files)\(summary.rows) \(summary.rows == 1 ? "row" : "rows")"
    if !summary.guesses.isEmpty {
      let guesses = summary.guesses.map { guess in
        let others = guess.alternatives.isEmpty ? "" : " (there is also \(guess.alternatives.joined(separator: ", ")))"
        return "\(guess.role) = \(guess.column)\(others)"
      }.joined(separator: ", ")
      let options = Set(summary.guesses.map(\.option)).sorted().joined(separator: ", ")
      line += "; \(guesses) (guessed; \(options) to change)"
    }
    Terminal.note(line)
    for warning in summary.warnings { Terminal.note("  note: \(warning)") }
  }
}
