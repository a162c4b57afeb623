public import Guards
public import Records

/// What people order of calls for a while.
public struct CallOrders: Sendable, Equatable {
  /// By what is frozen.
  public var freezes: [CallFreeze] = []
  /// By their names.
  public var drills: [CallDrill] = []

  public init() {}

  public var isEmpty: Bool { freezes.isEmpty && drills.isEmpty }

  /// What is not over at an instant.
  public func inForce(at instant: Instant) -> CallOrders {
    var orders = self
    orders.freezes.removeAll { $0.order.isOver(at: instant) }
    orders.drills.removeAll { $0.order.isOver(at: instant) }
    return orders
  }
}

/// An order of one kind or another.
public enum CallOrder: Sendable, Equatable {
  case freeze(CallFreeze)
  case drill(CallDrill)

  /// Which kinds there are, as the ledger names them.
  public enum Kind: String, Sendable, CaseIterable {
    case freeze, drill
  }

  public var kind: Kind {
    switch self {
    case .freeze: .freeze
    case .drill: .drill
    }
  }

  /// What identifies it among those of its kind.
  public var name: String {
    switch self {
    case .freeze(let freeze): freeze.subject.text
    case .drill(let drill): drill.name
    }
  }

  public var order: StandingOrder {
    switch self {
    case .freeze(let freeze): freeze.order
    case .drill(let drill): drill.order
    }
  }

  var facts: JSONObject {
    switch self {
    case .freeze(let freeze): freeze.facts
    case .drill(let drill): drill.facts
    }
  }
}
