import Records
import Redaction
import Store

/// What came out of reading, by kind and, for trials, by series.
struct IngestCounts: Sendable {
  struct Series: Hashable {
    var suite: String
    var suiteVersion: String?
    var variant: String
    var metric: String
  }

  private(set) var kinds: [RecordKind: Int] = [:]
  /// In the order in which they were met.
  private(set) var series: [(key: Series, trials: Int)] = []
  private var places: [Series: Int] = [:]
  private var last = 0

  /// Calls whose costs were met, each once.
  private(set) var calls: Set<CostKey> = []
  /// What they would cost by the last word on each; kept of a dry run alone, since otherwise the ledger says it.
  private var words: [CostKey: CostRecord] = [:]
  private let isDryRun: Bool

  init(isDryRun: Bool = false) { self.isDryRun = isDryRun }

  mutating func add(_ record: Record) {
    kinds[record.kind, default: 0] += 1
    switch record {
    case .trial(let trial): add(trial)
    case .cost(let cost):
      let key = CostKey(cost)
      calls.insert(key)
      if isDryRun { words[key] = cost }
    default: break
    }
  }

  /// What the calls of a dry run would cost.
  var costs: CostSums { words.values.reduce(into: CostSums()) { $0.add($1) } }

  private mutating func add(_ trial: TrialRecord) {
    if last < series.count, series[last].key.holds(trial) {
      series[last].trials += 1
      return
    }
    let key = Series(
      suite: trial.suite, suiteVersion: trial.suiteVersion, variant: trial.variant, metric: trial.metric)
    last = places[key] ?? series.count
    if last == series.count {
      places[key] = last
      series.append((key, 0))
    }
    series[last].trials += 1
  }

  var total: Int { kinds.values.reduce(0, +) }
}

extension IngestCounts.Series {
  fileprivate func holds(_ trial: TrialRecord) -> Bool {
    suite == trial.suite && variant == trial.variant && metric == trial.metric && suiteVersion == trial.suiteVersion
  }
}

/// Counts records, appends them when there is a ledger to append to, and says how many once it takes longer than a second.
struct IngestSink: RecordSink {
  private(set) var counts: IngestCounts
  /// Nil for a dry run.
  let appender: Appender?
  private var redaction: DeliveryRedaction?
  private var pricer: SpanPricer
  private var costs = DeliveryCosts()
  /// Whether costs by the prices here were stored since the delivery last said one.
  private var hasPriced = false
  private let now: Instant
  private let start = ContinuousClock.now
  private var records = 0
  private var hasSpoken = false

  /// - Parameters:
  ///   - redactor: what is taken out before anything is kept; nil for nothing.
  ///   - pricer: what prices spans in the commit that stores them.
  ///   - now: when tables of prices come to be known.
  init(appender: Appender?, redactor: Redactor?, pricer: SpanPricer, now: Instant) {
    self.appender = appender
    counts = IngestCounts(isDryRun: appender == nil)
    redaction = redactor.map(DeliveryRedaction.init)
    self.pricer = pricer
    self.now = now
  }

  mutating func receive(_ record: Record) throws {
    let record = redaction?.redacted(record) ?? record
    if case .cost(let cost) = record {
      // Of what was stored already it is the later word, and contradicts nothing.
      if hasPriced { appender?.startDelivery(ofKind: .cost) }
      hasPriced = false
      costs.state(cost)
    }
    try keep(record)
    guard case .span(let span) = record, !costs.states(span), let cost = try pricer.cost(of: span) else { return }
    costs.wait(cost)
    if costs.isFull { try price() }
  }

  /// Stores what calls cost of which the delivery does not say it. At its end too: before `finish`, and before its `counts` are read.
  mutating func price() throws {
    for cost in costs.take() {
      for table in pricer.newTables(of: cost, now: now) { try keep(.artifact(table)) }
      try keep(.cost(cost))
      hasPriced = true
    }
  }

  private mutating func keep(_ record: Record) throws {
    try appender?.append(record)
    counts.add(record)
    records += 1
    if records & 0x3FFF == 0 { report() }
  }

  mutating func receive(_ content: Content) {
    guard redaction != nil else { return appender?.append(content) ?? () }
    if let kept = redaction?.redacted(content) { appender?.append(kept) }
  }

  private mutating func report() {
    guard Terminal.showsProgress, ContinuousClock.now - start > .seconds(1) else { return }
    Terminal.put("\rtally: \(records) records", to: 2)
    hasSpoken = true
  }

  func finish() {
    if hasSpoken { Terminal.put("\r\u{1B}[K", to: 2) }
  }
}
