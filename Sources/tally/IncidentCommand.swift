import ArgumentParser
import Checks
import Guards
import Project
import Records
import Reports
import Store

struct IncidentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "incident",
    abstract: "Incidents: open one, draft its post-mortem from the ledger, close it with a rate and a test.",
    discussion: """
      An incident is a time in which a system failed at a rate. Nobody can close one
      who does not know the rate, what the system was, and which case of a suite
      stands for it now (INCIDENT_INCOMPLETE).

      Examples:
        tally incident open support --signal csat --onset 2026-03-01T14:00:00Z
        tally incident triage INC-482 --surface model --affected-share 0.12
        tally incident draft INC-482 > post-mortem.md
        tally incident draft INC-482 --format closure > closure.json
        tally incident close INC-482 --closure closure.json
        tally incident dismiss INC-482 --bad 3/1200 --reason "a user's typing"
        tally incident list

      `tally check incident-response` judges the replays: trials of the suite
      replay:ID with the variants `current` and `previous`.
      """,
    subcommands: [
      OpenCommand.self, TriageCommand.self, DraftCommand.self, CloseCommand.self, DismissCommand.self,
      ListCommand.self,
    ])

  static func unknown(_ id: String, _ ledger: Ledger) -> ValidationError {
    ValidationError("\(ledger.location) has no incident '\(id)'; `tally incident list --all` shows which there are.")
  }

  /// Puts the next event of an incident on record.
  static func append(_ incident: IncidentRecord, to ledger: Ledger) async throws {
    _ = try await ledger.append(source: "tally \(Version.current) incident") { try $0.append(.incident(incident)) }
  }
}

/// What is said of an incident when it is opened, and later.
struct IncidentFacts: ParsableArguments {
  @Option(help: ArgumentHelp("The signal of tally.yaml that shows it.", valueName: "name")) var signal: String?
  @Option(help: ArgumentHelp("The tenant that is met, if it is one only.", valueName: "name")) var tenant: String?
  @Option(help: ArgumentHelp("Who answers for it.", valueName: "name")) var owner: String?
  @Option(help: ArgumentHelp("When it began.", valueName: "time")) var onset: String?
  @Option(help: "How much harm one bad answer does: 1 to 4.") var harm: Int?
  @Option(help: ArgumentHelp("The share of the traffic that is met: 0 to 1.", valueName: "share"))
  var affectedShare: Double?
  @Flag(help: "What it does cannot be taken back.") var irreversible = false

  func validate() throws {
    if let harm, !(1...4).contains(harm) { throw ValidationError("--harm is 1 to 4, not \(harm).") }
    if let affectedShare, !(0...1).contains(affectedShare) {
      throw ValidationError("--affected-share is 0 to 1: 0.12 is 12 %.")
    }
  }

  /// Writes down what was said, and the severity that follows.
  func apply(to incident: inout IncidentRecord, now: Instant) throws {
    incident.signal = signal?.identifier ?? incident.signal
    incident.tenant = tenant?.identifier ?? incident.tenant
    incident.owner = owner?.identifier ?? incident.owner
    incident.harm = harm.map(Int64.init) ?? incident.harm
    incident.affectedShare = affectedShare ?? incident.affectedShare
    if irreversible { incident.isIrreversible = true }
    if let onset {
      guard let at = Instant(onset) else {
        throw ValidationError("--onset takes a time such as 2026-03-01T14:00:00Z, not '\(onset)'.")
      }
      guard at <= now else { throw ValidationError("--onset \(onset) has not come yet.") }
      incident.onsetAt = at
    }
    if let harm = incident.harm, let share = incident.affectedShare {
      let points = IncidentSeverity.points(
        harm: Int(harm), affectedShare: share, isIrreversible: incident.isIrreversible ?? false)
      incident.severity = IncidentSeverity(points: points).rawValue
    }
  }
}

