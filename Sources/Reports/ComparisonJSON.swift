internal import Comparison

/// `tally.compare/1`.
struct ComparisonJSON {
  let result: ComparisonResult
  let options: ReportOptions

  var value: JSONValue {
    .object([
      ("schema", .string("tally.compare/1")),
      ("version", options.version.isEmpty ? .null : .string(options.version)),
      ("verdict", .string(result.verdict.rawValue)),
      ("outcome", .string(result.outcome.rawValue)),
      ("reasons", .array(result.reasons.map { .string($0.code.rawValue) })),
      ("claim", .string(result.policy.claim?.rawValue)),
      ("metric", .string(result.metric)),
      ("binary", .bool(result.isBinary)),
      ("population", .string(result.design.population)),
      ("design", design),
      ("base", arm(result.base)),
      ("candidate", arm(result.candidate)),
      ("difference", result.evidence.map(JSONParts.difference) ?? .null),
      ("test", result.evidence.map(JSONParts.test) ?? .null),
      ("default_method", defaultMethod),
      ("replacement", .string(result.evidence?.replacement)),
      ("discordant", discordant),
      ("power", power),
      ("variance", JSONParts.variance(result.variance)),
      ("slices", .array(result.slices.map(slice))),
      ("flips", flips),
      ("missing", .array(result.missing.map(missing))),
      ("policy", JSONParts.policy(result.policy)),
      ("seed", .string(String(result.seed))),
      ("warnings", .array(result.reasons.map { .string($0.message) })),
    ])
  }

  private var design: JSONValue {
    let design = result.design
    return .object([
      ("paired", .bool(design.paired)),
      ("clustered", .bool(design.clustered)),
      ("items", .integer(design.items)),
      ("union", .integer(design.union)),
      ("clusters", .integer(design.clusters)),
      ("repeats", .object([("base", .integer(design.baseRepeats)), ("candidate", .integer(design.candidateRepeats))])),
      (
        "dropped",
        .object([
          ("only_base", .integer(design.onlyBase)), ("only_candidate", .integer(design.onlyCandidate)),
          ("missing_score", .integer(design.missingScore)), ("conflicting", .integer(design.conflicting)),
        ])
      ),
      ("design_effect", .number(design.designEffect)),
      ("effective_items", .number(design.effectiveItems)),
      ("intraclass_correlation", .number(design.intraclassCorrelation)),
    ])
  }

  private func arm(_ arm: ComparisonResult.ArmSummary) -> JSONValue {
    .object([
      ("name", .string(arm.name)), ("mean", .number(arm.mean)), ("low", .number(arm.low)), ("high", .number(arm.high)),
      ("n", .integer(arm.items)), ("method", .string(arm.method)),
    ])
  }

  private var defaultMethod: JSONValue {
    guard let usual = result.defaultEvidence else { return .null }
    return .object([("difference", JSONParts.difference(usual)), ("test", JSONParts.test(usual))])
  }

  private var discordant: JSONValue {
    guard let discordant = result.discordant else { return .null }
    return .object([
      ("base_only", .integer(discordant.baseOnly)), ("candidate_only", .integer(discordant.candidateOnly)),
      ("both", .integer(discordant.both)), ("neither", .integer(discordant.neither)),
    ])
  }

  private var power: JSONValue {
    guard let power = result.power else { return .null }
    return .object([
      ("min_detectable_effect", .number(power.minDetectableGain)),
      ("min_detectable_loss", .number(power.minDetectableLoss)),
      ("items_needed", .integer(power.itemsNeeded)),
      ("more_items", .integer(power.moreItems)),
      ("at_min_effect", .number(power.atMinEffect)),
      ("suggested_margin", .number(power.suggestedMargin)),
      ("unit", .string(power.unit)),
    ])
  }

