/// The names under which evaluation tools write what a trial has, the surest first.
enum ColumnNames {
  static let item = [
    "item_id", "item", "example_id", "sample_id", "question_id", "instance_id", "task_id", "test_id", "case_id",
    "problem_id", "prompt_id", "example", "id", "doc_id", "session_id", "conversation_id", "seg_id", "segment_id",
    "case", "test", "test_name", "name", "qid", "uid", "key", "question",
  ]
  static let score = [
    "score", "correct", "passed", "pass", "is_correct", "success", "accuracy", "acc", "exact_match", "reward",
    "resolved",
    "is_resolved", "label_correct", "is_pass", "succeeded", "grade", "rating", "value", "result", "outcome",
    "pass_at_1",
    "verdict",
  ]
  static let suite = ["suite", "benchmark"]
  static let cluster = ["cluster_id", "cluster"]
  static let repetition = [
    "repeat", "repetition", "repeat_id", "epoch", "trial", "trial_id", "attempt", "run", "seed", "sample_index",
    "repeat_index", "iteration", "replicate",
  ]
  static let variant = ["variant", "arm", "model", "model_name", "model_id", "system", "candidate", "version"]
  static let prediction = ["prediction_id", "response_id", "completion_id"]
  static let judgeRepeat = ["judge_repeat", "judge_run", "grading_run"]
  static let cost = ["cost", "cost_usd", "total_cost", "total_cost_usd", "usage.cost"]
  static let tokens = [
    "total_tokens", "tokens", "usage.total_tokens", "token_count", "num_tokens", "token_usage.total",
  ]
  /// Pairs that add up to all tokens of a row.
  static let tokenPairs = [
    ("input_tokens", "output_tokens"), ("prompt_tokens", "completion_tokens"),
    ("usage.input_tokens", "usage.output_tokens"), ("usage.prompt_tokens", "usage.completion_tokens"),
  ]

  // What only a ledger keeps.
  static let suiteVersion = ["suite_version", "dataset_version"]
  static let configuration = ["config_sha256", "config_hash"]
  static let expected = [
    "expected", "label", "gold", "target", "expected_label", "gold_label", "true_label", "ground_truth", "y_true",
    "expected_output", "reference", "answer_key",
  ]
  static let predicted = [
    "predicted", "prediction", "pred", "predicted_label", "pred_label", "y_pred", "predicted_class",
  ]
  static let confidence = ["confidence", "prob", "probability", "pred_prob", "confidence_score"]
  static let latency = ["latency_ms", "duration_ms", "elapsed_ms", "response_time_ms"]
  static let time = ["at", "time", "timestamp", "created_at", "completed_at", "date", "datetime"]
  static let trafficCluster = ["traffic_cluster"]
  static let metric = ["metric", "metric_name"]
  static let judge = ["judge", "scorer", "grader", "judge_model"]
  static let subject = ["subject_sha256", "artifact_sha256"]
  static let inputTokens = [
    "input_tokens", "prompt_tokens", "usage.input_tokens", "usage.prompt_tokens", "tokens_in",
  ]
  static let outputTokens = [
    "output_tokens", "completion_tokens", "usage.output_tokens", "usage.completion_tokens", "tokens_out",
  ]
  /// Columns in which 1 means a pass and 0 a failure, and which are called `correct` in a ledger.
  static let passes: Set<String> = [
    "correct", "passed", "pass", "is_correct", "success", "resolved", "is_resolved", "label_correct", "is_pass",
    "succeeded", "exact_match", "pass_at_1", "outcome", "verdict", "result", "acc", "accuracy",
  ]

  /// The name of a tag: a column `tags.lang` or `tag_lang` is the tag `lang`.
  static func tag(_ column: String) -> String? {
    for prefix in ["tags.", "tag_", "tag."] where column.hasPrefix(prefix) && column.utf8.count > prefix.utf8.count {
      return String(column.dropFirst(prefix.count))
    }
    return nil
  }

  /// A name without its writing habits: `taskId`, `Task-ID` and `task id` are all `task_id`. Dots stay.
  static func normalised(_ name: String) -> String {
    var result = ""
    var previousIsLower = false
    for scalar in name.unicodeScalars {
      if scalar == "-" || scalar == " " {
        result += "_"
        previousIsLower = false
      } else if scalar.value < 128, scalar.properties.isUppercase {
        if previousIsLower { result += "_" }
        result += String(scalar).lowercased()
        previousIsLower = false
      } else {
        result.unicodeScalars.append(scalar)
        previousIsLower = scalar.value < 128 && scalar.properties.isLowercase
      }
    }
    return result
  }

  /// What follows the last dot of a path.
  static func leaf(_ name: String) -> String {
    name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? name
  }

  /// Whether the keys of a lone object are those of a row, rather than ids or settings around a list of rows.
  static func lookLikeARow(_ fields: [FormatProbe.Field]) -> Bool {
    let names = Set(fields.map { normalised($0.name) })
    return item.contains { names.contains($0) } && score.contains { names.contains($0) }
      && !fields.contains { $0.element == .object && JSONTable.rowsMembers.contains($0.name) }
  }

  /// Whether the keys of a lone object name metrics, so that its numbers are averages and not outcomes of items.
  static func lookLikeASummary(_ fields: [FormatProbe.Field]) -> Bool {
    fields.contains { score.contains(normalised($0.name)) }
  }
}
