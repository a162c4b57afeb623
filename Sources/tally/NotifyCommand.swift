import ArgumentParser
import Checks
import Gateway
import Guards
import Project
import Records
import Server
import Store

struct NotifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notify",
    abstract: "Try whether alerts arrive, and see which are open.",
    discussion: """
      tally.yaml names under notify who is told when a finding of a schedule
      changes, and `tally serve` tells them:

        schedule: {hourly: {checks: [silent-failure], every: 1h}}
        notify:
          ops: {slack: {env: SLACK_WEBHOOK}}
          page: {pagerduty: {env: PD_ROUTING_KEY}, on: [fail]}

      Examples:
        tally notify test ops     sends a notice that says that it is a test
        tally notify list         what is open, and who was told
      """,
    subcommands: [TestCommand.self, ListCommand.self])

  struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "test", abstract: "Send a notice that says that it is a test, and print what came back.",
      discussion: """
        tally notify test ops
        tally notify test page --project production/tally.yaml

        PagerDuty's incident is resolved at once, Alertmanager's alert ends after five
        minutes. Exit code 0: the target took it. 1: it did not.
        """)
    @Argument(help: "Name of the target under notify in tally.yaml.") var target: String
    @OptionGroup var file: ProjectOption

    func run() async throws {
      let answers: [NoticeTrial.Answer]
      do {
        let (project, path) = try file.load()
        guard let path, let settings = project.notify[target] else {
          let guess = NearestName.nearest(to: target, in: project.notify.ids).map { " Did you mean '\($0)'?" } ?? ""
          throw ValidationError("notify in tally.yaml names no target '\(target)'.\(guess)")
        }
        let noticed = try Schedules.target(target, settings, project, beside: path)
        let now = SystemClock.now()
        let notice = Notice(
          .test, origin: "test", schedule: "test", check: "tally-notify-test", subject: target,
          condition: NoticeCondition(.warn, "TEST"),
          sentence: "Somebody tries whether notices of Tallystick arrive here; nothing is wrong.", at: now,
          openedAt: now)
        answers = try await NoticeTrial.send(to: noticed, notice, clock: SystemClock.now)
      } catch {
        throw Terminal.failOnLedger(error)
      }
      for answer in answers {
        try Terminal.write("\(target) \(answer.isSent ? "took it" : "did not take it"): \(answer.message)")
      }
      if answers.contains(where: { !$0.isSent }) { throw ExitCode(1) }
    }
  }

  struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "What is open, and who was told.",
      discussion: """
        tally notify list
        tally notify list --format json

        What runs when, GET /api/v1/schedule says.
        """)
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(help: "text, or json (tally.notices/1).") var format = Format.text
    @OptionGroup var place: LedgerOption

    func run() async throws {
      do {
        let ledger = try await place.open(create: false)
        let open = try await ledger.keptNotices().filter { $0.state.told != nil }
        try ledger.close()
        switch format {
        case .json:
          var object = JSONObject()
          object["schema"] = .string("tally.notices/1")
          object["open"] = .array(open.map { .object(NotifyCommand.json($0)) })
          try Terminal.write(JSONValue.object(object).rendered())
        case .text where open.isEmpty:
          try Terminal.write("Nothing is open in \(ledger.location).")
        case .text:
          let lines = open.map { notice in
            let told = notice.state.told.map { "\($0.verdict.rawValue.uppercased()) [\($0.code)]" } ?? ""
            let subject = notice.key.subject.isEmpty ? "the check itself" : notice.key.subject
            return """
              \(told) \(notice.key.check): \(subject)
                \(notice.sentence)
                told \(notice.key.target), open since \(notice.state.openedAt.map { "\($0)" } ?? "-")
              """
          }
          try Terminal.write(lines.joined(separator: "\n"))
        }
      } catch {
        throw Terminal.failOnLedger(error)
      }
    }
  }

  private static func json(_ notice: KeptNotice) -> JSONObject {
    var object = JSONObject()
    object["target"] = .string(notice.key.target)
    object["check"] = .string(notice.key.check)
    object["subject"] = .string(notice.key.subject)
    object["verdict"] = notice.state.told.map { .string($0.verdict.rawValue) }
    object["code"] = notice.state.told.map { .string($0.code) }
    object["sentence"] = .string(notice.sentence)
    object["opened_at"] = notice.state.openedAt.map { .string($0.description) }
    object["told_at"] = notice.state.toldAt.map { .string($0.description) }
    return object
  }
}
