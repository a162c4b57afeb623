extension TrialRecord: NativeRecord {
  public static var recordKind: RecordKind { .trial }
  public var record: Record { .trial(self) }

  public var fields: JSONObject {
    var line = JSONObject()
    line.set("suite", suite)
    line.set("suite_version", suiteVersion)
    line.set("item_id", item)
    line.set("variant", variant)
    line.set("metric", metric)
    line.set("repeat", repetition)
    line.set("prediction_id", prediction)
    line.set("judge_repeat", judgeRepeat)
    line.set("score", score)
    line.set("passed", passed)
    line.set("cluster_id", cluster)
    line.set("traffic_cluster", trafficCluster)
    line.set("tags", tags)
    line.set("confidence", confidence)
    line.set("predicted", predicted)
    line.set("expected", expected)
    line.set("subject_sha256", subjectSHA256)
    line.set("config_sha256", configSHA256)
    line.set("judge", judge)
    line.set("cost_usd", dollars: cost)
    line.set("latency_ms", latencyMilliseconds)
    line.set("input_tokens", inputTokens)
    line.set("output_tokens", outputTokens)
    line.set("at", at)
    line.set("attributes", canonical: attributes)
    return line
  }
}
