public import Records

/// What a guard asks of the card of one case of a suite: why it is there, what it stands for, until when it counts, and
/// whether it must stay.
///
/// Source: the `eval-rot` specification, "Guard".
public struct SuiteCard: Sendable, Equatable {
  /// Fields that a case must have before it is merged, as cards name them.
  public enum Field: String, Sendable, CaseIterable {
    case reason
    case trafficCluster = "traffic_cluster"
    case expiresAt = "expires_at"
  }

  public var reason: String?
  public var trafficCluster: String?
  public var expiresAt: Instant?
  /// Kept for safety, a contract or an incident, however rare its topic is.
  public var isPinned: Bool
  /// Taken out of the suite.
  public var isRetired: Bool

  public init(
    reason: String? = nil, trafficCluster: String? = nil, expiresAt: Instant? = nil, isPinned: Bool = false,
    isRetired: Bool = false
  ) {
    self.reason = reason
    self.trafficCluster = trafficCluster
    self.expiresAt = expiresAt
    self.isPinned = isPinned
    self.isRetired = isRetired
  }

  /// What the card does not say. An empty text says nothing.
  public var lacking: [Field] {
    Field.allCases.filter { field in
      switch field {
      case .reason: (reason ?? "").isEmpty
      case .trafficCluster: (trafficCluster ?? "").isEmpty
      case .expiresAt: expiresAt == nil
      }
    }
  }

  /// Whether a case that was pinned is gone: retired under its pin, or unpinned and retired in one step.
  ///
  /// - Parameters:
  ///   - earlier: the card that this one replaced; nil where there was none.
  ///   - isListed: whether the newest list of the suite's items still has the case; nil without such a list.
  public func deletesPinned(earlier: SuiteCard?, isListed: Bool?) -> Bool {
    if isRetired { return isPinned || earlier.map { $0.isPinned && !$0.isRetired } ?? false }
    return isPinned && isListed == false
  }
}
