/// How much of what an agent does may go wrong, in units that weigh by what cannot be taken back.
///
/// Of so many actions in its window, rate × actions units may be burnt; an unintended action burns the weight of its effect. The
/// weights order effects by reversibility: their order matters more than the numbers.
public struct FailureBudget: Sendable, Hashable {
  /// Units that one action may burn.
  public var rate: Double
  public var window: Duration

  public init(rate: Double = 0.005, window: Duration = .seconds(7 * 86_400)) {
    self.rate = rate
    self.window = window
  }

  /// What an unintended action burns.
  public struct Weights: Sendable, Hashable {
    public var read: Double
    public var reversible: Double
    public var compensable: Double
    public var irreversible: Double

    public init(read: Double = 0, reversible: Double = 1, compensable: Double = 2, irreversible: Double = 5) {
      self.read = read
      self.reversible = reversible
      self.compensable = compensable
      self.irreversible = irreversible
    }

    public subscript(effect: ActionEffect) -> Double {
      switch effect {
      case .read: read
      case .reversible: reversible
      case .compensable: compensable
      case .irreversible: irreversible
      }
    }
  }

  /// How much of the units is burnt.
  public enum Level: Sendable, Hashable {
    case fine
    /// More than 0.8 of the units.
    case near
    /// More than the units.
    case spent
  }

  /// Products of shares and counts: what their last digits add does not count.
  private static let slack = 1e-9
  private static let near = 0.8

  public func units(actions: Int) -> Double { rate * Double(actions) }

  /// A burn of just the units, or of just 0.8 of them, is within.
  public func level(burn: Double, actions: Int) -> Level {
    let units = units(actions: actions)
    if burn > units + FailureBudget.slack { return .spent }
    return burn > FailureBudget.near * units + FailureBudget.slack ? .near : .fine
  }
}
