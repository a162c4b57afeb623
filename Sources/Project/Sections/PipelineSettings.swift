/// `pipelines.<pipeline>`: the stages that a request, or a document on its way into an index, goes through.
public struct PipelineSettings: Configurable {
  /// What a cached stage must key its entries by, where nothing else is said.
  public static let usualCacheKey = ["chunker_version", "embedding_model", "text_sha256"]

  /// Who answers for the pipeline.
  public var owner: String?
  /// The feature whose traces run through it; nil for every trace with one of its stages.
  public var feature: String?
  /// The stages, in the order of the file.
  public var stages = NamedEntries<StageSettings>()
  /// What nineteen of twenty traces must not take longer than.
  public var objective: Duration?
  /// Fields that the cache of a stage must be keyed by.
  public var cacheKey = PipelineSettings.usualCacheKey
  /// Items that are to be ingested: how long it takes is told for so many.
  public var items: Int?
  /// Thresholds of checks for this pipeline.
  public var policies = PolicyOverrides()

  public init() {}

  public static let keys: [Key<PipelineSettings>] = [
    Key("owner", \.owner, .optional(.text), "Who answers for the pipeline"),
    Key(
      "feature", \.feature, .optional(.id), "The feature whose traces run through it; any with its stages if left out"),
    Key("stages", \.stages, .map(of: .object, named: "stage"), "The stages, by their names in spans", required: true),
    Key("slo_p95", \.objective, .optional(.shortDuration), "What nineteen of twenty traces must not take longer than"),
    Key("cache_key", \.cacheKey, .list(of: .text), "Fields that the cache of a stage must be keyed by"),
    Key("items", \.items, .optional(.count), "Items that are to be ingested"),
    Key("policies", \.policies, .policies(withDefault: false), "Thresholds of checks for this pipeline"),
  ]

  public func faults() -> [Fault] {
    var owners: [String: String] = [:]
    var faults: [Fault] = []
    for stage in stages {
      guard let kind = stage.value.kind?.rawValue else { continue }
      if let other = owners[kind] {
        faults.append(
          Fault(
            key: "stages", below: [.key(stage.id), .key("kind")],
            problem: "the stages \(quoted(other)) and \(quoted(stage.id)) both take spans of kind \(kind)",
            remedy: "A span without a stage belongs to one: leave the kind out of the other."))
      }
      owners[kind] = stage.id
    }
    return faults
  }
}

/// `pipelines.<pipeline>.stages.<stage>`: one stage, what it may take and what works on it.
public struct StageSettings: Configurable {
  /// Kinds of spans, as records have them.
  public enum Kind: String, CaseIterable, Sendable {
    case chat, completion, embeddings, retrieval, rerank, tool, agent, workflow, preprocess, review, other
  }

  /// Spans of this kind that name no stage belong to it.
  public var kind: Kind?
  /// What the stage may take in nineteen of twenty traces.
  public var budget: Duration?
  /// Fields that its cache must be keyed by; nil for the pipeline's.
  public var cacheKey: [String]?
  /// How many work on it at the same time, when documents are ingested.
  public var workers: Int?
  /// What one worker takes for one batch; nil to take it from the spans.
  public var service: Duration?
  /// Units that a worker takes at a time.
  public var batch = 1
  /// Units of this stage that one item makes, such as chunks of a page.
  public var perItem = 1.0

  public init() {}

  public static let keys: [Key<StageSettings>] = [
    Key("kind", \.kind, .optional(.choice), "Spans of this kind that name no stage belong to it"),
    Key("budget_p95", \.budget, .optional(.shortDuration), "What it may take in nineteen of twenty traces"),
    Key("cache_key", \.cacheKey, .optional(.list(of: .text)), "Fields that its cache must be keyed by"),
    Key("workers", \.workers, .optional(.count), "How many work on it at the same time"),
    Key("service", \.service, .optional(.shortDuration), "What one worker takes for one batch"),
    Key("batch", \.batch, .count(atLeast: 1), "Units that a worker takes at a time"),
    Key("per_item", \.perItem, .positive, "Units of this stage that one item makes"),
  ]
}
