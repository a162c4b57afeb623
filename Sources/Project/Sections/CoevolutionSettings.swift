/// `features.<feature>.coevolution`: how it is watched whether users adapt to the feature.
public struct CoevolutionSettings: Configurable {
  /// SHA-256 of the profile that holds the mix of topics at launch, in lower case.
  public var launchProfile: String?
  /// The suite that was made for that mix.
  public var suite = ""
  /// The variant that is served; nil for the suite's baseline, or else the one with a usual name or the newest trials.
  public var variant: String?
  /// Days of traffic that are compared with the launch.
  public var windowDays = 28

  public init() {}

  public static let keys: [Key<CoevolutionSettings>] = [
    Key("launch_profile", \.launchProfile, .optional(.sha256), "SHA-256 of the profile with the mix at launch"),
    Key("suite", \.suite, .id, "The suite that was made for that mix", required: true),
    Key("variant", \.variant, .optional(.text), "The variant that is served"),
    Key("window_days", \.windowDays, .count(atLeast: 1), "Days of traffic that are compared with the launch"),
  ]
}
