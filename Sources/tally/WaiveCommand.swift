import ArgumentParser
import Checks
import Glibc
import Project
import Records
import Store

struct WaiveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "waive",
    abstract: "Live with a finding for a while: who, why and until when go on record.",
    discussion: """
      Examples:
        tally waive eval-power triage --reason "holiday traffic, rerun Monday" --expires 7d
        tally waive slice-coverage triage --reason "refund flow is off" --expires 2026-03-01

      The finding stays visible and does not count for exit codes and gates until
      the waiver expires, after \(Waiver.longestDays) days at the latest. A new waiver of the same
      check and subject replaces the older one; --expires 0d ends it now.
      """)

  @Argument(help: "Id of the check.") var check: String
  @Argument(help: "Subject of the finding, as `tally check` prints it.") var subject: String

  @Option(help: ArgumentHelp("Why this is acceptable for now.", valueName: "text")) var reason: String
  @Option(help: ArgumentHelp("A time, a date, or how long: 12h, 7d.", valueName: "when")) var expires: String
  @Option(help: ArgumentHelp("Who answers for it; else the user's name.", valueName: "name")) var owner: String?
  @OptionGroup var place: LedgerOption

  func run() async throws {
    do {
      let waiver = try await waive()
      let until = waiver.expiresAt > waiver.at ? "until \(waiver.expiresAt)" : "no longer"
      try Terminal.write("\(check) of \(subject) is waived \(until), by \(waiver.owner): \(waiver.reason)")
    } catch {
      throw Terminal.failOnLedger(error)
    }
  }

  private func waive() async throws -> Waiver {
    guard Catalogue.check(check) != nil else { throw UnknownCheck(check) }
    guard reason.split(separator: " ").count >= 2 else {
      throw ValidationError("--reason is for the people who read it later: say in a few words why this is acceptable.")
    }
    let now = SystemClock.now()
    let waiver = Waiver(
      check: check, subject: subject, owner: owner ?? WaiveCommand.user, reason: reason, at: now,
      expiresAt: try WaiveCommand.end(expires, from: now))
    let ledger = try await place.open(create: false)
    let isKnown = try await ledger.read { try !$0.findings(check: check, subject: subject, limit: 1).isEmpty }
    if !isKnown {
      Terminal.note("tally: no finding of \(check) on '\(subject)' is on record yet; the waiver waits for one")
    }
    _ = try await ledger.append(source: "tally \(Version.current) waive") { try $0.append(.waiver(waiver)) }
    try ledger.close()
    return waiver
  }

  static var user: String { getenv("USER").map { String(cString: $0) } ?? "unknown" }

  /// The end of a waiver.
  static func end(_ text: String, from now: Instant) throws -> Instant {
    let end: Instant
    if let duration = DurationText.parse(text) {
      end = now.advanced(by: duration) ?? now
    } else if let instant = Instant(text) {
      end = instant
    } else {
      throw ValidationError(
        "--expires takes a time (2026-03-01T12:00:00Z), a date or a duration (12h, 7d), not '\(text)'.")
    }
    guard end >= now else { throw ValidationError("--expires \(text) is over already.") }
    guard end <= now.adding(days: Waiver.longestDays) else {
      throw ValidationError("A waiver lasts \(Waiver.longestDays) days at most; mend it or decide again then.")
    }
    return end
  }
}
