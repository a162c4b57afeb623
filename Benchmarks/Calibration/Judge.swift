internal import Comparison
public import Statistics

/// What one look says about a world whose truth is known.
public struct Observation: Sendable, Equatable {
  public var covers: Bool
  public var rejectsByP: Bool
  public var rejectsByInterval: Bool
  /// A win or a loss, which needs both.
  public var decides: Bool
  /// A win or a loss to the side of the truth.
  public var decidesRightly: Bool
  /// Another method stood in for the design's usual one.
  public var isReplaced: Bool

  public init(
    covers: Bool, rejectsByP: Bool, rejectsByInterval: Bool, decides: Bool, decidesRightly: Bool, isReplaced: Bool
  ) {
    self.covers = covers
    self.rejectsByP = rejectsByP
    self.rejectsByInterval = rejectsByInterval
    self.decides = decides
    self.decidesRightly = decidesRightly
    self.isReplaced = isReplaced
  }

  /// From an interval and a p-value; `decides` where both reject.
  public init(
    low: Double, high: Double, pValue: Double?, truth: Double, alpha: Double = 0.05, isReplaced: Bool = false
  ) {
    covers = low <= truth + Observation.slack && high >= truth - Observation.slack
    rejectsByP = (pValue ?? 1) <= alpha + Observation.slack
    rejectsByInterval = low > Observation.slack || high < -Observation.slack
    decides = rejectsByP && rejectsByInterval
    decidesRightly = decides && (truth > 0 ? low > 0 : truth < 0 && high < 0)
    self.isReplaced = isReplaced
  }

  static let slack = 1e-9
}

/// Judges one drawn world. The engine's own judge runs what `compare` would choose by default.
public typealias Judge = @Sendable (Drawn, Cell, inout Xoshiro256StarStar) -> Observation?

public enum EngineJudge {
  /// The engine's default method on the sample; the smallest p and every interval count where there are several looks.
  ///
  /// Nil where the engine makes no statement (too few items).
  public static let judge: Judge = { drawn, cell, generator in
    let inference = Inference(policy: cell.policy, seed: generator.next())
    if cell.looks.isEmpty { return observe(drawn, cell, inference) }
    var all: Observation?
    for look in cell.looks {
      guard let seen = observe(drawn.first(look), cell, inference) else { continue }
      guard let before = all else {
        all = seen
        continue
      }
      all = Observation(
        covers: before.covers && seen.covers, rejectsByP: before.rejectsByP || seen.rejectsByP,
        rejectsByInterval: before.rejectsByInterval || seen.rejectsByInterval,
        decides: before.decides || seen.decides, decidesRightly: before.decidesRightly || seen.decidesRightly,
        isReplaced: before.isReplaced || seen.isReplaced)
    }
    return all
  }

  private static func observe(_ drawn: Drawn, _ cell: Cell, _ inference: Inference) -> Observation? {
    switch drawn {
    case .paired(let columns):
      let sample = PairedSample(columns)
      let method = inference.defaultMethod(sample)
      guard let evidence = try? inference.evidence(sample, method: method) else { return nil }
      return observation(evidence, cell, inference)
    case .unpaired(let base, let candidate):
      let (first, second) = (ArmSample(base), ArmSample(candidate))
      let method = inference.defaultMethod(first, second)
      guard let evidence = try? inference.evidence(base: first, candidate: second, method: method) else { return nil }
      return observation(evidence, cell, inference)
    case .arm(let columns):
      let summary = inference.summary(ArmSample(columns), name: "arm")
      guard let low = summary.low, let high = summary.high else { return nil }
      return Observation(low: low, high: high, pValue: nil, truth: cell.truth)
    }
  }

  private static func observation(_ evidence: Evidence, _ cell: Cell, _ inference: Inference) -> Observation {
    var seen = Observation(
      low: evidence.low, high: evidence.high, pValue: evidence.pValue, truth: cell.truth, alpha: cell.policy.alpha,
      isReplaced: evidence.replacement != nil)
    switch inference.outcome(evidence) {
    case .improved, .improvedSmall:
      seen.decides = true
      seen.decidesRightly = cell.truth > 0
    case .regressed, .worseWithinMargin:
      seen.decides = true
      seen.decidesRightly = cell.truth < 0
    case .equivalent, .nonInferior, .inconclusive:
      seen.decides = false
      seen.decidesRightly = false
    }
    return seen
  }
}

extension Drawn {
  /// What had arrived when so many items (of each arm) had.
  func first(_ count: Int) -> Drawn {
    switch self {
    case .paired(var columns):
      columns.base = Array(columns.base.prefix(count))
      columns.candidate = Array(columns.candidate.prefix(count))
      columns.clusters = Array(columns.clusters.prefix(count))
      return .paired(columns)
    case .unpaired(let base, let candidate):
      return .unpaired(base: base.first(count), candidate: candidate.first(count))
    case .arm(let columns):
      return .arm(columns.first(count))
    }
  }
}

extension ArmColumns {
  func first(_ count: Int) -> ArmColumns {
    var columns = self
    columns.scores = Array(scores.prefix(count))
    columns.clusters = Array(clusters.prefix(count))
    return columns
  }
}

extension PairedSample {
  init(_ columns: PairedColumns) {
    self.init()
    base = columns.base
    candidate = columns.candidate
    (clusters, clusterCount) = clustersOf(columns.clusters, items: columns.base.count)
    isBinary = columns.kind == .binary
    isProportion = columns.kind != .real
  }
}

extension ArmSample {
  init(_ columns: ArmColumns) {
    let (clusters, count) = clustersOf(columns.clusters, items: columns.scores.count)
    self.init(
      scores: columns.scores, clusters: clusters, clusterCount: count, isBinary: columns.kind == .binary,
      isProportion: columns.kind != .real)
  }
}

/// As the engine reads clusters: they count only where there are fewer of them than items. Numbered in order here.
private func clustersOf(_ clusters: [Int32], items: Int) -> ([Int32], Int) {
  guard let last = clusters.last, Int(last) + 1 < items else { return ([], 0) }
  return (clusters, Int(last) + 1)
}
