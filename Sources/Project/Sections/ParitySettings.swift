/// `features.<feature>.parity`: which evaluation stands for what is served.
public struct ParitySettings: Configurable {
  /// The suite whose trials were measured in evaluation and in production.
  public var suite = ""
  /// The variant that is served; nil for the suite's baseline, or else the one with a usual name or the newest trials.
  public var variant: String?
  /// The suite in which a probe tells tests from production.
  public var probeSuite = "frame-probe"

  public init() {}

  public static let keys: [Key<ParitySettings>] = [
    Key("suite", \.suite, .id, "The suite that was measured in evaluation and in production", required: true),
    Key("variant", \.variant, .optional(.text), "The variant that is served"),
    Key("probe_suite", \.probeSuite, .id, "The suite in which a probe tells tests from production"),
  ]
}
