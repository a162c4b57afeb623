/// One item in one arm while its rows are read: runs of the judge are averaged to a prediction, predictions to the item.
struct ItemCell {
  private var sumOfPredictions = 0.0
  private var scoredPredictions = 0
  private var judgeSum = 0.0
  private var judgeCount = 0
  /// Scored rows; more than one and the cell is an average.
  private(set) var values = 0
  private(set) var predictions = 0
  private(set) var missing = 0
  /// Scored rows of the prediction that is being read, and of those before it: the same while the cell is balanced.
  private var valuesPerPrediction: Int?
  private(set) var judgesEvenly = true
  private(set) var isBinary = true
  private(set) var lowest = Double.infinity
  private(set) var highest = -Double.infinity
  var isConflicting = false

  mutating func add(_ score: Double, isNewPrediction: Bool) {
    if isNewPrediction {
      closePrediction()
      predictions += 1
    }
    guard !score.isNaN else {
      missing += 1
      return
    }
    judgeSum += score
    judgeCount += 1
    values += 1
    if score != 0, score != 1 { isBinary = false }
    lowest = min(lowest, score)
    highest = max(highest, score)
  }

  /// Closes the last prediction: no rows may follow.
  mutating func finish() { closePrediction() }

  private mutating func closePrediction() {
    guard predictions > 0 else { return }
    if judgeCount > 0 {
      sumOfPredictions += judgeSum / Double(judgeCount)
      scoredPredictions += 1
    }
    if let before = valuesPerPrediction, before != judgeCount { judgesEvenly = false }
    valuesPerPrediction = judgeCount
    judgeSum = 0
    judgeCount = 0
  }

  /// Predictions without any score.
  var missingPredictions: Int { predictions - scoredPredictions }

  /// After `finish`.
  var state: ItemTable.CellState {
    if isConflicting { return .conflicting }
    if predictions == 0 { return .absent }
    return scoredPredictions == 0 ? .missing : .scored
  }

  /// The mean over predictions that have a score; NaN unless the state is `scored`.
  var mean: Double { state == .scored ? sumOfPredictions / Double(scoredPredictions) : .nan }
}
