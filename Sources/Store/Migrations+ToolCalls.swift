extension Migrations {
  /// Whether a span's own row says which work it was part of: it names a run among its attributes, or bears a key. The words are those of
  /// the index below, without which a planner would not use it.
  static func namesWork(_ span: String) -> String {
    let prefix = span.isEmpty ? "" : span + "."
    return "(\(prefix)idempotency_key IS NOT NULL OR \(prefix)attributes LIKE '%\"run_id\"%')"
  }

  /// Of calls of tools, few are part of background work: those are found without reading the others.
  static let toolCalls = ["CREATE INDEX span_of_work ON span(started_at) WHERE \(namesWork(""))"]
}
