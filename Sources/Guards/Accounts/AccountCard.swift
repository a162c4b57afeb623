public import Records

/// What a guard asks of an account before it is made or merged: who answers for it, who pays, what it is for, until when.
///
/// Source: the `cloud-ownership` specification, "Guard".
public struct AccountCard: Sendable, Equatable {
  /// Fields that an account must have, as `tally.yaml` names them.
  public enum Field: String, Sendable, CaseIterable {
    case owner
    case costCenter = "cost_center"
    case environment = "env"
    case expiresAt = "expires_at"
  }

  public var owner: String?
  public var costCenter: String?
  public var environment: String?
  public var expiresAt: Instant?

  public init(
    owner: String? = nil, costCenter: String? = nil, environment: String? = nil, expiresAt: Instant? = nil
  ) {
    self.owner = owner
    self.costCenter = costCenter
    self.environment = environment
    self.expiresAt = expiresAt
  }

  /// What the card does not say. A text of white space says nothing.
  public var lacking: [Field] {
    func isBlank(_ text: String?) -> Bool { (text ?? "").allSatisfy(\.isWhitespace) }
    return Field.allCases.filter { field in
      switch field {
      case .owner: isBlank(owner)
      case .costCenter: isBlank(costCenter)
      case .environment: isBlank(environment)
      case .expiresAt: expiresAt == nil
      }
    }
  }
}
