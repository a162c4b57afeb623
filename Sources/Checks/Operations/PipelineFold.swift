import Project
import Records
import Store

/// What is known of a pipeline's traces, folded trace by trace.
///
/// Memory grows with the traces that one question hands out, which is bounded: some numbers a trace and stage.
struct PipelineFold {
  /// The stage of everything that belongs to none.
  static let other = 0
  /// Names of stages beyond so many are taken for `other`: names are not meant to be free text.
  private static let mostStages = 256
  private static let mostGaps = 4096

  /// A stretch of time that no stage explains: after the span of one name, before that of another.
  struct Gap: Hashable {
    var inside: String
    var after: String?
    var before: String?
  }

  struct Stage {
    let name: String
    /// Milliseconds on the critical path, by trace; shorter than the traces where the last ones have none.
    var critical: [Double] = []
    /// Milliseconds during which one of its spans ran, of the traces that have one.
    var busy: [Double] = []
    /// Spans of it.
    var spans = 0
    /// Milliseconds and items of its spans, for what a worker takes.
    var served = 0.0
    var batches = 0.0
    /// Fields that some of its cached spans do not key by, with how many spans.
    var unkeyed: [String: Int] = [:]
    var cached = 0
    /// Cached spans that do not say what they are keyed by.
    var unstated = 0

    func critical(of trace: Int) -> Double { trace < critical.count ? critical[trace] : 0 }
  }

  private let settings: PipelineSettings
  private let stageOfKind: [String: Int]
  private(set) var stages: [Stage]
  private var places: [String: Int]
  /// Milliseconds by trace.
  private(set) var lengths: [Double] = []
  private(set) var starts: [Instant] = []
  /// Whether a span of the trace was cold; nil where none says.
  private(set) var cold: [Bool?] = []
  private(set) var gaps: [Gap: (milliseconds: Double, traces: Int)] = [:]
  /// Traces without a first span, with several, or with two spans of one id.
  private(set) var skipped = 0
  /// Spans that are open or end before they begin.
  private(set) var dropped = 0
  private(set) var used = 0
  /// Spans of the skipped traces.
  private(set) var excluded = 0
  private(set) var examples: [RecordID] = []

  init(_ settings: PipelineSettings) {
    self.settings = settings
    stages = [Stage(name: "other")]
    places = ["other": PipelineFold.other]
    var kinds: [String: Int] = [:]
    for stage in settings.stages {
      if stage.id != "other" {
        places[stage.id] = stages.count
        stages.append(Stage(name: stage.id))
      }
      if let kind = stage.value.kind { kinds[kind.rawValue] = places[stage.id] }
    }
    stageOfKind = kinds
  }

  var traces: Int { lengths.count }

  func place(_ stage: String) -> Int? { places[stage] }

  // MARK: A trace

  mutating func add(_ trace: WindowTrace) {
    let ended = trace.spans.filter { $0.isEnded }
    let roots = ended.indices.filter { ended[$0].parentID == nil }
    guard belongs(ended, roots) else { return }
    guard roots.count == 1, Set(ended.map(\.spanID)).count == ended.count else {
      // What lies on the edge of the window is not broken.
      if !trace.isCut { (skipped, excluded) = (skipped + 1, excluded + trace.spans.count) }
      return
    }
    dropped += trace.spans.count - ended.count
    used += ended.count
    add(ended, root: roots[0])
  }

  /// Whether a trace runs through this pipeline: of its feature, or with one of its stages.
  private func belongs(_ spans: [WindowSpan], _ roots: [Int]) -> Bool {
    if let feature = settings.feature {
      return roots.isEmpty
        ? spans.contains { $0.feature == feature } : roots.contains { spans[$0].feature == feature }
    }
    return spans.contains { span in
      span.stage.map { settings.stages[$0] != nil } ?? (span.kind.flatMap { stageOfKind[$0] } != nil)
    }
  }

