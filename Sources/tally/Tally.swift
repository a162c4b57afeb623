import ArgumentParser
import Glibc

@main struct Tally: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tally",
    abstract: "Is it better? A verdict on evaluation results that admits what it does not know.",
    discussion: """
      Examples:
        tally compare before.csv after.csv         two files, one verdict
        tally compare logs/                        every model in a folder, ranked
        tally power --effect 3% --discordant 10%   how many items show 3 points
        tally ingest before.csv after.csv          into the ledger, once

      Reads CSV, TSV, JSON, JSONL, Inspect AI logs, promptfoo results,
      lm-evaluation-harness samples, OpenAI evals and lists of resolved ids.
      The format is told by the content; `-` is standard input.
      """,
    version: Version.current,
    subcommands: [CompareCommand.self, PowerCommand.self, IngestCommand.self])

  static func main() async {
    // A reader that leaves early (`| head -1`) must not turn the verdict's exit code into a signal.
    signal(SIGPIPE, SIG_IGN)
    await main(nil)
  }
}
