public import Comparison

/// One paragraph for the methods section of a paper: what was compared, how, with which seed and software, and the works
/// behind each method that was used.
public enum MethodsText {
  /// The paragraph of one comparison, on one line without a line break inside.
  public static func render(_ result: ComparisonResult, options: ReportOptions = ReportOptions()) -> String {
    let writer = MethodsWriter(result: result)
    let sentences = [
      writer.design, writer.arms, writer.difference, writer.test, writer.decision, writer.clusters, writer.slices,
      writer.overridden, writer.noise, software(result.seed, options.version), writer.references,
    ]
    return sentences.compactMap { $0 }.joined(separator: " ")
  }

  /// The paragraph of a ranking.
  public static func render(_ result: RankingResult, options: ReportOptions = ReportOptions()) -> String {
    let tests = unique(result.pairs.map { TerminalText.safe($0.evidence.testName) })
    let intervals = unique(result.pairs.map { TerminalText.safe($0.evidence.intervalMethod) })
    var text = "We ranked \(result.variants.count) variants \(TerminalText.safe(result.population))."
    if !tests.isEmpty {
      text +=
        " All \(result.pairs.count) pairs were tested (\(tests.joined(separator: "; "))) with Holm's adjustment at "
        + "α = \(NumberFormat.plain(result.policy.alpha)); intervals of differences (\(intervals.joined(separator: "; "))) "
        + "are Bonferroni-adjusted. A variant's rank interval runs from one plus the number of variants significantly "
        + "better to the number not significantly worse; all of them hold together with "
        + "\(NumberFormat.percent(result.confidence)) confidence."
    }
    let methods = (result.pairs.isEmpty ? [] : ["Holm"]) + tests + intervals + unique(result.variants.map(\.method))
    return [text, software(result.seed, options.version), references(methods.flatMap(Citation.of(method:)))]
      .compactMap { $0 }.joined(separator: " ")
  }

  static func references(_ citations: [Citation]) -> String? {
    let listed = Set(citations).sorted().map(\.reference)
    return listed.isEmpty ? nil : "References: " + listed.joined(separator: "; ") + "."
  }

  private static func software(_ seed: UInt64, _ version: String) -> String {
    "Computed with tallystick\(version.isEmpty ? "" : " \(TerminalText.safe(version))"), seed \(seed)."
  }

