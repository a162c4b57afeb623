extension SpanRecord: NativeRecord {
  public static var recordKind: RecordKind { .span }
  public var record: Record { .span(self) }

  public var fields: JSONObject {
    var line = JSONObject()
    line.set("span_id", spanID)
    line.set("trace_id", traceID)
    line.set("parent_id", parentID)
    line.set("name", name)
    line.set("span_kind", spanKind)
    line.set("started_at", startedAt)
    line.set("ended_at", endedAt)
    line.set("status", status.rawValue)
    line.set("error_type", errorType)
    line.set("feature", feature)
    line.set("tenant", tenant)
    line.set("session_id", sessionID)
    line.set("user_id", userID)
    line.set("tags", tags)
    line.set("traffic_cluster", trafficCluster)
    line.set("stage", stage)
    line.set("model_requested", modelRequested)
    line.set("model_served", modelServed)
    line.set("prompt_id", promptID)
    line.set("prompt_sha256", promptSHA256)
    line.set("config_sha256", configSHA256)
    line.set("parameters", canonical: parameters)
    line.set("input_tokens", inputTokens)
    line.set("output_tokens", outputTokens)
    line.set("cached_tokens", cachedTokens)
    line.set("cost_usd", dollars: cost)
    setHow(&line)
    return line
  }

  private func setHow(_ line: inout JSONObject) {
    line.set("finish_reason", finishReason)
    line.set("refusal", refusal)
    line.set("retrieved", canonical: retrieved)
    line.set("index_sha256", indexSHA256)
    line.set("tool", tool)
    line.set("tool_schema_sha256", toolSchemaSHA256)
    line.set("attempt", attempt)
    line.set("idempotency_key", idempotencyKey)
    line.set("subject", subject)
    line.set("subject_sha256", subjectSHA256)
    line.set("attributes", canonical: attributes)
    for part in SpanContents.parts {
      line.set("\(part.name)_sha256", contents[keyPath: part.path]?.description)
    }
  }
}
