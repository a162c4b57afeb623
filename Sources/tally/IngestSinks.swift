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

  /// What spans of this delivery cost.
  private(set) var costs = CostSums()

  mutating func add(_ record: Record) {
    kinds[record.kind, default: 0] += 1
    switch record {
    case .trial(let trial): add(trial)
    case .cost(let cost): costs.add(cost)
    default: break
    }
  }

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
  private(set) var counts = IngestCounts()
  /// Nil for a dry run.
  let appender: Appender?
  private var redaction: DeliveryRedaction?
  private var pricer: SpanPricer
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
    redaction = redactor.map(DeliveryRedaction.init)
    self.pricer = pricer
    self.now = now
  }

  mutating func receive(_ record: Record) throws {
    let record = redaction?.redacted(record) ?? record
    try keep(record)
    guard case .span(let span) = record, let (cost, tables) = try pricer.cost(of: span, now: now) else { return }
    for table in tables { try keep(.artifact(table)) }
    try keep(.cost(cost))
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