extension IncidentCommand {
  struct OpenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "open", abstract: "Open an incident of a feature.",
      discussion: """
        tally incident open support --signal csat --onset 2026-03-01T14:00:00Z --harm 2 --affected-share 0.12
        tally incident open billing --id INC-482 --onset 2026-03-01T14:00:00Z --irreversible
        """)
    @Argument(help: "The feature whose answers are bad.") var feature: String
    @Option(help: ArgumentHelp("Its name; inc-DATE-FEATURE, if left out.", valueName: "id")) var id: String?
    @OptionGroup var facts: IncidentFacts
    @OptionGroup var place: LedgerOption

    func run() async throws {
      do {
        let now = SystemClock.now()
        var incident = IncidentRecord()
        incident.feature = try OrderOption.checked(name: feature, "A feature")
        (incident.state, incident.at, incident.openedAt) = ("open", now, now)
        try facts.apply(to: &incident, now: now)
        incident.attributes = try IncidentCommand.attributes()
        let ledger = try await place.open(create: false)
        let known = Set(try await ledger.read { try $0.incidents().map(\.record.incidentID) })
        if let id {
          let name = try OrderOption.checked(name: id, "An incident")
          guard !known.contains(name) else {
            throw ValidationError("There is an incident '\(name)' already; `tally incident triage` says more of it.")
          }
          incident.incidentID = name
        } else {
          let stem = "inc-\((incident.onsetAt ?? now).dateText)-\(incident.feature)"
          incident.incidentID =
            known.contains(stem) ? (2...).lazy.map { "\(stem)-\($0)" }.first { !known.contains($0) } ?? stem : stem
        }
        try await IncidentCommand.append(incident, to: ledger)
        try ledger.close()
        let severity = incident.severity.map { " (\($0))" } ?? ""
        try Terminal.write(
          "Incident \(incident.incidentID)\(severity) is open.\nNext: tally incident draft \(incident.incidentID)")
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }

  struct TriageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "triage", abstract: "Say more of an incident: whom it meets, and what it comes from.",
      discussion: """
        tally incident triage INC-482 --surface model --reason "replays show it"
        tally incident triage INC-482 --bad 9/50 --affected-share 0.2
        """)
    @Argument(help: "The incident.") var id: String
    @OptionGroup var facts: IncidentFacts
    @Option(help: ArgumentHelp("The part of the system that had changed.", valueName: "surface")) var surface: String?
    @Option(help: ArgumentHelp("The change that made it.", valueName: "id")) var change: String?
    @Option(help: ArgumentHelp("How many answers are bad: x/n.", valueName: "rate")) var bad: String?
    @Option(help: ArgumentHelp("What made you say so.", valueName: "text")) var reason: String?
    @OptionGroup var place: LedgerOption

    func run() async throws {
      do {
        let now = SystemClock.now()
        let ledger = try await place.open(create: false)
        var incident = try await IncidentCommand.standing(id, ledger)
        (incident.state, incident.at) = ("triaged", now)
        try facts.apply(to: &incident, now: now)
        if let surface {
          guard ChangeRecord.surfaces.contains(surface) else {
            throw ValidationError(
              "--surface is one of \(ChangeRecord.surfaces.sorted().joined(separator: ", ")), not '\(surface)'.")
          }
          incident.surfaceFound = surface
        }
        incident.changeID = change?.identifier ?? incident.changeID
        if let bad { try IncidentCommand.apply(rate: bad, "--bad", to: &incident) }
        incident.attributes = try IncidentCommand.attributes(reason: reason)
        try await IncidentCommand.append(incident, to: ledger)
        try ledger.close()
        try Terminal.write("Incident \(incident.incidentID) is triaged\(incident.severity.map { ": \($0)" } ?? "").")
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }

  struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Incidents that are not over, and with --all those that are.",
      discussion: """
        tally incident list
        tally incident list --all --format json
        """)
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Flag(help: "Those that are closed or dismissed too.") var all = false
    @Option(help: "text, or json (a record a line).") var format = Format.text
    @OptionGroup var place: LedgerOption

    func run() async throws {
      do {
        let ledger = try await place.open(create: false)
        let incidents = try await ledger.read { try $0.incidents().map(\.record) }
          .filter { all || !IncidentCommand.isOver($0) }.sorted { $0.at > $1.at }
        try ledger.close()
        switch format {
        case .json: for incident in incidents { try Terminal.write(incident.json.canonical()) }
        case .text where incidents.isEmpty:
          try Terminal.write("No incident is \(all ? "on record" : "open") in \(ledger.location).")
        case .text: try Terminal.write(TextReport.render(incidents, options: .forTable(show: incidents.count)))
        }
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }

  static func isOver(_ incident: IncidentRecord) -> Bool { ["closed", "dismissed"].contains(incident.state) }

  /// An incident that can still be worked on.
  static func standing(_ id: String, _ ledger: Ledger) async throws -> IncidentRecord {
    let name = id.identifier
    guard let incident = try await ledger.read({ try $0.incidents().map(\.record).first { $0.incidentID == name } })
    else { throw unknown(id, ledger) }
    guard !isOver(incident) else {
      throw ValidationError("Incident '\(id)' is \(incident.state) since \(incident.at); open another one.")
    }
    return incident
  }

  /// Who says so, and why.
  static func attributes(reason: String? = nil) throws -> String {
    var object = JSONObject()
    object["by"] = .string(WaiveCommand.user)
    if let reason { object["reason"] = .string(try OrderOption.checked(reason)) }
    return try JSONValue.object(object).canonical()
  }

  /// "9/50".
  static func apply(rate: String, _ name: String, to incident: inout IncidentRecord) throws {
    guard let (bad, total) = IncidentClosure.rate(rate) else {
      throw ValidationError("\(name) takes bad answers of all that were looked at, such as 9/50, not '\(rate)'.")
    }
    (incident.badCount, incident.badTotal) = (Int64(bad), Int64(total))
  }
}
