import Guards
import Project
import Records
import Statistics
import Store

/// What a classifier's trials say, folded row by row into counts whose number depends on the labels only.
///
/// Of an item that was tried several times the first try counts; the others say whether it is consistent.
struct ClassifierTally {
  /// Confidences are told apart to one in so many for calibration; equal ones stay equal.
  static let grid = 1_000
  private static let evidenceLimit = 20

  /// Predictions of one label within one step of the grid.
  struct Cell: Equatable {
    var count = 0
    var right = 0
    /// The smallest confidence.
    var confidence = Double.infinity
    /// What the errors cost, in the units of `Money`.
    var cost: Int128 = 0

    var isEmpty: Bool { count == 0 }
  }

  /// Declared labels, then the label for inputs that fit none.
  let labels: [String]
  let router: ClassifierRouter
  private let critical: Set<Int>
  private let highConfidence: Double
  private let reviewCurrency: String?
  private let places: [Int64: Int]

  /// By true label, then predicted label; behind the last label, predictions that are none.
  private(set) var confusion: [[Int]]
  private(set) var items = 0
  private(set) var excluded = 0
  private(set) var withoutConfidence = 0
  private(set) var calibration: CalibrationBins
  private(set) var scores = Spiegelhalter()
  private(set) var criticalCalibration: CalibrationBins
  private(set) var criticalScores = Spiegelhalter()
  /// Of items with a confidence.
  private(set) var errors = 0
  private(set) var highErrors = 0
  private(set) var highItems = 0
  /// Items that were tried more than once, and those of them whose tries all agree.
  private(set) var repeated = 0
  private(set) var agreeing = 0
  private(set) var evidence: [RecordID] = []
  /// By parity of the item's SHA-256, then predicted label, then grid.
  private(set) var cells: [[[Cell]]]

  private var item: [UInt8] = []
  private var hasItem = false
  private var first: Int64?
  private var tries = 0
  private var agrees = true

  /// - Parameter numbers: of the labels, as the ledger has them.
  init(_ classifier: ClassifierSettings, policy: ClassifierRisk.Policy, numbers: [String: Int64]) {
    let declared = classifier.labels.ids
    labels = declared + (declared.contains(classifier.otherLabel) ? [] : [classifier.otherLabel])
    router = ClassifierRouter(classifier)
    critical = Set(classifier.labels.enumerated().filter { $0.element.value.isCritical }.map(\.offset))
    highConfidence = policy.highConfidence
    reviewCurrency = classifier.review?.currency
    var places: [Int64: Int] = [:]
    for (place, label) in labels.enumerated() { if let number = numbers[label] { places[number] = place } }
    self.places = places
    confusion = [[Int]](repeating: [Int](repeating: 0, count: labels.count + 1), count: labels.count)
    calibration = CalibrationBins(bins: policy.bins)
    criticalCalibration = calibration
    let empty = [Cell](repeating: Cell(), count: ClassifierTally.grid + 1)
    cells = [[[Cell]]](repeating: [[Cell]](repeating: empty, count: labels.count), count: 2)
  }

  /// Takes a trial; trials of an item come one after the other.
  mutating func add(_ item: BorrowedText, _ label: PredictedLabel) {
    if hasItem, self.item.elementsEqual(item.bytes) {
      tries += 1
      agrees = agrees && label.predicted == first
      return
    }
    closeItem()
    self.item.removeAll(keepingCapacity: true)
    self.item.append(contentsOf: item.bytes)
    (hasItem, first, tries, agrees) = (true, label.predicted, 1, true)
    addFirst(label)
  }

  /// Call after the last row.
  mutating func closeItem() {
    guard hasItem, tries > 1 else { return }
    repeated += 1
    agreeing += agrees ? 1 : 0
    tries = 0
  }

  private mutating func addFirst(_ label: PredictedLabel) {
    guard let predicted = label.predicted, let truth = label.expected.flatMap({ places[$0] }) else {
      excluded += 1
      return
    }
    let place = places[predicted] ?? labels.count
    items += 1
    confusion[truth][place] += 1
    guard let confidence = label.confidence, (0...1).contains(confidence) else {
      withoutConfidence += 1
      return
    }
    let isRight = place == truth
    calibration.add(confidence: confidence, right: isRight)
    scores.add(probability: confidence, happened: isRight)
    if critical.contains(place) {
      criticalCalibration.add(confidence: confidence, right: isRight)
      criticalScores.add(probability: confidence, happened: isRight)
    }
    let isHigh = confidence.isAtLeast(highConfidence)
    highItems += isHigh ? 1 : 0
    if !isRight {
      errors += 1
      highErrors += isHigh ? 1 : 0
      if isHigh, evidence.count < ClassifierTally.evidenceLimit, let id = label.recordID { evidence.append(id) }
    }
    addCell(place, truth, confidence)
  }