  private static func unique(_ names: [String]) -> [String] {
    names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

private struct MethodsWriter {
  let result: ComparisonResult

  var design: String {
    let design = result.design
    var text = "We compared \(quoted(result.candidate.name)) (candidate) with \(quoted(result.base.name)) (base)"
    if let metric = result.metric { text += " on \(quoted(metric))" }
    text += ", \(TerminalText.safe(design.population)), "
    text += design.paired ? "paired by item (n = \(NumberFormat.count(design.items)))" : independent
    if max(design.baseRepeats, design.candidateRepeats) > 1 {
      text +=
        "; up to \(design.baseRepeats) (base) and \(design.candidateRepeats) (candidate) repeats of an item were "
        + "averaged to one value first"
    }
    return text + "."
  }

  private var independent: String {
    "as independent groups (n = \(NumberFormat.count(result.base.items)) and \(NumberFormat.count(result.candidate.items)))"
  }

  var arms: String? {
    let methods = [result.base.method, result.candidate.method].compactMap { $0 }
    guard let first = methods.first, result.base.mean != nil else { return nil }
    let kind = result.isBinary ? "Pass rates" : "Mean scores"
    return "\(kind) carry \(level) intervals (\(TerminalText.safe(first)))."
  }

  var difference: String? {
    guard let evidence = result.evidence else { return "There was nothing to compare." }
    let what = result.isBinary ? "difference of the pass rates" : "mean difference of the scores"
    let sign = result.policy.lowerIsBetter ? ", negated because lower is better" : ""
    let scale = ScoreScale(result)
    let fine = scale.isRate ? ScoreScale(rateDecimals: max(scale.decimals, 2)) : scale
    return "The estimate is the \(what), candidate minus base\(sign): \(fine.signed(evidence.estimate))\(fine.unit), "
      + "\(NumberFormat.percent(evidence.confidence)) interval \(fine.span(evidence.low, evidence.high)) "
      + "(\(TerminalText.safe(evidence.intervalMethod)))."
  }

  var test: String? {
    guard let evidence = result.evidence else { return nil }
    guard let p = evidence.pValue else { return "No test could be made." }
    let adjusted = evidence.adjustedPValue.map { ", \(NumberFormat.pValue($0, name: "adjusted p"))" } ?? ""
    let replaced = evidence.replacement.map { " \(sentence($0))" } ?? ""
    let looks = result.policy.sequential ? " Test and interval hold at every look." : ""
    return "The test is \(TerminalText.safe(evidence.testName)), two-sided: \(NumberFormat.pValue(p))\(adjusted), "
      + "α = \(NumberFormat.plain(result.policy.alpha)).\(looks)\(replaced)"
  }

  var decision: String? {
    let policy = result.policy
    var parts: [String] = []
    if let claim = policy.claim { parts.append("the claim is \(claim.rawValue)") }
    if policy.minEffect > 0 { parts.append("the smallest worthwhile gain \(NumberFormat.plain(policy.minEffect))") }
    if policy.margin > 0 { parts.append("the tolerated loss \(NumberFormat.plain(policy.margin))") }
    guard !parts.isEmpty else { return nil }
    return "Thresholds in the unit of the score: \(parts.joined(separator: ", "))."
  }

  var clusters: String? {
    guard result.design.clustered, let count = result.design.clusters else { return nil }
    var text = "Items of one of the \(NumberFormat.count(count)) clusters are treated as dependent"
    if let effect = result.design.designEffect { text += " (design effect \(NumberFormat.plain(effect)))" }
    return text + "."
  }

  var slices: String? {
    guard !result.slices.isEmpty else { return nil }
    return "The \(NumberFormat.count(result.slices.count)) slices are exploratory, their p-values Benjamini–Hochberg "
      + "adjusted (false discovery rate \(NumberFormat.percent(result.policy.sliceFalseDiscoveryRate)))."
  }

  var overridden: String? {
    guard let usual = result.defaultEvidence else { return nil }
    let p = usual.pValue.map { NumberFormat.pValue($0) } ?? "no p-value"
    return "The method was chosen by the analyst; the design's default (\(TerminalText.safe(usual.testName)), "
      + "\(TerminalText.safe(usual.intervalMethod))) gives \(p)."
  }

  var noise: String? {
    guard let variance = result.variance, !NoiseShares(variance).parts.isEmpty else { return nil }
    return "Variance components are from a balanced nested analysis of variance: \(NoiseShares(variance).legend)."
  }

  var references: String? {
    let evidence = [result.evidence, result.defaultEvidence].compactMap { $0 }
    var citations = evidence.flatMap { Citation.of(method: $0.testName) + Citation.of(method: $0.intervalMethod) }
    citations += [result.base.method, result.candidate.method].compactMap { $0 }.flatMap(Citation.of(method:))
    if result.design.clustered { citations += [.miller] }
    if result.policy.sequential { citations += [.waudbySmith] }
    if !result.slices.isEmpty { citations += [.benjamini] }
    if noise != nil { citations += [.nested] }
    return MethodsText.references(citations)
  }

  private var level: String { NumberFormat.percent(result.evidence?.confidence ?? result.policy.level) }

  private func quoted(_ text: String) -> String { "“\(TerminalText.fitted(TerminalText.safe(text), to: 120))”" }

  private func sentence(_ text: String) -> String {
    let safe = TerminalText.safe(text)
    let ending = safe.hasSuffix(".") ? "" : "."
    return safe.prefix(1).uppercased() + safe.dropFirst() + ending
  }
}
