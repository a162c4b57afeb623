public import Records

/// What is said of a target, and how often: at once when it begins to fail or to refuse, then once a minute with how much
/// there was, and when it is well again.
public struct ForwardComplaint: Sendable {
  private static let interval = Duration.seconds(60)
  private static let longestMessage = 200

  /// The section of `tally.yaml`, and the name there.
  private let name: String
  /// Values that must not be shown.
  private let secrets: [String]
  private var saidAt: [String: Instant] = [:]
  private var unsaid: [String: Int] = [:]
  private var isAway = false

  public init(_ target: ForwardTarget, section: String = "forward") {
    name = "\(section) \(target.name)"
    // A scheme such as `Basic` is no secret, what follows it is.
    let carried = target.headers.flatMap { [$0.value] + $0.value.split(separator: " ").dropFirst().map(String.init) }
    // The longest first: one may be a part of another.
    secrets = (carried + target.secrets).filter { $0.utf8.count > 3 }.sorted { $0.utf8.count > $1.utf8.count }
  }

  /// The target takes nothing.
  /// - Returns: what to say; nil when it was said a moment ago.
  public mutating func away(_ why: String, now: Instant) -> String? {
    isAway = true
    return say("away", "does not take deliveries: \(shown(why)). They wait in the ledger", 1, now)
  }

  /// The target does not take a delivery, which is given up.
  public mutating func refused(_ why: String, now: Instant) -> String? {
    say("refused", "refuses a delivery, which is in the ledger and not forwarded again: \(shown(why))", 1, now)
  }

  /// Deliveries found no room in the spool.
  public mutating func skipped(_ count: Int, now: Instant) -> String? {
    say(
      "skipped", "does not get what comes now, which is in the ledger only: its spool is full (max_spool)", count, now)
  }

  /// The target takes everything again.
  public mutating func well() -> String? {
    defer {
      isAway = false
      saidAt["away"] = nil
      unsaid["away"] = nil
    }
    return isAway ? "\(name): takes deliveries again" : nil
  }

  private mutating func say(_ topic: String, _ text: String, _ count: Int, _ now: Instant) -> String? {
    let next = saidAt[topic].flatMap { $0.advanced(by: ForwardComplaint.interval) }
    if let next, now < next {
      unsaid[topic, default: 0] += count
      return nil
    }
    let more = (unsaid[topic] ?? 0) + count
    saidAt[topic] = now
    unsaid[topic] = 0
    return "\(name): \(text)" + (more > 1 ? " (\(more) times)" : "")
  }

  /// One line, without secrets and control characters.
  public func shown(_ message: String) -> String {
    var message = message
    for secret in secrets { message = ForwardComplaint.replace(secret, in: message) }
    let line = message.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
    let words = String(line).split(separator: " ").joined(separator: " ")
    return words.count > ForwardComplaint.longestMessage ? words.prefix(ForwardComplaint.longestMessage) + "…" : words
  }

  private static func replace(_ secret: String, in text: String) -> String {
    text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "[secret]")
  }
}
