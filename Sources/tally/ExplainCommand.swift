import ArgumentParser
import Checks

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "What a check does, reads and decides, with its thresholds; without a name, the list of checks.",
    discussion: """
      Examples:
        tally explain
        tally explain eval-power
      """)

  @Argument(help: "Id of a check.")
  var check: String?

  func run() throws {
    guard let check else {
      let width = Catalogue.checks.map { $0.id.count }.max() ?? 0
      let lines = Catalogue.checks.map { check in
        check.id + String(repeating: " ", count: width - check.id.count + 2) + check.question
      }
      return try Terminal.write(lines.joined(separator: "\n"))
    }
    guard let manual = Catalogue.manual(of: check) else { throw UnknownCheck(check) }
    try Terminal.write(manual)
  }
}

/// A name that is no check's.
struct UnknownCheck: Error, CustomStringConvertible {
  let description: String

  init(_ name: String) {
    let ids = Catalogue.checks.map { $0.id }
    let remedy =
      Catalogue.nearest(to: name).map { "Did you mean '\($0)'?" } ?? "There are: \(ids.joined(separator: ", "))."
    description = "'\(name)' is no check. \(remedy)"
  }
}
