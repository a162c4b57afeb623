import ArgumentParser
import Checks
import Guards
import Project
import Records
import Reports
import Store

extension IncidentCommand {
  struct DraftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "draft", abstract: "Write the post-mortem, as far as the ledger knows it.",
      discussion: """
        Examples:
          tally incident draft INC-482 > post-mortem.md
          tally incident draft INC-482 --format closure > closure.json
          tally incident draft INC-482 --as-of 2026-03-02T00:00:00Z

        What changed before it began, with the bad answers of each version; what the
        replays show; whom it met; what happened when; and of each field that must be
        known before it is closed, what the incident says and what the ledger shows.
        Fields of --format closure of which nothing is known are "tbd": with that, no
        incident can be closed.
        """)
    enum Format: String, ExpressibleByArgument, CaseIterable { case markdown, json, closure }

    @Argument(help: "The incident.") var id: String
    @Option(help: "markdown; json (tally.incident-draft/1); or closure: what `close` takes.") var format =
      Format.markdown
    @Option(
      help: ArgumentHelp("As the ledger was then; now, if left out.", valueName: "time"), transform: PastMoment.parse)
    var asOf: Instant?
    @OptionGroup var declared: ProjectOption
    @OptionGroup var place: LedgerOption

    func run() async throws {
      do {
        let (project, file) = try declared.load()
        let ledger = try await place.open(at: place.location(project, file: file), create: false)
        let (name, now) = (id.identifier, SystemClock.now())
        let draft = try await ledger.read(asOf: asOf) {
          try IncidentResponse.draft(of: name, project: project, ledger: $0, now: now)
        }
        try ledger.close()
        guard let draft else { throw IncidentCommand.unknown(id, ledger) }
        switch format {
        case .markdown: try Terminal.write(MarkdownReport.render(draft))
        case .json: try Terminal.write(draft.json.rendered())
        case .closure: try Terminal.write(JSONValue.object(draft.closure).rendered())
        }
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }

  struct CloseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "close", abstract: "Close an incident: with a rate, with what the system was, and with a test.",
      discussion: """
        tally incident draft INC-482 --format closure > closure.json
        tally incident close INC-482 --closure closure.json

        It is refused (INCIDENT_INCOMPLETE, exit code 1) while a field is missing,
        blank, or a word for nothing such as "n/a" or "tbd"; while bad_rate is not
        x/n; and while no suite has the item that regression_item_id names.
        """)
    @Argument(help: "The incident.") var id: String
    @Option(help: ArgumentHelp("A JSON file with the fields of the closure.", valueName: "file")) var closure: String
    @OptionGroup var declared: ProjectOption
    @OptionGroup var place: LedgerOption

    func run() async throws {
      do {
        let object = try IncidentCommand.closure(in: closure)
        let (project, file) = try declared.load()
        let ledger = try await place.open(at: place.location(project, file: file), create: false)
        var incident = try await IncidentCommand.standing(id, ledger)
        let now = SystemClock.now()
        (incident.state, incident.at, incident.closedAt) = ("closed", now, now)
        incident.closure = try JSONValue.object(object).canonical()
        if let rate = object["bad_rate"]?.text, let (bad, total) = IncidentClosure.rate(rate) {
          (incident.badCount, incident.badTotal) = (Int64(bad), Int64(total))
        }
        if let item = object["regression_item_id"]?.text { incident.regressionItemID = item.identifier }
        incident.attributes = try IncidentCommand.attributes()
        try await IncidentCommand.end(incident, project, ledger)
        try ledger.close()
        try Terminal.write(
          "Incident \(incident.incidentID) is closed: \(incident.badCount ?? 0) of \(incident.badTotal ?? 0) answers were bad, and \(incident.regressionItemID ?? "") stands for them."
        )
      } catch let code as ExitCode {
        throw code
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }

  struct DismissCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "dismiss", abstract: "Say that an incident was none; who does must know its rate.",
      discussion: """
        tally incident dismiss INC-482 --bad 3/1200 --reason "one user's typing"
        """)
    @Argument(help: "The incident.") var id: String
    @Option(help: ArgumentHelp("How many answers were bad: x/n.", valueName: "rate")) var bad: String
    @Option(help: ArgumentHelp("Why it was none, for those who read it later.", valueName: "text")) var reason: String
    @OptionGroup var declared: ProjectOption
    @OptionGroup var place: LedgerOption

    func run() async throws {
      do {
        let (project, file) = try declared.load()
        let ledger = try await place.open(at: place.location(project, file: file), create: false)
        var incident = try await IncidentCommand.standing(id, ledger)
        let now = SystemClock.now()
        (incident.state, incident.at, incident.closedAt) = ("dismissed", now, now)
        try IncidentCommand.apply(rate: bad, "--bad", to: &incident)
        incident.attributes = try IncidentCommand.attributes(reason: reason)
        try await IncidentCommand.end(incident, project, ledger)
        try ledger.close()
        try Terminal.write("Incident \(incident.incidentID) is dismissed: \(reason)")
      } catch let code as ExitCode {
        throw code
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }

  /// Puts the end of an incident on record, or says what it lacks.
  private static func end(_ incident: IncidentRecord, _ project: Project, _ ledger: Ledger) async throws {
    let fields = project.policy(IncidentResponse.Policy.self, subject: []).value.closureFields
    let required = IncidentClosure.required(fields, of: incident)
    let missing = try await ledger.read { snapshot in
      try IncidentClosure.missing(required, of: incident) { try snapshot.hasSuiteItem($0) }
    }
    guard missing.isEmpty else {
      try ledger.close()
      Terminal.note(
        "tally: \(IncidentClosure.refusal): incident \(incident.incidentID) stays as it is, because it does not say \(missing.joined(separator: ", ")). `tally incident draft \(incident.incidentID) --format closure` shows what the ledger knows."
      )
      throw ExitCode(1)
    }
    try await append(incident, to: ledger)
  }

  /// The fields of a closure, from a file.
  static func closure(in path: String) throws -> JSONObject {
    let bytes = Array(
      try SmallFile.text(path) { ValidationError("\(path) cannot be read: \($0).") }.utf8)
    do {
      guard case .object(let object) = try JSONValue(parsing: bytes) else {
        throw ValidationError("\(path): the fields of a closure are a JSON object: {\"bad_rate\": \"9/50\", …}.")
      }
      return object
    } catch let malformed as JSONValue.Malformed {
      let before = bytes.prefix(malformed.offset)
      let line = before.count { $0 == 0x0A } + 1
      let column = malformed.offset - (before.lastIndex(of: 0x0A) ?? -1)
      throw ValidationError("\(path):\(line):\(column): \(malformed.problem).")
    }
  }
}
