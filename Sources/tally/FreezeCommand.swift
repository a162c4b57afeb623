import ArgumentParser
import Checks
import Guards
import Project
import Records
import Reports
import Store

struct FreezeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "freeze",
    abstract: "Keep a feature or a model as it was: for a while, only calls that are as those before are made.",
    discussion: """
      In an incident, the first thing is that nothing else changes. A freeze looks
      up how calls of a feature (or of a model) were made, and from then on every
      `tally serve` of the ledger refuses others, with 403 FROZEN, within two
      seconds. Who froze it, why and until when is on record.

      Examples:
        tally freeze support-bot --reason "wrong prices since 14:00" --expires 4h
        tally freeze support-bot --as-of 2026-03-01T13:55:00Z --reason "before the rollout" --expires 4h
        tally freeze gpt-4o --pin model --reason "no other model meanwhile" --expires 1d
        tally freeze support-bot --stop --reason "it tells secrets" --expires 1h
        tally freeze release support-bot --reason "mended in 3f2c"
        tally freeze list

      What is pinned: `--pin config` (model, parameters, system prompt and tools
      together), `prompt` (its name and version, x-tally-prompt) or `model`. What a
      gateway does not see, such as an index, a freeze does not hold.
      """,
    subcommands: [SetCommand.self, ReleaseCommand.self, ListCommand.self], defaultSubcommand: SetCommand.self)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  /// By what calls are known again, as `CallFreeze.Pin` says.
  enum Pin: String, ExpressibleByArgument, CaseIterable {
    case config, prompt, model

    var pin: CallFreeze.Pin {
      switch self {
      case .config: .config
      case .prompt: .prompt
      case .model: .model
      }
    }
  }

  /// What is said of one freeze (`tally.freeze/1`).
  static func json(_ freeze: CallFreeze) throws -> String {
    var object = JSONObject()
    object["schema"] = .string("tally.freeze/1")
    object["freeze"] = .object(freeze.json)
    return try JSONValue.object(object).rendered()
  }
}

extension FreezeCommand {
  /// What is frozen.
  struct SubjectOption: ParsableArguments {
    @Argument(help: "A feature, or a model as callers name it.") var name: String
    @Flag(help: "It is a feature, although a model is named so too.") var feature = false
    @Flag(help: "It is a model, although a feature is named so too.") var model = false

    func validate() throws {
      guard !(feature && model) else { throw ValidationError("It is either a --feature or a --model.") }
    }

    /// Whether what is named may be meant.
    func allows(_ subject: CallFreeze.Subject) -> Bool {
      if case .feature = subject { !model } else { !feature }
    }

    /// - Parameter calls: how many calls there were of the feature and of the model of this name.
    func subject(_ calls: (feature: Int64, model: Int64)) throws -> CallFreeze.Subject {
      let name = try OrderOption.checked(name: name, "A feature or a model")
      if feature { return .feature(name) }
      if model { return .model(name) }
      guard calls.feature == 0 || calls.model == 0 else {
        throw ValidationError(
          "There are calls of a feature '\(name)' and of a model '\(name)': add --feature or --model.")
      }
      return calls.model > 0 ? .model(name) : .feature(name)
    }
  }

