import Records

/// A time of each day, in UTC: `06:30`.
public struct TimeOfDay: Sendable, Equatable {
  /// Since midnight, below 1440.
  public let minutes: Int

  /// Nil for what is no time of two digits each.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2,
      parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
    else { return nil }
    minutes = hour * 60 + minute
  }

  var text: String {
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(padded(minutes / 60)):\(padded(minutes % 60))"
  }
}

extension Shape where Value == TimeOfDay {
  /// Hours and minutes, each of two digits, in UTC.
  static var timeOfDay: Shape {
    Shape(
      expected: "a time of day in UTC", example: "\"06:30\"",
      schema: JSONObject(["type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"]),
      parse: { text, _ in TimeOfDay(text) },
      // In quotes: other readers take it for a number of base 60.
      show: { .value(.string($0.text), literal: "\"\($0.text)\"") })
  }
}
