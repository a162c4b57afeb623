import ArgumentParser
import Glibc

@main struct Tally: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tally",
    abstract: "The record, check and guard of AI in production: verdicts that admit what they do not know.",
    discussion: """
      Examples:
        tally compare before.csv after.csv         two files, one verdict
        tally compare logs/                        every model in a folder, ranked
        tally power --effect 3% --discordant 10%   how many items show 3 points
        tally ingest results/                      keep the history in a ledger
        tally check                                does everything hold that
                                                   tally.yaml declares?

      Reads CSV, TSV, JSON, JSONL, Inspect AI logs, promptfoo results,
      lm-evaluation-harness samples, OpenAI evals and lists of resolved ids.
      The format is told by the content; `-` is standard input.
      """,
    version: Version.current,
    groupedSubcommands: [
      CommandGroup(name: "Evaluate", subcommands: [CompareCommand.self, PowerCommand.self]),
      CommandGroup(
        name: "Observe",
        subcommands: [
          IngestCommand.self, ServeCommand.self, SpansCommand.self, TraceCommand.self, SQLCommand.self,
          ExportCommand.self, RepriceCommand.self,
        ]),
      CommandGroup(
        name: "Decide",
        subcommands: [CheckCommand.self, GateCommand.self, ExplainCommand.self, WaiveCommand.self]),
      CommandGroup(
        name: "Operate",
        subcommands: [
          InitCommand.self, DemoCommand.self, ConfigCommand.self, LedgerCommand.self, KeyCommand.self,
          BreakerCommand.self, FreezeCommand.self, DrillCommand.self, NotifyCommand.self, IncidentCommand.self,
        ]),
    ])

  static func main() async {
    // A reader that leaves early (`| head -1`) must not turn the verdict's exit code into a signal.
    signal(SIGPIPE, SIG_IGN)
    await main(nil)
  }
}
