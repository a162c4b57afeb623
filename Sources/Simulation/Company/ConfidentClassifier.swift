internal import Statistics

/// A classifier whose confidence is true: of the tickets that it is 70 % sure of, it is right on 70 %.
///
/// Wrong labels flow symmetrically between classes, so that its confidence is also true among the tickets of one predicted
/// class, and the predicted shares equal the true ones.
struct ConfidentClassifier: Sendable {
  static let classes = ["delivery", "refund", "account", "fraud"]
  static let shares = [0.40, 0.30, 0.22, 0.08]
  /// Share of all errors that are one class taken for the other; each row adds up to the share of its class.
  static let flows = [
    [0, 0.22, 0.14, 0.04], [0.22, 0, 0.06, 0.02], [0.14, 0.06, 0, 0.02], [0.04, 0.02, 0.02, 0],
  ]

  /// Share of tickets on which it is wrong: 0.035…0.41.
  var error: Double

  struct Prediction {
    var label: Int
    var confidence: Double
  }

  /// - Parameter hardness: uniform in (0, 1), the same for everybody who reads this ticket.
  func predict(_ expected: Int, hardness: Double, _ generator: inout Xoshiro256StarStar) -> Prediction {
    let confidence = confidence(hardness, &generator)
    guard !generator.chance(confidence) else { return Prediction(label: expected, confidence: confidence) }
    return Prediction(label: generator.index(of: Self.flows[expected]), confidence: confidence)
  }

  /// Sure of most tickets, unsure of the hard ones: three bands with mean errors 0.4, 0.125 and 0.025.
  private func confidence(_ hardness: Double, _ generator: inout Xoshiro256StarStar) -> Double {
    let unsure = (error - 0.035) / 0.375
    if hardness < unsure { return generator.between(0.4, 0.8) }
    if hardness < unsure + 0.1 { return generator.between(0.8, 0.95) }
    return generator.between(0.95, 1)
  }
}
