import Records
import Store

/// A record of any kind.
enum AnyRecord: Sendable, Equatable {
  case trial(TrialRecord)
  case annotation(AnnotationRecord)
  case artifact(ArtifactRecord)
  case span(SpanRecord)
  case change(ChangeRecord)
  case finding(Finding)
  case waiver(Waiver)

  var kind: RecordKind {
    switch self {
    case .trial: .trial
    case .annotation: .annotation
    case .artifact: .artifact
    case .span: .span
    case .change: .change
    case .finding: .finding
    case .waiver: .waiver
    }
  }

  func append(to appender: Appender) throws {
    switch self {
    case .trial(let record): try appender.append(record)
    case .annotation(let record): try appender.append(record)
    case .artifact(let record): try appender.append(record)
    case .span(let record): try appender.append(record)
    case .change(let record): try appender.append(record)
    case .finding(let record): try appender.append(record)
    case .waiver(let record): try appender.append(record)
    }
  }

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
    }
  }

  /// The record as the ledger keeps it: NaN is absent.
  var kept: AnyRecord {
    guard case .trial(var trial) = self else { return self }
    func kept(_ value: Double?) -> Double? { value?.isNaN == true ? nil : value }
    trial.score = kept(trial.score)
    trial.confidence = kept(trial.confidence)
    trial.latencyMilliseconds = kept(trial.latencyMilliseconds)
    return .trial(trial)
  }

  /// What is stated, whenever it was.
  var statement: AnyRecord {
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
    case let other: return other
    }
  }
}
