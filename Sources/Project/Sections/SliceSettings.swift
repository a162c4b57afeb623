/// `slices.<slice>`: a kind of input that must hold a floor of its own.
public struct SliceSettings: Configurable {
  /// Tags and the values that an item or a span of the slice has; all must fit.
  public var conditions = NamedEntries<String>()
  /// The suite that the slice is limited to; nil for all.
  public var suite: String?
  /// Least pass rate.
  public var floor = 0.80
  /// Whether falling below the floor fails, or only warns.
  public var isCritical = true
  /// How much an error costs, relative to an error elsewhere.
  public var costOfError = 1.0
  /// Items from which on the slice counts as covered.
  public var minItems = 30

  public init() {}

  public static let keys: [Key<SliceSettings>] = [
    Key("where", \.conditions, .tags(atLeast: 1), "Tags and their values; all must fit", required: true),
    Key("suite", \.suite, .optional(.id), "Only for this suite"),
    Key("floor", \.floor, .share, "Least pass rate (share)"),
    Key("critical", \.isCritical, .flag, "Whether falling below the floor fails, or only warns"),
    Key("cost_of_error", \.costOfError, .positive, "Cost of an error relative to errors elsewhere"),
    Key("min_n", \.minItems, .count(atLeast: 1), "Items from which on the slice counts as covered"),
  ]
}
