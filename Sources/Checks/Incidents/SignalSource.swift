import Project
import Records
import Store

/// One value of a signal, and which versions of what made it.
struct SignalValue {
  let at: Instant
  let value: Double
  let id: RecordID?
  /// By surface.
  let versions: [(surface: String, version: String)]
}

/// Reads the values of a signal, from wherever it has them.
struct SignalSource {
  let name: String
  let settings: SignalSettings

  /// Hands out the values from an instant up to `asOf`, in no particular order.
  /// - Returns: from when on everything was read.
  func forEachValue(since: Instant, _ ledger: Snapshot, _ body: (SignalValue) throws -> Void) throws -> SpanReach {
    guard settings.source == .annotation else { return try forEachSpanValue(since: since, ledger, body) }
    var spans = 0
    try ledger.forEachSignalWord(named: settings.name ?? name, feature: settings.feature, since: since) { word in
      let value = settings.effectiveKind == .proportion ? word.value.isPass.map { $0 ? 1 : 0 } : number(word.value)
      guard let value else { return }
      spans += 1
      var versions: [(surface: String, version: String)] = [("judge", word.annotator)]
      for (surface, version) in [
        ("model", word.modelServed), ("prompt", word.promptSHA256), ("index", word.indexSHA256),
      ] {
        if let version { versions.append((surface, version)) }
      }
      try body(SignalValue(at: word.at, value: value, id: word.id, versions: versions))
    }
    return SpanReach(since: since, isWhole: true, spans: spans)
  }

  /// A label may be a number's text.
  private func number(_ value: AnnotationRecord.Value) -> Double? {
    (value.number ?? Double(value.text)).flatMap { $0.isFinite ? $0 : nil }
  }

  private func forEachSpanValue(
    since: Instant, _ ledger: Snapshot, _ body: (SignalValue) throws -> Void
  ) throws -> SpanReach {
    var question = SpanQuestion(
      since: since, until: ledger.asOf, fields: [.usage, .digests, .outcome, .asking, .call, .retrieved])
    question.feature = settings.feature
    switch settings.source {
    case .retrieved: question.kinds = ["retrieval"]
    case .tool: question.kinds = ["tool"]
    default: question.kinds = ["chat", "completion"]
    }
    return try ledger.forEachSpan(question) { span in
      guard let value = value(span) else { return }
      var versions: [(surface: String, version: String)] = []
      for (surface, version) in [
        ("model", span.modelServed), ("prompt", span.promptSHA256), ("index", span.indexSHA256),
        ("tool_schema", span.toolSchemaSHA256),
      ] {
        if let version { versions.append((surface, version)) }
      }
      try body(SignalValue(at: span.startedAt, value: value, id: span.recordID, versions: versions))
    }
  }

  /// Nil where the span does not say.
  private func value(_ span: WindowSpan) -> Double? {
    switch settings.source {
    case .annotation: nil
    case .refusal: span.isRefusal.map { $0 ? 1 : 0 }
    case .error: span.status.map { $0 == .ok ? 0 : 1 }
    case .latency: span.endedAt.map { Double($0.nanoseconds - span.startedAt.nanoseconds) / 1e9 }
    case .inputTokens: span.inputTokens.map(Double.init)
    case .outputTokens: span.outputTokens.map(Double.init)
    case .cost: span.cost.flatMap { $0.currency == "USD" ? $0.approximate : nil }
    case .retrieved: span.retrieved.map { $0 == "[]" ? 0 : 1 }
    case .tool: span.tool.map { $0 == (settings.name ?? name) ? 1 : 0 }
    }
  }
}
