public import Simulation

/// One kind of world, to be simulated many times, and what its findings must say.
public enum ProofCell: Sendable, Hashable {
  /// The failure is there; its check must find it.
  case planted(PlantedFailure)
  /// Nothing is wrong; no check may fail.
  case clean(Plan.Truth)

  /// The failures whose checks exist, then the two clean worlds.
  public static func all(checks: [String]) -> [ProofCell] {
    PlantedFailure.allCases.filter { checks.contains($0.check) }.map(ProofCell.planted)
      + [.clean(.onTheBar), .clean(.comfortable)]
  }

  var plan: Plan {
    switch self {
    case .planted(let failure): Plan(planted: failure)
    case .clean(let truth): Plan(truth: truth)
    }
  }

  public var name: String {
    switch self {
    case .planted(let failure): failure.rawValue
    case .clean(.comfortable): "clean, comfortable"
    case .clean(.onTheBar): "clean, on the bar"
    }
  }
}

/// What one world's findings said, by check.
public struct ProofOutcome: Sendable, Equatable {
  /// Checks that found what was planted (or never passed, where that is what counts).
  public var found: Set<String> = []
  /// Checks with a finding that fails, and the codes of those.
  public var failed: [String: Set<String>] = [:]
  /// Codes that leave a finding of a check unknown.
  public var undecided: [String: Set<String>] = [:]
  /// Checks all of whose findings pass or warn.
  public var passed: Set<String> = []
}
