/// `features.<feature>.deployment`: which offline score production is measured against.
public struct DeploymentSettings: Configurable {
  /// How the labelled spans were drawn.
  public enum LabelSampling: String, CaseIterable, Sendable {
    /// As traffic comes: the mix of production is that of the labelled spans.
    case random
    /// So many from each slice: the mix of production is that of all spans.
    case stratified
  }

  /// The suite whose trials are the offline score.
  public var suite = ""
  /// The variant that is deployed; nil for the suite's baseline, or else the one with a usual name or the newest trials.
  public var variant: String?
  /// The tag that names the slice of an item and of a span; nil for the suite's.
  public var sliceTag: String?
  /// How the labelled spans were drawn.
  public var labelSampling = LabelSampling.random
  /// What the model was before it was shrunk for serving; nil when it was not.
  public var precision: PrecisionSettings?

  public init() {}

  public static let keys: [Key<DeploymentSettings>] = [
    Key("suite", \.suite, .id, "The suite whose trials are the offline score", required: true),
    Key("variant", \.variant, .optional(.text), "The variant that is deployed"),
    Key("slice_tag", \.sliceTag, .optional(.text), "Tag that names the slice of an item and of a span"),
    Key(
      "label_sampling", \.labelSampling, .choice,
      "random: labelled spans are drawn as traffic comes; stratified: so many from each slice"),
    Key("precision", \.precision, .optional(.object), "What the model was before it was shrunk for serving"),
  ]
}

/// `features.<feature>.deployment.precision`: two variants of one model on the same items.
public struct PrecisionSettings: Configurable {
  /// The suite with trials of both; nil for the suite of the offline score.
  public var suite: String?
  /// The variant as it was trained.
  public var reference = ""
  /// The variant as it is served.
  public var shipped = ""

  public init() {}

  public static let keys: [Key<PrecisionSettings>] = [
    Key("suite", \.suite, .optional(.id), "The suite with trials of both variants"),
    Key("reference", \.reference, .text, "The variant as it was trained", required: true),
    Key("shipped", \.shipped, .text, "The variant as it is served", required: true),
  ]

  public func faults() -> [Fault] {
    guard !reference.isEmpty, reference == shipped else { return [] }
    return [
      Fault(
        key: "shipped", problem: "reference and shipped are the same variant",
        remedy: "Name the variant before and the variant after quantisation or conversion.")
    ]
  }
}
