/// The formats that trials and records are read from.
public enum FileFormat: String, Sendable, CaseIterable {
  /// Tallystick's own records as JSON lines (`tally.records/1`).
  case records = "tally-records"
  /// Delimited text with a header: commas, semicolons, bars or spaces.
  case csv
  /// Delimited text with a header: tabs.
  case tsv
  /// An array of row objects, at the top level or as the one such array of an object.
  case jsonArray = "json-array"
  /// Row objects one after the other (JSONL, NDJSON).
  case jsonLines = "json-lines"
  /// An object from item id to outcome.
  case idMap = "id-map"
  /// Ids of the items that passed, as SWE-bench reports list them.
  case resolvedList = "resolved-list"
  /// The event log of OpenAI's evals.
  case openAIEvals = "openai-evals"
  /// A log of Inspect AI as a zip archive (`.eval`).
  case inspectArchive = "inspect-eval"
  /// A log of Inspect AI as one JSON document.
  case inspectDocument = "inspect-json"
  /// Results of promptfoo, as a document or as JSON lines.
  case promptfoo
  /// Samples of lm-evaluation-harness.
  case lmEvaluation = "lm-eval-samples"
  /// Spans and log records of OpenTelemetry: OTLP/JSON, one export or one a line.
  case otlpJSON = "otlp-json"
  /// The same in protobuf: one export, or several with their lengths before them.
  case otlpProtobuf = "otlp-protobuf"
  /// Traces, observations and scores of Langfuse, as it exports them and as its API gives them.
  case langfuse = "langfuse-export"
  /// Requests and answers of OpenAI's Batch API: its input, output and error files.
  case openAIBatch = "openai-batch"
  /// A bill in the columns of FOCUS: delimited text or JSON lines.
  case focusBill = "focus-bill"
  /// A Cost and Usage Report of AWS (CUR 2.0, and those before it): delimited text.
  case awsBill = "aws-bill"

  /// Whether it holds what something cost.
  var isBill: Bool { self == .focusBill || self == .awsBill }
}
