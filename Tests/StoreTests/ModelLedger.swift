import Records
import Store

/// The ledger as its documentation describes it, without any cleverness: a list of rows.
struct ModelLedger {
  struct Row {
    let record: Record
    let key: [String?]
    let commit: Int
    let delivery: Int
    /// The commit that replaced it.
    var replacedIn: Int?
  }

  private(set) var rows: [Row] = []
  private(set) var commits: [Instant] = []
  private var deliveries = 0

  /// - Returns: what became of the records, by kind.
  mutating func deliver(_ records: [Record]) -> [RecordKind: AppendReceipt.Count] {
    let commit = commits.count + 1
    deliveries += 1
    var counts: [RecordKind: AppendReceipt.Count] = [:]
    for record in records {
      let key = record.key
      let alike = rows.indices.filter { rows[$0].record.kind == record.kind && rows[$0].key == key }
      if alike.contains(where: { rows[$0].record.statement == record.statement }) {
        counts[record.kind, default: .init()].duplicates += 1
        continue
      }
      let current = alike.filter { rows[$0].replacedIn == nil }
      if let newest = current.last {
        if rows[newest].delivery == deliveries {
          counts[record.kind, default: .init()].conflicting += 1
        } else {
          counts[record.kind, default: .init()].superseding += 1
          for place in current { rows[place].replacedIn = commit }
        }
      }
      counts[record.kind, default: .init()].stored += 1
      rows.append(Row(record: record.kept, key: key, commit: commit, delivery: deliveries))
    }
    return counts
  }

  /// The delivery stored something, at this time.
  mutating func acknowledge(_ at: Instant) { commits.append(at) }

  // MARK: Questions, as of the first so many commits

  func current(_ kind: RecordKind, commits: Int) -> [Record] {
    rows.filter { row in
      row.record.kind == kind && row.commit <= commits && (row.replacedIn ?? .max) > commits
    }.map(\.record)
  }

  struct Series: Hashable {
    let fields: [String?]
    let trials: Int64
    let hasRepeats: Bool
    let firstAt: Int64
    let lastAt: Int64
    let firstCommit: Int64
  }

  func series(commits: Int) -> Set<Series> {
    func fields(_ trial: TrialRecord) -> [String?] {
      [
        trial.suite, trial.suiteVersion, trial.variant, trial.metric, trial.configSHA256, trial.subjectSHA256,
        trial.judge,
      ]
    }
    var all: [[String?]: [TrialRecord]] = [:]
    var currentOnes: [[String?]: [TrialRecord]] = [:]
    var first: [[String?]: Int] = [:]
    for row in rows where row.commit <= commits {
      guard case .trial(let trial) = row.record else { continue }
      all[fields(trial), default: []].append(trial)
      first[fields(trial)] = min(first[fields(trial)] ?? .max, row.commit)
      if (row.replacedIn ?? .max) > commits { currentOnes[fields(trial), default: []].append(trial) }
    }
    return Set(
      currentOnes.map { series, trials in
        let times = all[series, default: []].map(\.at.nanoseconds)
        return Series(
          fields: series, trials: Int64(trials.count),
          hasRepeats: trials.contains {
            ($0.repetition ?? 0) != 0 || $0.prediction != nil || ($0.judgeRepeat ?? 0) != 0
          },
          firstAt: times.min() ?? 0, lastAt: times.max() ?? 0, firstCommit: Int64(first[series] ?? 0))
      })
  }

  struct Cell: Hashable {
    let day: Int64
    let texts: [String?]
  }

  /// Spans and dollars (10⁻¹²) by cell.
  func traffic(commits: Int, from: Int64, to: Int64) -> [Cell: [Int128]] {
    var cells: [Cell: [Int128]] = [:]
    for case .span(let span) in current(.span, commits: commits)
    where span.startedAt.day > from && span.startedAt.day <= to {
      let predicted = span.attributes.flatMap { try? JSONValue(parsing: $0) }?["predicted"]?.text
      let cell = Cell(
        day: span.startedAt.day,
        texts: [
          span.feature, span.trafficCluster, span.tags.canonical, span.modelServed, span.promptSHA256, predicted,
        ])
      var sums = cells[cell, default: [0, 0]]
      sums[0] += 1
      if let cost = span.cost, cost.currency == "USD" { sums[1] += cost.units }
      cells[cell] = sums
    }
    return cells
  }
}
