public import Records

extension Shape where Value == Duration {
  /// A length of time of whole seconds, minutes, hours or days: `30s`, `15m`, `24h`, `7d`; not zero, at most 36500 days.
  public static var duration: Shape {
    Shape(
      expected: "a duration in seconds, minutes, hours or days", example: "7d",
      schema: JSONObject(["type": "string", "pattern": "^[1-9][0-9]*[smhd]$"]),
      parse: { text, _ in DurationText.duration(text) },
      show: { duration in
        let text = DurationText.text(duration)
        return .value(.string(text), literal: text)
      })
  }
}

extension Shape where Value == Duration {
  /// A length of time down to the millisecond, for what is measured in fractions of a second: `250ms`, `6s`, `15m`; not zero.
  public static var shortDuration: Shape {
    Shape(
      expected: "a duration in milliseconds, seconds, minutes, hours or days", example: "250ms",
      schema: JSONObject(["type": "string", "pattern": "^[1-9][0-9]*(ms|[smhd])$"]),
      parse: { text, _ in DurationText.short(text) },
      show: { duration in
        let text = DurationText.shortText(duration)
        return .value(.string(text), literal: text)
      })
  }
}

enum DurationText {
  private static let units: [(letter: String, seconds: Int64)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]
  private static let mostSeconds: Int64 = 36_500 * 86_400

  static func duration(_ text: String) -> Duration? {
    guard let unit = units.first(where: { text.hasSuffix($0.letter) }), !text.hasPrefix("0"),
      let count = NumberText.integer(String(text.dropLast())), count > 0, Int64(count) <= mostSeconds / unit.seconds
    else { return nil }
    return .seconds(Int64(count) * unit.seconds)
  }

  static func short(_ text: String) -> Duration? {
    guard text.hasSuffix("ms") else { return duration(text) }
    guard !text.hasPrefix("0"), let count = NumberText.integer(String(text.dropLast(2))), count > 0,
      Int64(count) <= mostSeconds * 1000
    else { return nil }
    return .milliseconds(Int64(count))
  }

  static func shortText(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let milliseconds = attoseconds / 1_000_000_000_000_000
    return milliseconds == 0 ? text(duration) : "\(seconds * 1000 + milliseconds)ms"
  }

  /// In the largest unit that divides it; parts of a second, which no literal has, are dropped.
  static func text(_ duration: Duration) -> String {
    let seconds = duration.components.seconds
    let unit = units.first { seconds % $0.seconds == 0 } ?? ("s", 1)
    return "\(seconds / unit.seconds)\(unit.letter)"
  }
}

extension Shape where Value == Money {
  /// An amount with its currency, exact and not negative: `5.00 USD`.
  public static var money: Shape {
    Shape(
      expected: "an amount with its currency", example: "5.00 USD",
      schema: JSONObject(["type": "string", "pattern": "^[0-9]+(\\.[0-9]{1,12})? +[A-Z]{3}$"]),
      parse: { text, _ in Money(text).flatMap { $0.units < 0 || text.hasPrefix("-") || text.hasPrefix(" ") ? nil : $0 }
      },
      show: { .value(.string($0.description), literal: $0.description) })
  }
}

extension Shape where Value == Instant {
  /// A date, or a time with its offset (RFC 3339): `2026-03-01`, `2026-03-01T12:00:00Z`.
  public static var date: Shape {
    Shape(
      expected: "a date or a time with its offset", example: "2026-03-01",
      schema: JSONObject([
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt][0-9:]{8}(\\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2}))?$",
      ]),
      parse: { text, _ in Instant(text) },
      show: { instant in
        let isDate = Instant(instant.dateText) == instant
        let text = isDate ? instant.dateText : instant.description
        return .value(.string(text), literal: text)
      })
  }
}
