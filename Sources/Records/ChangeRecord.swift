/// Something was changed: a prompt, a model, an index, a judge…
public struct ChangeRecord: Sendable, Equatable {
  public static let surfaces: Set<String> = [
    "prompt", "model", "index", "tool_schema", "judge", "guideline", "infrastructure", "data", "code", "framework",
    "account",
  ]

  /// The part of the system that changed.
  public var surface: String
  public var from: String?
  public var to: String?
  /// A person or an agent.
  public var actor: String
  public var reason: String?
  public var decisionID: String?
  public var paths: [String]
  public var at: Instant
  /// Canonical JSON of an object; nil when there are none.
  public var attributes: String?

  public init(surface: String, actor: String, at: Instant) {
    self.surface = surface
    self.actor = actor
    self.paths = []
    self.at = at
  }
}
