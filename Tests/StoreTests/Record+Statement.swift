import Records

extension Record {
  /// What names the thing that is spoken of.
  var key: [String?] {
    func text(_ number: Int64?) -> String? { number.map { String($0) } }
    switch self {
    case .trial(let it):
      return [
        it.suite, it.suiteVersion, it.variant, it.metric, it.item, text(it.repetition), it.prediction,
        text(it.judgeRepeat),
      ]
    case .annotation(let it): return [it.annotationID]
    case .artifact(let it): return [it.artifactKind, it.name, it.sha256]
    case .span(let it): return [it.traceID, it.spanID, text(it.startedAt.nanoseconds / 1_000_000_000)]
    case .change(let it):
      return [it.surface, it.from, it.to, it.actor, it.reason, it.decisionID, it.attributes]
        + it.paths.map { $0 } + [text(it.at.nanoseconds)]
    case .finding(let it): return [it.check, it.subject, text(it.at.nanoseconds)]
    case .waiver(let it): return [it.check, it.subject]
    case .charge(let it): return [it.account, it.chargeID]
    case .run(let it): return [it.runID]
    case .item(let it): return [it.runID, it.itemID]
    case .attempt(let it): return [it.runID, it.attemptID]
    case .receipt(let it): return [it.runID, it.receiptID]
    case .lease(let it): return [it.leaseID, it.state, text(it.at.nanoseconds)]
    case .heartbeat(let it):
      return [
        it.runID, it.itemID, it.attemptID, it.runtimeID, it.resource, it.deviceSHA256, text(it.at.nanoseconds),
      ]
    case .incident(let it): return [it.incidentID, it.state, text(it.at.nanoseconds)]
    case .decision(let it): return [it.decisionID]
    case .cost(let it): return [it.traceID, it.spanID, text(it.at.nanoseconds / 1_000_000_000)]
    }
  }

  /// The record as the ledger keeps it: NaN is absent.
  var kept: Record {
    guard case .trial(var trial) = self else { return self }
    func kept(_ value: Double?) -> Double? { value?.isNaN == true ? nil : value }
    trial.score = kept(trial.score)
    trial.confidence = kept(trial.confidence)
    trial.latencyMilliseconds = kept(trial.latencyMilliseconds)
    return .trial(trial)
  }

  /// What is stated, whenever it was.
  var statement: Record {
    let never = Instant(nanoseconds: 0)
    switch kept {
    case .trial(var it):
      it.at = never
      return .trial(it)
    case .annotation(var it):
      it.at = never
      return .annotation(it)
    case .artifact(var it):
      it.at = never
      return .artifact(it)
    case .waiver(var it):
      it.at = never
      return .waiver(it)
    case .run(var it):
      it.at = never
      return .run(it)
    case .item(var it):
      it.at = never
      return .item(it)
    case .decision(var it):
      it.at = never
      return .decision(it)
    case let other: return other
    }
  }
}