  private func slice(_ slice: ComparisonResult.SliceResult) -> JSONValue {
    .object([
      ("slice", .string(slice.slice)), ("value", .string(slice.value)),
      ("verdict", .string(slice.verdict.rawValue)), ("outcome", .string(slice.outcome.rawValue)),
      ("n", .integer(slice.items)),
      ("base", .number(slice.baseMean)), ("candidate", .number(slice.candidateMean)),
      ("difference", .number(slice.evidence?.estimate)),
      ("low", .number(slice.evidence?.low)), ("high", .number(slice.evidence?.high)),
      ("confidence", .number(slice.evidence?.confidence)),
      ("method", .string(slice.evidence?.intervalMethod)), ("test", .string(slice.evidence?.testName)),
      ("p", .number(slice.evidence?.pValue)), ("p_adjusted", .number(slice.adjustedPValue)),
      ("reasons", .array(slice.reasons.map { .string($0.code.rawValue) })),
    ])
  }

  private var flips: JSONValue {
    let worse = result.flips.filter { $0.difference < 0 }.prefix(max(options.show, 0))
    let better = result.flips.filter { $0.difference > 0 }.prefix(max(options.show, 0))
    return .array(
      (worse + better).map { flip in
        .object([
          ("item", .string(flip.item)), ("base", .number(flip.base)), ("candidate", .number(flip.candidate)),
          ("difference", .number(flip.difference)),
        ])
      })
  }

  private func missing(_ missing: MissingEvidence) -> JSONValue {
    .object([("what", .string(missing.what)), ("howMuch", .integer(missing.howMuch))])
  }
}

/// Pieces that several documents share.
enum JSONParts {
  static func difference(_ evidence: Evidence) -> JSONValue {
    .object([
      ("estimate", .number(evidence.estimate)), ("low", .number(evidence.low)), ("high", .number(evidence.high)),
      ("confidence", .number(evidence.confidence)), ("method", .string(evidence.intervalMethod)),
      ("standard_error", .number(evidence.standardError)),
    ])
  }

  static func test(_ evidence: Evidence) -> JSONValue {
    .object([
      ("name", .string(evidence.testName)), ("statistic", .number(evidence.statistic)),
      ("degrees_of_freedom", .number(evidence.degreesOfFreedom)), ("p", .number(evidence.pValue)),
      ("p_adjusted", .number(evidence.adjustedPValue)),
    ])
  }

  static func variance(_ split: ComparisonResult.VarianceSplit?) -> JSONValue {
    guard let split else { return .null }
    return .object([
      ("item", .number(split.item)), ("prediction", .number(split.prediction)), ("judge", .number(split.judge)),
      ("predictions_per_item", .integer(split.predictionsPerItem)),
      ("judge_runs_per_prediction", .integer(split.judgeRunsPerPrediction)),
      ("variance_of_mean", .number(split.varianceOfMean)),
    ])
  }

  static func policy(_ policy: ComparisonPolicy) -> JSONValue {
    .object([
      ("min_effect", .number(policy.minEffect)), ("margin", .number(policy.margin)),
      ("alpha", .number(policy.alpha)), ("power", .number(policy.power)),
      ("margin_alpha", .number(policy.marginAlpha)), ("lower_is_better", .bool(policy.lowerIsBetter)),
      ("unpaired", .bool(policy.unpaired)), ("sequential", .bool(policy.sequential)),
      ("planned_items", .integer(policy.plannedItems)), ("method", .string(policy.method?.rawValue)),
      ("resamples", .integer(policy.resamples)), ("exact_flip_max", .integer(policy.exactFlipMax)),
      ("min_clusters", .integer(policy.minClusters)), ("max_missing_share", .number(policy.maxMissingShare)),
      ("max_conflict_share", .number(policy.maxConflictShare)), ("slice_fdr", .number(policy.sliceFalseDiscoveryRate)),
      ("slice_min_effect", .number(policy.sliceMinEffect)), ("min_anytime_n", .integer(policy.minAnytimeCount)),
    ])
  }
}
