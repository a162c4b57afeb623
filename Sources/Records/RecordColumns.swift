extension RecordKind {
  /// The names of all fields of a kind, in the order of its lines: the columns of a table.
  public var fieldNames: [String] {
    switch self {
    case .trial: RecordColumns.trial
    case .annotation: RecordColumns.annotation
    case .artifact: RecordColumns.artifact
    case .span: RecordColumns.span
    case .change: RecordColumns.change
    case .charge: ChargeRecord.declaration.map(\.name)
    case .run: RunRecord.declaration.map(\.name)
    case .item: ItemRecord.declaration.map(\.name)
    case .attempt: AttemptRecord.declaration.map(\.name)
    case .receipt: ReceiptRecord.declaration.map(\.name)
    case .lease: LeaseRecord.declaration.map(\.name)
    case .heartbeat: HeartbeatRecord.declaration.map(\.name)
    case .incident: IncidentRecord.declaration.map(\.name)
    case .decision: DecisionRecord.declaration.map(\.name)
    case .cost: CostRecord.declaration.map(\.name)
    case .finding: RecordColumns.finding
    case .waiver: ["check", "subject", "owner", "reason", "at", "expires_at"]
    }
  }
}

/// Fields of the kinds that do not declare them; a test holds these against what such records write.
private enum RecordColumns {
  static let trial = [
    "suite", "suite_version", "item_id", "variant", "metric", "repeat", "prediction_id", "judge_repeat", "score",
    "passed", "cluster_id", "traffic_cluster", "tags", "confidence", "predicted", "expected", "subject_sha256",
    "config_sha256", "judge", "cost_usd", "latency_ms", "input_tokens", "output_tokens", "at", "attributes",
  ]
  static let annotation = [
    "annotation_id", "subject", "subject_sha256", "name", "value", "annotator_kind", "annotator", "reason_tags", "note",
    "seconds", "surface", "saw_critic", "probe", "supersedes", "vocabulary_version", "at", "attributes",
  ]
  static let artifact = [
    "sha256", "artifact_kind", "name", "version", "bytes", "media_type", "owner", "derived_from", "at", "attributes",
  ]
  static let span =
    [
      "span_id", "trace_id", "parent_id", "name", "span_kind", "started_at", "ended_at", "status", "error_type",
      "feature", "tenant", "session_id", "user_id", "tags", "traffic_cluster", "stage", "model_requested",
      "model_served", "prompt_id", "prompt_sha256", "config_sha256", "parameters", "input_tokens", "output_tokens",
      "cached_tokens", "cost_usd", "finish_reason", "refusal", "retrieved", "index_sha256", "tool",
      "tool_schema_sha256", "attempt", "idempotency_key", "subject", "subject_sha256", "attributes",
    ] + SpanContents.parts.map { "\($0.name)_sha256" }
  static let finding = [
    "schema", "check", "subject", "verdict", "reasons", "headline", "measures", "figures", "evidence", "missing",
    "next",
    "owner", "method", "as_of", "seed", "looks", "policy_sha256", "inputs_sha256", "at", "expires_at",
  ]
  static let change = [
    "surface", "from", "to", "actor", "reason", "decision_id", "paths", "at", "attributes",
  ]
}
