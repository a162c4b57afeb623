import ArgumentParser
import Checks
import Guards
import Project
import Records
import Reports
import Store

struct GateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate",
    abstract: "May this action go ahead? Runs the checks that a gate of tally.yaml requires.",
    discussion: """
      Examples:
        tally gate merge
        tally gate release --format json
        tally gate release --replay 7d     what it would have refused so far
        tally gate calls --replay 7d       what budgets, breakers, freezes and tenants' limits did to calls

      A gate starts with `mode: observe`: it says what it would refuse and exits
      with 0. With `mode: enforce` it exits with 1 when a required check fails and
      with 2 when one cannot tell; `on_unknown: report` lets the latter pass.
      Waived findings do not count.

      The guards in the path of calls decide by themselves, call by call; there is
      only their replay: what those that only watch (mode: observe) would have
      refused, before somebody enforces them. What enforcing breakers kept back has
      no span: tally_breaker_refusals_total of /metrics counts it.
      """)

  @Argument(help: "Name of the gate in tally.yaml; calls, with --replay, is the guards of calls.") var name: String
  @OptionGroup var file: ProjectOption
  @OptionGroup var place: LedgerOption
  @Option(
    help: ArgumentHelp("Summarise what it would have refused in the time before now: 24h, 7d.", valueName: "time"))
  var replay: String?
  @Option(help: "text, json or markdown.") var format = Format.text

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, markdown
  }

  func run() async throws {
    let code: Int32
    do {
      code = try await answer()
    } catch {
      throw Terminal.failOnLedger(error)
    }
    throw ExitCode(code)
  }

  private func answer() async throws -> Int32 {
    let session = try await CheckSession(project: file, place: place, asOf: nil)
    if name == GateCommand.calls, session.project.gates[name] == nil { return try await replayCalls(session) }
    guard let gate = session.project.gates[name] else {
      let gates = session.project.gates.ids
      throw ValidationError(
        gates.isEmpty
          ? "\(session.projectFile ?? ProjectOption.usualName) declares no gates; `gates: {\(name): {require: [eval-power]}}` is one."
          : "There is no gate '\(name)'. There are: \(gates.joined(separator: ", ")).")
    }
    if let replay { return try await summarise(gate, replay, session) }
    let result = try await session.run(gate.require, store: true)
    try session.ledger.close()
    let entries = result.entries
    let report = GateReport(
      gate: decide(gate, entries), asOf: result.asOf, projectFile: session.projectFile,
      ledger: session.ledger.location)
    let options = ReportOptions.forOutput(show: 5)
    switch format {
    case .text: try Terminal.write(TextReport.render(report, options: options))
    case .json: try Terminal.write(JSONReport.render(report, options: options))
    case .markdown: try Terminal.write(MarkdownReport.render(report, options: options))
    }
    return report.gate.exitCode
  }

  private func decide(_ settings: GateSettings, _ entries: [DecidedFinding]) -> Gate {
    Gate(
      name: name, mode: Gate.Mode(rawValue: settings.mode.rawValue) ?? .observe,
      onUnknown: Gate.OnUnknown(rawValue: settings.onUnknown.rawValue) ?? .refuse,
      required: settings.require.map { check in
        Gate.Requirement(check: check, entries: entries.filter { $0.finding.check == check })
      })
  }

  /// Stands for the guards in the path of calls, unless a gate of tally.yaml is named so.
  private static let calls = "calls"

  private func period(_ replay: String) throws -> (from: Instant, to: Instant) {
    guard let duration = DurationText.parse(replay), duration > .zero else {
      throw ValidationError("--replay takes a duration such as 24h or 7d, not '\(replay)'.")
    }
    let now = SystemClock.now()
    return (now.advanced(by: .zero - duration) ?? Instant(nanoseconds: .min), now)
  }

  private func replayCalls(_ session: CheckSession) async throws -> Int32 {
    guard let replay else {
      throw ValidationError(
        "The guards of calls decide by themselves, call by call. `tally gate calls --replay 7d` says what they did.")
    }
    let (from, to) = try period(replay)
    let summary = try await session.ledger.read { try $0.callReplay(from: from, to: to) }
    try session.ledger.close()
    let options = ReportOptions.forOutput(show: 5)
    let enforces = session.project.breakers?.mode == .enforce
    switch format {
    case .text: try Terminal.write(TextReport.render(summary, breakersEnforce: enforces, options: options))
    case .json: try Terminal.write(JSONReport.render(summary, breakersEnforce: enforces, options: options))
    case .markdown: try Terminal.write(MarkdownReport.render(summary, breakersEnforce: enforces, options: options))
    }
    return 0
  }

  /// What the findings on record would have meant to this gate: those of one run bear the same time.
  private func summarise(_ gate: GateSettings, _ replay: String, _ session: CheckSession) async throws -> Int32 {
    let (from, now) = try period(replay)
    let (findings, waivers) = try await session.ledger.read { snapshot in
      (try snapshot.findings(since: from), try snapshot.waivers())
    }
    try session.ledger.close()
    let runs = Dictionary(grouping: findings.filter { gate.require.contains($0.check) }, by: \.at)
    let decided = runs.sorted { $0.key < $1.key }.map { at, findings in
      let result = RecordedRun(findings, waivers: waivers, asOf: at)
      return (at: at, gate: decide(gate, result.entries))
    }
    let summary = GateReplay(name: name, from: from, to: now, of: decided)
    let options = ReportOptions.forOutput(show: 5)
    switch format {
    case .text: try Terminal.write(TextReport.render(summary, options: options))
    case .json: try Terminal.write(JSONReport.render(summary, options: options))
    case .markdown: try Terminal.write(MarkdownReport.render(summary, options: options))
    }
    return 0
  }
}