  private mutating func add(_ spans: [WindowSpan], root: Int) {
    let trace = lengths.count
    var indices: [String: Int] = [:]
    for (index, span) in spans.enumerated() { indices[span.spanID] = index }
    var nodes = spans.map { span in
      CriticalPath.Node(
        start: span.startedAt.nanoseconds, end: (span.endedAt ?? span.startedAt).nanoseconds, id: span.spanID)
    }
    for (index, span) in spans.enumerated() where index != root {
      // A parent that is not in the trace is the first span.
      nodes[span.parentID.flatMap { indices[$0] } ?? root].children.append(index)
    }
    let stageOf = spans.indices.map { $0 == root ? PipelineFold.other : stage(of: spans[$0]) }
    CriticalPath.walk(nodes, root: root) { piece in
      let milliseconds = Double(piece.nanoseconds) / 1e6
      let stage = stageOf[piece.node]
      stages[stage].addCritical(milliseconds, trace: trace)
      guard stage == PipelineFold.other else { return }
      addGap(
        Gap(
          inside: label(spans[piece.node]), after: piece.after.map { label(spans[$0]) },
          before: piece.before.map { label(spans[$0]) }), milliseconds)
    }
    addWork(spans, nodes, stageOf, root: root)
    lengths.append(Double(nodes[root].end - nodes[root].start) / 1e6)
    starts.append(spans[root].startedAt)
    if examples.count < 20, let id = spans[root].recordID { examples.append(id) }
  }

  private func label(_ span: WindowSpan) -> String { span.stage ?? span.name ?? span.kind ?? span.spanID }

  private mutating func addGap(_ gap: Gap, _ milliseconds: Double) {
    guard gaps[gap] != nil || gaps.count < PipelineFold.mostGaps else { return }
    let known = gaps[gap] ?? (0, 0)
    gaps[gap] = (known.milliseconds + milliseconds, known.traces + 1)
  }

  private mutating func stage(of span: WindowSpan) -> Int {
    guard let name = span.stage else { return span.kind.flatMap { stageOfKind[$0] } ?? PipelineFold.other }
    if let place = places[name] { return place }
    guard stages.count < PipelineFold.mostStages else { return PipelineFold.other }
    places[name] = stages.count
    stages.append(Stage(name: name))
    return stages.count - 1
  }

  /// How long each stage was busy, and what its spans say of caches and batches.
  private mutating func addWork(
    _ spans: [WindowSpan], _ nodes: [CriticalPath.Node], _ stageOf: [Int], root: Int
  ) {
    var isCold: Bool?
    var runs: [Int: [(start: Int64, end: Int64)]] = [:]
    for index in spans.indices {
      let attributes = spans[index].attributes.flatMap { try? JSONValue(parsing: $0) }
      if let said = attributes?["cold"]?.truth { isCold = (isCold ?? false) || said }
      let place = stageOf[index]
      guard index != root, place != PipelineFold.other else { continue }
      runs[place, default: []].append((nodes[index].start, nodes[index].end))
      stages[place].spans += 1
      stages[place].served += Double(nodes[index].end - nodes[index].start) / 1e6
      stages[place].batches += attributes?["batch"]?.real.flatMap { $0 > 0 && $0.isFinite ? $0 : nil } ?? 1
      if let attributes, attributes["cache_hit"]?.truth != nil {
        stages[place].addCached(attributes["cache_key_fields"], needed: cacheKey(place))
      }
    }
    for (place, spans) in runs { stages[place].busy.append(Double(PipelineFold.union(spans)) / 1e6) }
    cold.append(isCold)
  }

  private func cacheKey(_ place: Int) -> [String] {
    settings.stages[stages[place].name]?.cacheKey ?? settings.cacheKey
  }

  /// Nanoseconds that some of the stretches cover.
  static func union(_ stretches: [(start: Int64, end: Int64)]) -> Int64 {
    var (total, reached) = (Int64(0), Int64.min)
    for (start, end) in stretches.ordered(by: \.start) {
      total += max(0, end - max(start, reached))
      reached = max(reached, end)
    }
    return total
  }
}

extension PipelineFold.Stage {
  fileprivate mutating func addCritical(_ milliseconds: Double, trace: Int) {
    while critical.count <= trace { critical.append(0) }
    critical[trace] += milliseconds
  }

  fileprivate mutating func addCached(_ fields: JSONValue?, needed: [String]) {
    cached += 1
    guard case .array(let elements)? = fields else { return unstated += 1 }
    let stated = Set(elements.compactMap(\.text))
    for field in needed where !stated.contains(field) { unkeyed[field, default: 0] += 1 }
  }
}

extension WindowSpan {
  /// Whether it has an end that is not before its beginning.
  fileprivate var isEnded: Bool { endedAt.map { startedAt <= $0 } ?? false }
}
