public import Comparison
public import Statistics

/// One simulated world with a known truth, to be drawn many times.
public struct Cell: Sendable {
  /// The true difference, or the true mean of a single arm.
  public var truth: Double
  /// How often the world is drawn.
  public var draws: Int
  public var policy: ComparisonPolicy
  /// Numbers of items at which somebody looks; empty: one look at all of them.
  public var looks: [Int]
  public var draw: @Sendable (inout Xoshiro256StarStar) -> Drawn

  public init(
    truth: Double, draws: Int, policy: ComparisonPolicy = ComparisonPolicy(), looks: [Int] = [],
    draw: @escaping @Sendable (inout Xoshiro256StarStar) -> Drawn
  ) {
    self.truth = truth
    self.draws = draws
    self.policy = policy
    self.looks = looks
    self.draw = draw
  }
}

/// What a world shows once.
public enum Drawn: Sendable {
  case paired(PairedColumns)
  case unpaired(base: ArmColumns, candidate: ArmColumns)
  case arm(ArmColumns)
}

/// Scores of items that both arms have; clusters empty where items are independent.
public struct PairedColumns: Sendable {
  public var base: [Double] = []
  public var candidate: [Double] = []
  public var clusters: [Int32] = []
  public var kind = ScoreKind.binary

  public init() {}
}

/// Scores of one arm's items.
public struct ArmColumns: Sendable {
  public var scores: [Double] = []
  public var clusters: [Int32] = []
  public var kind = ScoreKind.binary

  public init() {}
}

public enum ScoreKind: Sendable {
  /// One pass or fail an item.
  case binary
  /// Averages of repeated passes and fails.
  case repeated
  case real
}

/// The same world without and with an effect: a row of a table.
public struct Row: Sendable {
  public var label: String
  /// Nil for a single arm, which has no null hypothesis.
  public var null: Cell?
  public var effect: Cell?

  public init(label: String, null: Cell?, effect: Cell?) {
    self.label = label
    self.null = null
    self.effect = effect
  }
}

/// One design that `compare` chooses by default, in all its worlds.
public struct Design: Sendable {
  public var title: String
  /// The method and what varies, as the report says it.
  public var note: String
  public var rows: [Row]

  public init(title: String, note: String, rows: [Row]) {
    self.title = title
    self.note = note
    self.rows = rows
  }
}
