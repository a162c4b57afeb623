/// What a suite of a given size can see, and how large one must be: the answer of `tally power`.
public struct PowerPlan: Sendable {
  /// Where the numbers behind the plan come from.
  public enum Basis: Sendable, Equatable {
    /// Assumptions given on the command line.
    case assumed
    /// Measured on the items of a pilot.
    case pilot(name: String, items: Int)
  }

  public enum DesignKind: String, Sendable, CaseIterable {
    case pairedBinary = "paired binary"
    case pairedReal = "paired real"
    case unpairedBinary = "unpaired binary"
    case unpairedReal = "unpaired real"
  }

  public var basis: Basis
  public var design: DesignKind
  /// Effects are differences of rates: pass or fail, once an item or averaged over repeats.
  public var isRate = false
  public var claim: Claim?
  public var alpha: Double
  public var power: Double
  /// Assumed or measured, whichever the design needs.
  public var baseRate: Double?
  public var discordantShare: Double?
  public var standardDeviation: Double?
  public var designEffect: Double
  /// The number of items asked about (the pilot's, or `--items`).
  public var items: Int?
  /// "paired items" or "items per arm".
  public var unit: String
  /// The effect asked about and the items that show it.
  public var effect: Double?
  public var itemsForEffect: Int?
  public var powerAtItems: Double?
  public var margin: Double?
  public var itemsForMargin: Int?
  public var detectableGain: Double?
  public var detectableLoss: Double?
  /// A ruler: what suites of other sizes see.
  public var ruler: [RulerMark]
  public var budget: BudgetPlan?
  public var variance: ComparisonResult.VarianceSplit?
  public var notes: [String]

  public struct RulerMark: Sendable, Equatable {
    public var items: Int
    public var detectableGain: Double?
    public var detectableLoss: Double?
  }

  /// The cheapest number of items and repeats that shows the effect, or the best that a budget buys.
  public struct BudgetPlan: Sendable, Equatable {
    public var unit: String
    public var costPerItem: Double
    public var costPerRepeat: Double
    public var items: Int
    public var repeats: Int
    public var cost: Double
    /// The budget given, when one was; nil when the cheapest plan for an effect was asked for.
    public var budget: Double?
    /// The effect this plan sees with the plan's power.
    public var detectableEffect: Double?
  }
}