  struct SetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "set", abstract: "Freeze something (the word `set` may be left out).",
      discussion: """
        tally freeze support-bot --reason "wrong prices since 14:00" --expires 4h
        tally freeze set list --reason "a feature that is named list" --expires 4h
        """)
    @OptionGroup var what: SubjectOption
    @OptionGroup var order: OrderOption
    @Option(help: "By what calls are known again: config, prompt or model.") var pin = Pin.config
    @Flag(help: "Let no call pass at all.") var stop = false
    @Flag(help: "Let all calls pass, and write down which would have been refused.") var observe = false
    @Option(help: ArgumentHelp("How calls were made up to then; now, if left out.", valueName: "time")) var asOf:
      String?
    @Option(help: ArgumentHelp("How far back from there calls are looked at.", valueName: "time")) var since = "24h"
    @Option(help: "text, or json (tally.freeze/1).") var format = Format.text
    @OptionGroup var place: LedgerOption

    func run() async throws {
      do {
        let now = SystemClock.now()
        let order = try order.order(now: now)
        guard let span = DurationText.parse(since), span > .zero else {
          throw ValidationError("--since takes a duration such as 24h or 7d, not '\(since)'.")
        }
        guard
          let end = try asOf.map({ text -> Instant in
            guard let instant = Instant(text) else {
              throw ValidationError("--as-of takes a time such as 2026-03-01T13:55:00Z, not '\(text)'.")
            }
            return instant
          }) ?? now.advanced(by: .seconds(1)), let from = end.advanced(by: .zero - span)
        else {
          throw ValidationError("--since \(since) reaches back too far.")
        }
        let ledger = try await place.open(create: false)
        let (name, pin) = (what.name.identifier, pin.pin)
        let (feature, model) = try await ledger.read { snapshot in
          (
            try snapshot.pinnedCalls(of: .feature(name), by: pin, from: from, to: end),
            try snapshot.pinnedCalls(of: .model(name), by: pin, from: from, to: end)
          )
        }
        let held = try await ledger.callOrders().inForce(at: now).freezes
        let subject: CallFreeze.Subject
        if let frozen = held.first(where: { $0.subject.name == name && what.allows($0.subject) }) {
          subject = frozen.subject
        } else {
          subject = try what.subject((feature.calls, model.calls))
        }
        var pinned = if case .feature = subject { feature } else { model }
        // What is frozen already stays as it was before that, whatever has passed since.
        if asOf == nil, let began = held.first(where: { $0.subject == subject })?.order.at,
          let from = began.advanced(by: .zero - span)
        {
          pinned = try await ledger.read { try $0.pinnedCalls(of: subject, by: pin, from: from, to: began) }
        }
        if !stop { try FreezeCommand.check(pinned, subject, pin, from: from, to: end) }
        let freeze = CallFreeze(
          subject, pin: pin, allowed: stop ? nil : pinned.values, mode: observe ? .observe : .enforce, order: order)
        try await ledger.give(.freeze(freeze))
        try ledger.close()
        switch format {
        case .json: try Terminal.write(FreezeCommand.json(freeze))
        case .text: try Terminal.write(FreezeCommand.sentence(freeze, pinned))
        }
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }

  /// A freeze that lets nothing pass by accident, or that the next call would break, helps nobody.
  static func check(
    _ pinned: PinnedCalls, _ subject: CallFreeze.Subject, _ pin: CallFreeze.Pin, from: Instant, to: Instant
  ) throws {
    let what = "the \(subject.word) '\(subject.name)'"
    guard pinned.calls > 0 else {
      throw ValidationError(
        "There is no call of \(what) between \(from) and \(to), so nothing says what is to be kept. Look further back with --since, or add --stop to let no call pass."
      )
    }
    let (values, known) = (pinned.values.count, pinned.calls - (pinned.counts[nil] ?? 0))
    guard values > 0 else {
      throw ValidationError(
        "None of the \(pinned.calls) calls of \(what) has a \(pin.rawValue) by which it could be known again; try --pin model."
      )
    }
    guard values <= 20 || Int64(values) * 10 <= known else {
      throw ValidationError(
        "The \(known) calls of \(what) have \(values) different values of \(pin.rawValue): it changes from call to call (a date or a name in the system prompt does that), and the next call would be refused. Use --pin prompt or --pin model."
      )
    }
  }

  static func sentence(_ freeze: CallFreeze, _ pinned: PinnedCalls) -> String {
    let what = "The \(freeze.subject.word) '\(freeze.subject.name)'"
    let end = freeze.order.expiresAt
    let watch = freeze.mode == .observe ? " It only watches: calls pass, and their spans say freezes_observed." : ""
    guard let allowed = freeze.allowed else { return "\(what) is stopped until \(end): no call of it is made.\(watch)" }
    let noun =
      switch freeze.pin {
      case .config: allowed.count == 1 ? "configuration" : "configurations"
      case .prompt: allowed.count == 1 ? "prompt version" : "prompt versions"
      case .model: allowed.count == 1 ? "model" : "models"
      }
    let which =
      freeze.pin == .config
      ? "" : " (\(allowed.sorted().prefix(5).joined(separator: ", "))\(allowed.count > 5 ? ", …" : ""))"
    return
      "\(what) is frozen until \(end) to the \(allowed.count) \(noun)\(which) of \(pinned.calls) \(pinned.calls == 1 ? "call" : "calls").\(watch)"
  }

  struct ReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "release", abstract: "End a freeze before its time.",
      discussion: """
        tally freeze release support-bot --reason "mended in 3f2c"
        """)
    @OptionGroup var what: SubjectOption
    @Option(help: ArgumentHelp("Why, for those who read it later.", valueName: "text")) var reason: String
    @Option(help: "text, or json (tally.freeze/1).") var format = Format.text
    @OptionGroup var place: LedgerOption

    func run() async throws {
      do {
        let reason = try OrderOption.checked(reason)
        let ledger = try await place.open(create: false)
        let now = SystemClock.now()
        let name = what.name.identifier
        let held = try await ledger.callOrders().inForce(at: now).freezes.map(\.subject).filter { $0.name == name }
        func count(_ word: String) -> Int64 { Int64(held.filter { $0.word == word }.count) }
        let subject = try what.subject((count("feature"), count("model")))
        let order = try await ledger.takeBack(.freeze, subject.text, actor: WaiveCommand.user, reason: reason)
        try ledger.close()
        guard case .freeze(let freeze) = order else { return }
        switch format {
        case .json: try Terminal.write(FreezeCommand.json(freeze))
        case .text: try Terminal.write("The \(subject.word) '\(subject.name)' is frozen no longer.")
        }
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }

  struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "What is frozen, by whom, why and until when.",
      discussion: """
        tally freeze list
        tally freeze list --format json
        """)
    @Option(help: "text, or json (tally.freezes/1).") var format = Format.text
    @OptionGroup var place: LedgerOption

    func run() async throws {
      do {
        let ledger = try await place.open(create: false)
        let freezes = try await ledger.callOrders().inForce(at: SystemClock.now()).freezes
        try ledger.close()
        switch format {
        case .json:
          var object = JSONObject()
          object["schema"] = .string("tally.freezes/1")
          object["freezes"] = .array(freezes.map { .object($0.json) })
          try Terminal.write(JSONValue.object(object).rendered())
        case .text where freezes.isEmpty: try Terminal.write("Nothing is frozen in \(ledger.location).")
        case .text: try Terminal.write(OrdersText(freezes: freezes, options: .forTable(show: freezes.count)).text)
        }
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }
}
