import Records

/// Counts the trials of one commit by series.
final class TrialRollup: Rollup {
  private struct Sum {
    var trials: Int64 = 0
    /// Trials that name a repeat other than the first, a prediction or a run of the judge.
    var repeats: Int64 = 0
    /// Trials of earlier commits that were replaced.
    var replaced: Int64 = 0
    var first = Int64.max
    var last = Int64.min

    mutating func count(_ trial: Trial, by sign: Int64) {
      trials += sign
      repeats += trial.isRepeat ? sign : 0
      replaced += sign < 0 ? 1 : 0
      first = min(first, trial.at)
      last = max(last, trial.at)
    }
  }

  private struct Trial {
    var isRepeat: Bool
    var at: Int64
  }

  static let columns = ["series", "seq", "trials", "repeats", "replaced", "first_at", "last_at"]

  private let engine: any EngineWriter
  private var sums: [Int64: Sum] = [:]
  private let series = TrialRecord.table.column("series")
  private let repetition = TrialRecord.table.column("repeat")
  private let prediction = TrialRecord.table.column("prediction")
  private let judgeRepeat = TrialRecord.table.column("judge_repeat")
  private let at = TrialRecord.table.column("at")

  init(_ engine: any EngineWriter) {
    self.engine = engine
  }

  func add(_ rows: RowBatch, _ stored: [Int]) {
    // Neighbours are of one series: the dictionary is asked when the series changes.
    var current: (series: Int64, sum: Sum)?
    for row in stored {
      let series = rows.integer(series, row) ?? 0
      if current?.series != series {
        if let current { sums[current.series] = current.sum }
        current = (series, sums[series, default: Sum()])
      }
      let isRepeat =
        (rows.integer(repetition, row) ?? 0) != 0 || !rows.isNull(prediction, row)
        || (rows.integer(judgeRepeat, row) ?? 0) != 0
      current?.sum.count(Trial(isRepeat: isRepeat, at: rows.integer(at, row) ?? 0), by: 1)
    }
    if let current { sums[current.series] = current.sum }
  }

  /// A replaced trial may be of another series: a changed configuration is one.
  func remove(_ rows: [Int64]) throws {
    guard !rows.isEmpty else { return }
    let asked = RowBatch([.integer])
    for row in rows { asked.append(row) }
    try engine.queryForEach(
      """
      SELECT series, COALESCE(repeat, 0) <> 0 OR prediction IS NOT NULL OR COALESCE(judge_repeat, 0) <> 0, at
      FROM trial WHERE row = ?1
      """, asked, order: nil, columns: [.integer, .integer, .integer]
    ) { batch in
      for row in 0..<batch.count {
        let trial = Trial(isRepeat: batch.integer(2, row) == 1, at: batch.integer(3, row) ?? 0)
        sums[batch.integer(1, row) ?? 0, default: Sum()].count(trial, by: -1)
      }
    }
  }

  func write(seq: Int64) throws -> CommitEntry.Part? {
    var rows = try RollupRows(engine, table: "trial_rollup", columns: TrialRollup.columns)
    for (series, sum) in sums.sorted(by: { $0.key < $1.key }) {
      try rows.append([series, seq, sum.trials, sum.repeats, sum.replaced, sum.first, sum.last])
    }
    sums.removeAll()
    return try rows.finish(.trialRollup)
  }
}
