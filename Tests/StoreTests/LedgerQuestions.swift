import Records
import Testing

@testable import Store

/// Everything that can be asked of a ledger, as of an instant.
struct LedgerAnswers: Sendable, Equatable {
  var records: [RecordKind: [Record]] = [:]
  var series: Set<ModelLedger.Series> = []
  var scores: [[String]] = []
  var traffic: [ModelLedger.Cell: [Int128]] = [:]
  /// The digest of what was read.
  var inputs: SHA256Digest

  static let trafficDays: Int64 = 30

  init(_ snapshot: Snapshot) throws {
    inputs = snapshot.inputs
    var records: [RecordKind: [Record]] = [:]
    func read<Kind: StorableRecord>(_ type: Kind.Type, _ wrap: (Kind) -> Record) throws {
      var ids: Set<RecordID> = []
      try snapshot.forEachRecord(type) { id, record in
        records[Kind.table.kind, default: []].append(wrap(record))
        ids.insert(id)
      }
      #expect(ids.count == records[Kind.table.kind, default: []].count)
    }
    try read(TrialRecord.self) { .trial($0) }
    try read(AnnotationRecord.self) { .annotation($0) }
    try read(ArtifactRecord.self) { .artifact($0) }
    try read(SpanRecord.self) { .span($0) }
    try read(ChangeRecord.self) { .change($0) }
    try read(Finding.self) { .finding($0) }
    try read(Waiver.self) { .waiver($0) }
    func readDeclared<Kind: StorableRecord & DeclaredRecord>(_ type: Kind.Type) throws { try read(type, \.record) }
    try readDeclared(ChargeRecord.self)
    try readDeclared(RunRecord.self)
    try readDeclared(ItemRecord.self)
    try readDeclared(AttemptRecord.self)
    try readDeclared(ReceiptRecord.self)
    try readDeclared(LeaseRecord.self)
    try readDeclared(HeartbeatRecord.self)
    try readDeclared(IncidentRecord.self)
    try readDeclared(DecisionRecord.self)
    try readDeclared(CostRecord.self)
    self.records = records
    let summaries = try snapshot.trialSeries()
    for one in summaries {
      let fields = [
        one.suite, one.suiteVersion, one.variant, one.metric, one.configSHA256, one.subjectSHA256, one.judge,
      ]
      series.insert(
        ModelLedger.Series(
          fields: fields, trials: one.trials, hasRepeats: one.hasRepeats, firstAt: one.firstAt.nanoseconds,
          lastAt: one.lastAt.nanoseconds, firstCommit: one.firstCommit))
    }
    var scores: [[String]] = []
    try snapshot.forEachTrial(of: summaries, slices: ["intent"]) { row, _ in
      scores.append([
        row.suite?.string ?? "-", row.item.string, row.variant?.string ?? "-", row.repetition?.string ?? "-",
        row.prediction?.string ?? "-", row.cluster?.string ?? "-", row.score.map { "\($0)" } ?? "-",
        row.slices.map { $0?.string ?? "-" }.joined(),
      ])
    }
    self.scores = scores.sorted { $0.lexicographicallyPrecedes($1) }
    var cells: [ModelLedger.Cell: [Int128]] = [:]
    try snapshot.traffic(feature: nil, days: LedgerAnswers.trafficDays) { cell in
      let texts = [
        cell.feature, cell.trafficCluster, cell.tags.canonical, cell.modelServed, cell.promptSHA256, cell.predicted,
      ]
      #expect(
        cells.updateValue([Int128(cell.spans), cell.cost?.units ?? 0], forKey: .init(day: cell.day, texts: texts))
          == nil)
    }
    traffic = cells
    inputs = snapshot.inputs
  }

  /// What the model says, without `inputs`.
  func agree(with model: ModelLedger, commits: Int, asOf: Instant) {
    for kind in RecordKind.allCases {
      #expect(records[kind, default: []] == model.current(kind, commits: commits), "\(kind) after commit \(commits)")
    }
    #expect(series == model.series(commits: commits), "after commit \(commits)")
    let last = asOf.day
    #expect(
      traffic == model.traffic(commits: commits, from: last - LedgerAnswers.trafficDays, to: last),
      "after commit \(commits)")
    let expected = model.current(.trial, commits: commits).map { record -> [String] in
      guard case .trial(let trial) = record else { return [] }
      let score = trial.score ?? trial.passed.map { $0 ? 1 : 0 }
      return [
        trial.suite.identifier, trial.item.identifier, trial.variant, trial.repetition.map { "\($0)" } ?? "-",
        trial.prediction ?? "-", trial.cluster ?? "-", score.map { "\($0 == 0 ? 0 : $0)" } ?? "-",
        trial.tags.values["intent"] ?? "-",
      ]
    }
    #expect(scores == expected.sorted { $0.lexicographicallyPrecedes($1) }, "after commit \(commits)")
  }
}

extension Ledger {
  func answers(asOf: Instant? = nil) async throws -> LedgerAnswers {
    try await read(asOf: asOf) { try LedgerAnswers($0) }
  }

  @discardableResult
  func deliver(_ records: [Record]) async throws -> AppendReceipt { try await deliver(together: [records]) }

  /// Several deliveries in one commit.
  @discardableResult
  func deliver(together deliveries: [[Record]]) async throws -> AppendReceipt {
    try await append(source: "test") { appender in
      for records in deliveries {
        appender.startDelivery(of: 0)
        for record in records { try appender.append(record) }
      }
    }
  }
}

extension AppendReceipt {
  mutating func add(_ counts: [RecordKind: Count]) {
    for (kind, count) in counts {
      self.counts[kind, default: .init()].stored += count.stored
      self.counts[kind, default: .init()].duplicates += count.duplicates
      self.counts[kind, default: .init()].superseding += count.superseding
      self.counts[kind, default: .init()].conflicting += count.conflicting
    }
  }
}
