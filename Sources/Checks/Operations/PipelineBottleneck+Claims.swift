import Records
import Statistics
import Store

extension PipelineBottleneck {
  /// What somebody says that a change will save.
  struct Claim {
    let id: RecordID
    let at: Instant
    /// The stages it is about, together.
    let stages: [String]
    /// Milliseconds of a mean trace.
    let saved: Double
    /// The pipeline it names, where it names one.
    let pipeline: String?
  }

  /// The claims of a stretch of time, and the changes whose claim lacks the stage or the saving.
  struct Claims {
    private(set) var whole: [Claim] = []
    private(set) var incomplete: [RecordID] = []

    init(pipeline: String, since: Instant, _ ledger: Snapshot) throws {
      try ledger.forEachChange { id, change in
        guard change.at >= since, let text = change.attributes, text.contains("\"claim\""),
          let claim = (try? JSONValue(parsing: text))?["claim"]
        else { return }
        let named = claim["pipeline"]?.text
        guard named == nil || named == pipeline else { return }
        let stages = claim["stage"]?.text.map { [$0] } ?? claim["stage"]?.elements.compactMap(\.text) ?? []
        guard !stages.isEmpty, let saved = claim["saved_ms"]?.real, saved.isFinite, saved > 0 else {
          return incomplete.append(id)
        }
        whole.append(Claim(id: id, at: change.at, stages: stages, saved: saved, pipeline: named))
      }
    }
  }

  /// A claim beside what was measured.
  struct JudgedClaim {
    let claim: Claim
    /// Milliseconds of the claimed stages in a mean trace before the change: what a change can save at most.
    let cap: Double
    /// Their share of the time, before the change.
    let share: Double
    /// The largest stage that the claim is not about, and its share.
    let largest: (stage: String, share: Double)?
    /// Milliseconds less after the change than before; nil as long as too few traces came after it.
    let measured: MeanEstimate?

    var name: String { claim.stages.joined(separator: "+") }

    /// f: the part of the stages that would have to go.
    var cut: Double? { Share.of(claim.saved, cap) }

    /// Nil where the claim is about another pipeline, or nothing was measured before it.
    init?(_ claim: Claim, _ fold: PipelineFold, isOnlyPipeline: Bool) {
      let places = claim.stages.map(fold.place)
      guard isOnlyPipeline || claim.pipeline != nil || places.allSatisfy({ $0 != nil }) else { return nil }
      self.claim = claim
      let claimed = Set(places.compactMap(\.self))
      var (before, after) = (Moments(), Moments())
      var (total, parts) = (0.0, [Double](repeating: 0, count: fold.stages.count))
      for trace in 0..<fold.traces {
        let taken = claimed.reduce(0) { $0 + fold.stages[$1].critical(of: trace) }
        guard fold.starts[trace] < claim.at else {
          after.add(taken)
          continue
        }
        before.add(taken)
        total += fold.lengths[trace]
        for place in parts.indices { parts[place] += fold.stages[place].critical(of: trace) }
      }
      guard let share = Share.of(claimed.reduce(0) { $0 + parts[$1] }, total) else { return nil }
      self.share = share
      cap = before.mean
      let others = parts.indices.filter { $0 != PipelineFold.other && !claimed.contains($0) }
      largest = others.least { -parts[$0] }.map { (fold.stages[$0].name, parts[$0] / total) }
      measured = MeanInference.welch(before, after)
    }
  }

  static func judge(_ judgement: inout Judgement, _ claims: [JudgedClaim], _ policy: Policy) {
    for one in claims {
      judgement.evidence.append(one.claim.id)
      if one.claim.saved.isAbove(one.cap) {
        judgement.fail(
          "CLAIM_EXCEEDS_CAP", about: one.name,
          "\(milliseconds(one.claim.saved)) are claimed of \(one.name), which holds \(milliseconds(one.cap)) of a mean trace: no change of it saves more."
        )
      }
      guard let largest = one.largest, one.share.isBelow(policy.lowCap), largest.share > 0,
        largest.share.isAtLeast(policy.focusRatio * one.share)
      else { continue }
      judgement.warn(
        "WRONG_STAGE", about: one.name,
        "\(one.name) holds \(NumberWords.percent(one.share)) of the time, \(largest.stage) \(NumberWords.percent(largest.share))."
      )
    }
  }

  static func note(_ judgement: inout Judgement, _ claims: Claims) {
    guard !claims.incomplete.isEmpty else { return }
    judgement.evidence += claims.incomplete
    judgement.reasons.append(
      Finding.Reason(
        "CLAIM_MISSING", .pass,
        "\(NumberWords.counted(claims.incomplete.count, "change")) \(claims.incomplete.count == 1 ? "claims" : "claim") a gain of speed without its stage and saved_ms."
      ))
  }

  static func milliseconds(_ value: Double) -> String { "\(NumberWords.trimmed(NumberWords.fixed(value, 1))) ms" }
}
