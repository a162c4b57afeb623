internal import Guards
internal import Records

/// Figures of failure budgets, as they are said.
enum FailureFigures {
  /// Three digits that count.
  static func text(_ value: Double) -> String {
    var scale = 1.0
    while abs(value) * scale < 100, scale < 1e12 { scale *= 10 }
    return (try? JSONValue.number((value * scale).rounded() / scale).line()) ?? "\(value)"
  }

  /// Without what a product adds behind the digits that count.
  static func plain(_ value: Double) -> Double { (value * 1e12).rounded() / 1e12 }

  private static let units: [(word: String, seconds: Int64)] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)]

  /// As `tally.yaml` says it: `28d`.
  static func text(_ duration: Duration) -> String {
    let seconds = duration.components.seconds
    let unit = units.first { seconds % $0.seconds == 0 } ?? ("s", 1)
    return "\(seconds / unit.seconds)\(unit.word)"
  }

  /// The first few, in quotes; `?` is one without a name.
  static func list(_ names: [String]) -> String {
    if names == ["?"] { return "tools that it does not name" }
    let shown = names.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
    return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
  }

  static func add(_ reading: FailureMeter.Reading, to object: inout JSONObject) {
    object["calls"] = .integer(Int64(reading.calls))
    var failures = JSONObject()
    for kind in FailureKind.allCases { failures[kind.rawValue] = .integer(Int64(reading.failures[kind] ?? 0)) }
    object["failures"] = .object(failures)
    object["mean"] = reading.mean.map(JSONValue.number) ?? .null
    object["low"] = .number(reading.low)
  }
}
