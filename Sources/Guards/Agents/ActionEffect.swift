/// What an action does to the world, the gravest last.
public enum ActionEffect: String, Sendable, CaseIterable, Comparable {
  /// It changes nothing.
  case read
  /// It can be taken back as if it had not been.
  case reversible
  /// Something else can be done that makes up for it, such as a refund.
  case compensable
  case irreversible

  public static func < (left: ActionEffect, right: ActionEffect) -> Bool { left.gravity < right.gravity }

  private var gravity: Int {
    switch self {
    case .read: 0
    case .reversible: 1
    case .compensable: 2
    case .irreversible: 3
    }
  }

  /// What holds where the tool's declaration and the call itself both say something: the graver of the two, so that a call
  /// cannot make its tool harmless. Nil where nobody says anything.
  public static func graver(_ declared: ActionEffect?, _ said: ActionEffect?) -> ActionEffect? {
    guard let declared, let said else { return declared ?? said }
    return max(declared, said)
  }
}
