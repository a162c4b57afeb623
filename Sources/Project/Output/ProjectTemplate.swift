/// The first `tally.yaml` of a project, written from what was found in its results.
public enum ProjectTemplate {
  /// A suite that was found.
  public struct FoundSuite: Sendable, Hashable {
    /// As the results name it.
    public var name: String
    /// In the order of the files; the first is taken for the baseline.
    public var variants: [String]
    /// Tags that could name slices; the first is proposed.
    public var sliceTags: [String]
    /// Name of the metric.
    public var metric: String
    /// What its scores are.
    public var scale: MetricSettings.Scale

    public init(
      name: String, variants: [String] = [], sliceTags: [String] = [], metric: String = "correct",
      scale: MetricSettings.Scale = .binary
    ) {
      self.name = name
      self.variants = variants
      self.sliceTags = sliceTags
      self.metric = metric
      self.scale = scale
    }
  }

  /// How many suites are written out; more make no first file.
  static let mostSuites = 6

  /// About ten lines of YAML with comments, which read without an error.
  ///
  /// - Parameter checks: the checks that the gate `merge` is to require; without any there is no gate.
  public static func render(_ suites: [FoundSuite], checks: [String] = []) -> String {
    var lines = ["# What tally checks. Every section is optional; `tally config --effective` shows what holds and why."]
    var names: Set<String> = []
    // Texts that could not be read back are left out: a first file must load.
    let found = suites.filter { isWritable($0.name) && names.insert(normalized($0.name)).inserted }
    if found.isEmpty {
      lines += [
        "# suites:", "#   triage: {baseline: prod, metrics: [{name: correct, min_effect: 0.03, margin: 0.02}]}",
      ]
    } else {
      lines.append("suites:")
    }
    if found.count == 1 {
      lines += block(found[0])
    } else {
      lines += found.prefix(mostSuites).map { "  \(YAMLText.literal($0.name)): {\(flow($0))}" }
      if found.count > mostSuites { lines.append("  # … and \(found.count - mostSuites) more that were found") }
      if !found.isEmpty {
        lines.append("# min_effect: smallest difference that matters; margin: largest loss that is tolerated")
      }
    }
    if !checks.isEmpty {
      lines.append("gates:   # the checks that a merge waits for; it says what it would refuse, until mode is enforce")
      lines.append("  merge: {require: [\(checks.map(YAMLText.literal).joined(separator: ", "))], mode: observe}")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The line of `tally.yaml` that says what the variants of a suite are compared with.
  public static func line(suite: String, baseline: String) -> String {
    "suites: {\(YAMLText.literal(suite)): {baseline: \(YAMLText.literal(baseline))}}"
  }

  private static func block(_ suite: FoundSuite) -> [String] {
    var lines = ["  \(YAMLText.literal(suite.name)):"]
    let variants = suite.variants.filter(isWritable)
    if let baseline = variants.first {
      lines.append("    baseline: \(YAMLText.literal(baseline))   # what others are compared with")
    }
    if variants.count == 2 { lines.append("    candidate: \(YAMLText.literal(variants[1]))") }
    if let tag = suite.sliceTags.first(where: isWritable) {
      lines.append("    slice_tag: \(YAMLText.literal(tag))   # results are also shown by its values")
    }
    lines.append("    metrics:   # min_effect: smallest difference that matters; margin: largest loss tolerated")
    lines.append("      - {\(metric(suite))}")
    return lines
  }

  private static func flow(_ suite: FoundSuite) -> String {
    var parts: [String] = []
    let variants = suite.variants.filter(isWritable)
    if let baseline = variants.first { parts.append("baseline: \(YAMLText.literal(baseline))") }
    if variants.count == 2 { parts.append("candidate: \(YAMLText.literal(variants[1]))") }
    if let tag = suite.sliceTags.first(where: isWritable) { parts.append("slice_tag: \(YAMLText.literal(tag))") }
    parts.append("metrics: [{\(metric(suite))}]")
    return parts.joined(separator: ", ")
  }

  private static func metric(_ suite: FoundSuite) -> String {
    let name = YAMLText.literal(isWritable(suite.metric) ? suite.metric : "correct")
    // A difference of a real metric has the metric's unit: nobody can propose one.
    return suite.scale == .binary
      ? "name: \(name), type: binary, min_effect: 0.03, margin: 0.02"
      : "name: \(name), type: real, min_effect: ~, margin: ~"
  }

  private static func isWritable(_ text: String) -> Bool {
    !text.isEmpty && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
