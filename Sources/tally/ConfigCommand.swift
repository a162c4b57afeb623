import ArgumentParser
import Checks
import Project
import Records

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Check the project file; show every setting that holds and where it comes from.",
    discussion: """
      Examples:
        tally config                    says whether tally.yaml can be read
        tally config --effective        every setting, its value, file and line
        tally config --schema > tally.schema.json

      With the schema an editor completes and checks tally.yaml while you type:
        # yaml-language-server: $schema=tally.schema.json
      """)

  @OptionGroup var place: ProjectOption
  @Flag(help: "Print every setting with its origin.") var effective = false
  @Flag(help: "Print the JSON Schema of the project file.") var schema = false

  func run() throws {
    do {
      if schema { return try Terminal.write(try ProjectSchema.json(policies: Catalogue.policies).rendered()) }
      let (project, file) = try place.load()
      if effective {
        let lines = project.effective(policies: Catalogue.policies)
        return try Terminal.write(lines.map(\.description).joined(separator: "\n"))
      }
      guard let file else { throw ExitCode(64) }
      try Terminal.write("\(file) can be read: \(ConfigCommand.summary(project)).")
    } catch let code as ExitCode {
      throw code
    } catch {
      throw Terminal.fail(error)
    }
  }

  private static func summary(_ project: Project) -> String {
    let sections: [(Int, String)] = [
      (project.suites.ids.count, "suite"), (project.slices.ids.count, "slice"),
      (project.features.ids.count, "feature"), (project.useCases.ids.count, "use case"),
      (project.classifiers.ids.count, "classifier"), (project.pipelines.ids.count, "pipeline"),
      (project.models.ids.count, "model"), (project.prices.count, "price table"),
      (project.redaction.find.count + project.redaction.patterns.count, "redaction"), (project.gates.ids.count, "gate"),
      (project.forward.ids.count, "forward target"),
    ]
    let parts = sections.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
    return parts.isEmpty ? "it declares nothing yet" : parts.joined(separator: ", ")
  }
}
