public import Records

/// A call that another gateway may make, until it says how the call ended.
public struct CallDecision: Sendable, Equatable {
  /// What its promises are held under, too.
  public let id: String
  /// Whose key asked, where that is bound to a tenant.
  public let tenant: String?
  /// What was decided, for whoever settles it: JSON.
  public let facts: String
  /// From then on its promises count as spent, whatever somebody says.
  public let expiresAt: Instant
  public let settledAt: Instant?

  public init(id: String, tenant: String?, facts: String, expiresAt: Instant, settledAt: Instant? = nil) {
    self.id = id
    self.tenant = tenant
    self.facts = facts
    self.expiresAt = expiresAt
    self.settledAt = settledAt
  }

  /// What became of saying how a call ended.
  public enum Ending: String, Sendable, CaseIterable {
    case settled
    /// Somebody had said so before; nothing has changed.
    case already = "already_settled"
    /// Its promises had expired, and stay spent as they were promised.
    case expired
    /// There is no such call, or it is forgotten.
    case unknown
  }
}

extension Ledger {
  /// A call for which somebody asked; nil where there is none of this name.
  public func decision(_ id: String) async throws -> CallDecision? {
    try await engine.read { try DecisionTable.decision(id, $0) }
  }
}
