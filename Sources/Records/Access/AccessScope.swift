/// What a key lets its bearer do on a server.
public enum AccessScope: String, Sendable, CaseIterable, Comparable {
  /// Deliver records.
  case ingest
  /// Ask what the ledger holds and how the server does.
  case read
  /// Ask whether an action may go ahead, and say how it went.
  case decide
  /// Call models through the server, which pays for it with its own keys.
  case call
  /// Everything that the others let do, and what changes the server itself.
  case admin

  /// Its letter in tokens, so that whoever finds one sees what it opens.
  public var letter: Character {
    switch self {
    case .ingest: "i"
    case .read: "r"
    case .decide: "d"
    case .call: "c"
    case .admin: "a"
    }
  }

  private var order: Int {
    switch self {
    case .ingest: 0
    case .read: 1
    case .decide: 2
    case .call: 3
    case .admin: 4
    }
  }

  public static func < (left: AccessScope, right: AccessScope) -> Bool { left.order < right.order }
}
