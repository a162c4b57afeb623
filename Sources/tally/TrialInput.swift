import Comparison
import Intake
import Records

/// Reads the arguments of a command into one table of trials.
struct TrialInput {
  let table: TrialTable
  private(set) var summaries: [IntakeSummary] = []

  /// - Parameter filesAreArms: files whose rows name no variant are arms of their own (a folder of results).
  init(_ paths: [String], flags: InputFlags, filesAreArms: Bool) throws {
    table = TrialTable(sliceNames: flags.slice, repeatsByOrder: flags.repeatsByOrder)
    for (source, path) in paths.enumerated() {
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

  /// The items by arms.
  func join(arms: [Int]? = nil, suiteSize: Int?) throws -> ItemTable {
    var items = try table.join(arms: arms)
    if summaries.allSatisfy(\.listsOnlyPasses) {
      items.countAbsentAsFailures(total: suiteSize)
      if suiteSize == nil {
        Terminal.note(
          "tally: the lists name only what was resolved; items that no list names are unknown. --suite-size N counts them."
        )
      }
    }
    return items
  }

  /// Names that tell inputs apart: short ones, or whole paths where short ones are the same (`old/run.csv`, `new/run.csv`).
  static func labels(_ paths: [String]) -> [String] {
    let names = paths.map(armName)
    return paths.indices.map { place in
      names.count { $0 == names[place] } > 1 ? paths[place] : names[place]
    }
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
