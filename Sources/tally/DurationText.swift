/// Durations as people write them on a command line: `500ms`, `90s`, `15m`, `24h`, `7d`.
enum DurationText {
  static func parse(_ text: String) -> Duration? {
    if text.hasSuffix("ms") {
      guard let count = Int(text.dropLast(2)), count >= 0, count <= 1_000_000_000 else { return nil }
      return .milliseconds(count)
    }
    let seconds: Int
    switch text.last {
    case "s": seconds = 1
    case "m": seconds = 60
    case "h": seconds = 3_600
    case "d": seconds = 86_400
    default: return nil
    }
    guard let count = Int(text.dropLast()), count >= 0, count <= 1_000_000 else { return nil }
    return .seconds(count * seconds)
  }
}
