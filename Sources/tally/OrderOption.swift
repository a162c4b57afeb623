import ArgumentParser
import Guards
import Records

/// Why something is ordered, and until when.
struct OrderOption: ParsableArguments {
  @Option(help: ArgumentHelp("Why, for those who read it later.", valueName: "text")) var reason: String
  @Option(
    help: ArgumentHelp(
      "When it ends: a time, a date, or how long: 30m, 12h; \(StandingOrder.longestDays) days at most.",
      valueName: "when"))
  var expires: String

  func order(now: Instant) throws -> StandingOrder {
    StandingOrder(
      reason: try OrderOption.checked(reason), actor: WaiveCommand.user, at: now,
      expiresAt: try OrderOption.end(expires, from: now))
  }

  /// The words of a reason.
  static func checked(_ reason: String) throws -> String {
    guard reason.split(separator: " ").count >= 2 else {
      throw ValidationError("--reason is for the people who read it later: say in a few words why.")
    }
    return reason
  }

  static func end(_ text: String, from now: Instant) throws -> Instant {
    guard let end = DurationText.parse(text).flatMap({ now.advanced(by: $0) }) ?? Instant(text) else {
      throw ValidationError(
        "--expires takes a time (2026-03-01T12:00:00Z), a date or a duration (30m, 12h), not '\(text)'.")
    }
    guard end > now else { throw ValidationError("--expires \(text) is over already.") }
    guard end <= now.adding(days: StandingOrder.longestDays) else {
      throw ValidationError(
        "It lasts \(StandingOrder.longestDays) days at most: what is to stay for longer belongs into tally.yaml.")
    }
    return end
  }

  /// The name of something that is ordered about.
  static func checked(name: String, _ what: String) throws -> String {
    let isPlain = !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
    guard isPlain, (1...1_024).contains(name.utf8.count) else {
      throw ValidationError("\(what) has a name of 1 to 1,024 bytes, without control characters.")
    }
    return name.identifier
  }
}
