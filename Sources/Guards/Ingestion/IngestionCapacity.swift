/// How many items a second a pipeline takes in: as many as its narrowest stage.
///
/// Source: the `pipeline-bottleneck` specification, "Ingestion".
public struct IngestionCapacity: Sendable, Equatable {
  /// One stage and what works on it.
  public struct Stage: Sendable, Equatable {
    public var name: String
    public var workers: Double
    /// Units that a worker takes at a time.
    public var batch: Double
    /// Seconds that it takes for them.
    public var seconds: Double
    /// Units of this stage that one item makes.
    public var perItem: Double

    public init(_ name: String, workers: Double, batch: Double, seconds: Double, perItem: Double) {
      self.name = name
      self.workers = workers
      self.batch = batch
      self.seconds = seconds
      self.perItem = perItem
    }

    /// Items a second: workers · batch / (seconds · units an item); nil where it takes no time.
    public var capacity: Double? {
      let taken = seconds * perItem
      return taken > 0 ? workers * batch / taken : nil
    }
  }

  /// In the order of the pipeline.
  public var stages: [Stage]

  public init(_ stages: [Stage]) {
    self.stages = stages
  }

  /// Items a second of the whole; nil where no stage bounds it.
  public var capacity: Double? { stages.compactMap(\.capacity).min() }

  /// The narrowest stages: all that are as narrow as the narrowest, up to rounding.
  public var bottlenecks: [Stage] {
    guard let least = capacity else { return [] }
    return stages.filter { stage in stage.capacity.map { $0 <= least + 1e-9 * max(1, least) } ?? false }
  }

  /// Hours that so many items take; nil is unbounded.
  public func hours(_ items: Int) -> Double? {
    guard let capacity else { return 0 }
    return capacity > 0 ? Double(items) / (3600 * capacity) : nil
  }
}