  private mutating func addCell(_ place: Int, _ truth: Int, _ confidence: Double) {
    guard place < labels.count else { return }
    let parity = Int(SHA256Digest(of: item).words.3 & 1)
    let step = Int((confidence * Double(ClassifierTally.grid)).rounded(.down))
    cells[parity][place][step].count += 1
    cells[parity][place][step].right += place == truth ? 1 : 0
    cells[parity][place][step].confidence = min(cells[parity][place][step].confidence, confidence)
    if place != truth, let cost = router.cost(of: labels[place], truth: labels[truth]) {
      cells[parity][place][step].cost += cost.units
    }
  }

  // MARK: Rates

  func support(_ label: Int) -> Int { confusion[label].reduce(0, +) }
  func right(_ label: Int) -> Int { confusion[label][label] }
  func predicted(_ label: Int) -> Int { confusion.reduce(0) { $0 + $1[label] } }
  var correct: Int { labels.indices.reduce(0) { $0 + right($1) } }
  var invalid: Int { predicted(labels.count) }

  /// Mean recall over labels with support; nil without any.
  var balancedAccuracy: Double? {
    let seen = labels.indices.filter { support($0) > 0 }
    guard !seen.isEmpty else { return nil }
    return seen.reduce(0) { $0 + Double(right($1)) / Double(support($1)) } / Double(seen.count)
  }

  /// Mean F1 over labels with support; a label that is never predicted has 0; nil without any.
  var macroF1: Double? {
    let seen = labels.indices.filter { support($0) > 0 }
    guard !seen.isEmpty else { return nil }
    return seen.reduce(0) { $0 + 2 * Double(right($1)) / Double(support($1) + predicted($1)) } / Double(seen.count)
  }

  /// What all errors cost when everything is acted on; nil where a cost that is needed is not declared.
  var automaticCost: Money? {
    var units: Int128 = 0
    var currency = reviewCurrency
    for truth in labels.indices {
      for place in labels.indices where place != truth && confusion[truth][place] > 0 {
        guard let cost = router.cost(of: labels[place], truth: labels[truth]) else { return nil }
        units += cost.units * Int128(confusion[truth][place])
        currency = cost.currency
      }
    }
    guard invalid == 0 else { return nil }
    return currency.flatMap { Money(units: units, currency: $0) }
  }
}

extension ClassifierRouter {
  init(_ classifier: ClassifierSettings) {
    let errors = classifier.labels.map { label in
      (label.id, Dictionary(label.value.error.map { ($0.id, $0.value) }, uniquingKeysWith: { $1 }))
    }
    self.init(
      labels: classifier.labels.ids, review: classifier.review,
      errors: Dictionary(errors, uniquingKeysWith: { $1 }), anyOther: LabelSettings.anyOther)
  }
}

/// Calibrated on the items with an even SHA-256, judged on the others.
struct CalibratedRouting {
  private(set) var bins: CalibrationBins
  private(set) var items = 0
  private(set) var automatic = 0
  /// Of automatic errors, in the units of `Money`.
  private(set) var errorCost: Int128 = 0
  /// By label.
  private(set) var automaticByLabel: [Int]
  private(set) var itemsByLabel: [Int]
  /// Points of the reliability curve after calibration are those of `bins`.
  init(_ tally: ClassifierTally, bins count: Int) {
    bins = CalibrationBins(bins: count)
    automaticByLabel = [Int](repeating: 0, count: tally.labels.count)
    itemsByLabel = automaticByLabel
    for (place, label) in tally.labels.enumerated() {
      let even = tally.cells[0][place].filter { !$0.isEmpty }
      let calibrator = IsotonicCalibrator.fit(
        scores: even.map(\.confidence), outcomes: even.map { Double($0.right) / Double($0.count) },
        weights: even.map { Double($0.count) })
      for cell in tally.cells[1][place] where !cell.isEmpty {
        items += cell.count
        itemsByLabel[place] += cell.count
        let value = calibrator?.value(at: cell.confidence)
        if let value {
          bins.add(confidence: min(1, max(0, value)), right: true, count: cell.right)
          bins.add(confidence: min(1, max(0, value)), right: false, count: cell.count - cell.right)
        }
        guard tally.router.decide(label, confidence: value, isCalibratorValid: true) == .automatic else { continue }
        automatic += cell.count
        automaticByLabel[place] += cell.count
        errorCost += cell.cost
      }
    }
  }

  /// What routing at the thresholds costs for each item, reviews included; nil without items or a price of reviews.
  func costPerItem(review: Money?) -> Double? {
    guard let review else { return nil }
    return Share.of((Double(errorCost) + Double(items - automatic) * Double(review.units)) / 1e12, Double(items))
  }
}
