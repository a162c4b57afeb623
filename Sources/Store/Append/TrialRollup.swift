import Records

/// Counts the trials of one commit by series.
final class TrialRollup {
  private struct Sum {
    var trials: Int64 = 0
    /// Trials that name a repeat other than the first, a prediction or a run of the judge.
    var repeats: Int64 = 0
    var first = Int64.max
    var last = Int64.min
  }

  private let engine: any EngineWriter
  private let terms: Terms
  private var sums: [Int64: Sum] = [:]

  init(_ engine: any EngineWriter, terms: Terms) {
    self.engine = engine
    self.terms = terms
  }

  func add(_ trial: TrialRecord) throws {
    let series = try terms.id(trial.series)
    let isRepeat = (trial.repetition ?? 0) != 0 || trial.prediction != nil || (trial.judgeRepeat ?? 0) != 0
    let time = trial.at.nanoseconds
    sums[series, default: Sum()].trials += 1
    sums[series, default: Sum()].repeats += isRepeat ? 1 : 0
    sums[series, default: Sum()].first = min(sums[series, default: Sum()].first, time)
    sums[series, default: Sum()].last = max(sums[series, default: Sum()].last, time)
  }

  /// Takes a replaced trial back, which may be of another series: a changed configuration is one.
  func remove(row: Int64) throws {
    let statement = Statement(
      """
      SELECT series, COALESCE(repeat, 0) <> 0 OR prediction IS NOT NULL OR COALESCE(judge_repeat, 0) <> 0, at
      FROM trial WHERE row = ?1
      """, [.integer(row)], columns: [.integer, .integer, .integer])
    let old = try engine.first(
      Query(statement) { ($0.integer(0, $1) ?? 0, $0.integer(1, $1) ?? 0, $0.integer(2, $1) ?? 0) })
    guard let (series, repeats, time) = old else { return }
    sums[series, default: Sum()].trials -= 1
    sums[series, default: Sum()].repeats -= repeats
    sums[series, default: Sum()].first = min(sums[series, default: Sum()].first, time)
    sums[series, default: Sum()].last = max(sums[series, default: Sum()].last, time)
  }

  func write(seq: Int64) throws {
    for (series, sum) in sums.sorted(by: { $0.key < $1.key }) {
      try engine.execute(
        Statement(
          "INSERT INTO trial_rollup(seq, series, trials, repeats, first_at, last_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
          [seq, series, sum.trials, sum.repeats, sum.first, sum.last].map(SQLValue.integer)))
    }
    sums.removeAll()
  }
}
