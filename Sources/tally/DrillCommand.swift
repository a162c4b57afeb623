import ArgumentParser
import Guards
import Records
import Reports
import Store

struct DrillCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drill",
    abstract: "Play a failure of models to the calls of chosen keys, to see what an application does then.",
    discussion: """
      Only calls with these keys meet it, on every `tally serve` of the ledger within
      two seconds. Fallbacks are made as in earnest; breakers are not told, because
      they are about everybody's calls. Spans say `drill`, and replies x-tally-drill.

      Examples:
        tally drill errors --status 529 --share 0.3 --key staging --reason "does it retry?" --expires 15m
        tally drill latency --delay 8s --key staging --reason "does the page time out?" --expires 15m
        tally drill empty --key staging --model gpt-4o --reason "an empty answer" --expires 15m
        tally drill end errors --reason "seen enough"
        tally drill list
      """,
    subcommands: [ErrorsCommand.self, LatencyCommand.self, EmptyCommand.self, EndCommand.self, ListCommand.self])

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  /// What is said of one drill (`tally.drill/1`).
  static func json(_ drill: CallDrill) throws -> String {
    var object = JSONObject()
    object["schema"] = .string("tally.drill/1")
    object["drill"] = .object(drill.json)
    return try JSONValue.object(object).rendered()
  }
}

extension DrillCommand {
  struct Flags: ParsableArguments {
    @Option(help: ArgumentHelp("A key whose calls meet it; may be said again.", valueName: "name")) var key: [String]
    @Option(help: ArgumentHelp("Only calls that ask for this model.", valueName: "name")) var model: String?
    @Option(help: ArgumentHelp("Which share of the calls meets it, 0 to 1.", valueName: "share")) var share = 1.0
    @Option(help: ArgumentHelp("Names the drill, to end it by; the kind of failure, if left out.", valueName: "name"))
    var name: String?
    @OptionGroup var order: OrderOption
    @Option(help: "text, or json (tally.drill/1).") var format = Format.text
    @OptionGroup var place: LedgerOption

    func give(_ fault: CallDrill.Fault) async throws {
      do {
        guard share > 0, share <= 1 else { throw ValidationError("--share is more than 0 and at most 1.") }
        let now = SystemClock.now()
        let ledger = try await place.open(create: false)
        let keys = try await ledger.keys().values.filter { $0.state(at: now) == .active }.map(\.name)
        for wanted in key where !keys.contains(wanted.identifier) {
          let guess = NearestName.nearest(to: wanted, in: keys).map { " Did you mean '\($0)'?" } ?? ""
          throw ValidationError("There is no key '\(wanted)' that is in force.\(guess) `tally key list` lists them.")
        }
        let drill = CallDrill(
          try OrderOption.checked(name: name ?? fault.word, "A drill"), fault, keys: Set(key.map(\.identifier)),
          model: model?.identifier, share: share, order: try order.order(now: now))
        try await ledger.give(.drill(drill))
        try ledger.close()
        switch format {
        case .json: try Terminal.write(DrillCommand.json(drill))
        case .text: try Terminal.write(DrillCommand.sentence(drill))
        }
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }

  static func sentence(_ drill: CallDrill) -> String {
    let share = drill.share < 1 ? "A share of \(drill.share) of the calls" : "Calls"
    let keys = drill.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
    let model = drill.model.map { " for \($0)" } ?? ""
    let what =
      switch drill.fault {
      case .latency(let delay): "take \(delay) longer"
      case .status(let status): "are answered with \(status)"
      case .empty: "are answered with nothing"
      }
    return
      "\(share) of \(keys)\(model) \(what) until \(drill.order.expiresAt); `tally drill end \(drill.name)` ends it."
  }

  struct ErrorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "errors", abstract: "Answer with an error; nobody is asked.",
      discussion: """
        tally drill errors --status 529 --share 0.3 --key staging --reason "does it retry?" --expires 15m
        """)
    @Option(help: ArgumentHelp("The status of the answers.", valueName: "400-599")) var status = 503
    @OptionGroup var flags: Flags

    func validate() throws {
      guard (400...599).contains(status) else { throw ValidationError("--status is one of an error: 400 to 599.") }
    }

    func run() async throws { try await flags.give(.status(status)) }
  }

  struct LatencyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "latency", abstract: "Make calls later than they were asked for.",
      discussion: """
        tally drill latency --delay 8s --key staging --reason "does the page time out?" --expires 15m
        """)
    @Option(
      help: ArgumentHelp("How much later: 500ms, 8s; ten minutes at most.", valueName: "time"),
      transform: LatencyCommand.delay)
    var delay: Duration
    @OptionGroup var flags: Flags

    func run() async throws { try await flags.give(.latency(delay)) }

    private static func delay(_ text: String) throws -> Duration {
      guard let delay = DurationText.parse(text), delay > .zero, delay <= .seconds(600) else {
        throw ValidationError("--delay takes a duration such as 500ms or 8s, of ten minutes at most, not '\(text)'.")
      }
      return delay
    }
  }

  struct EmptyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "empty", abstract: "Answer with a success that says nothing; nobody is asked.",
      discussion: """
        tally drill empty --key staging --reason "an empty answer" --expires 15m
        """)
    @OptionGroup var flags: Flags
    func run() async throws { try await flags.give(.empty) }
  }

  struct EndCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "end", abstract: "End a drill before its time.",
      discussion: """
        tally drill end errors --reason "seen enough"
        """)
    @Argument(help: "Its name; `tally drill list` lists them.") var name: String
    @Option(help: ArgumentHelp("Why, for those who read it later.", valueName: "text")) var reason: String
    @Option(help: "text, or json (tally.drill/1).") var format = Format.text
    @OptionGroup var place: LedgerOption

    func run() async throws {
      do {
        let reason = try OrderOption.checked(reason)
        let ledger = try await place.open(create: false)
        let order = try await ledger.takeBack(.drill, name.identifier, actor: WaiveCommand.user, reason: reason)
        try ledger.close()
        guard case .drill(let drill) = order else { return }
        switch format {
        case .json: try Terminal.write(DrillCommand.json(drill))
        case .text: try Terminal.write("The drill '\(drill.name)' has ended.")
        }
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }

  struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Drills that are under way.",
      discussion: """
        tally drill list
        tally drill list --format json
        """)
    @Option(help: "text, or json (tally.drills/1).") var format = Format.text
    @OptionGroup var place: LedgerOption

    func run() async throws {
      do {
        let ledger = try await place.open(create: false)
        let drills = try await ledger.callOrders().inForce(at: SystemClock.now()).drills
        try ledger.close()
        switch format {
        case .json:
          var object = JSONObject()
          object["schema"] = .string("tally.drills/1")
          object["drills"] = .array(drills.map { .object($0.json) })
          try Terminal.write(JSONValue.object(object).rendered())
        case .text where drills.isEmpty: try Terminal.write("No drill is under way in \(ledger.location).")
        case .text: try Terminal.write(OrdersText(drills: drills, options: .forTable(show: drills.count)).text)
        }
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }
}
