internal import Statistics

/// Who says whether an answer is right, and how often wrongly: a model, a person.
struct Judge: Sendable {
  var name: String
  /// Share of right answers that it passes.
  var sensitivity: Double
  /// Share of wrong answers that it fails.
  var specificity: Double

  /// A person who errs as often either way.
  static func person(_ name: String, error: Double) -> Judge {
    Judge(name: name, sensitivity: 1 - error, specificity: 1 - error)
  }

  func passes(_ isRight: Bool, _ generator: inout Xoshiro256StarStar) -> Bool {
    generator.chance(isRight ? sensitivity : 1 - specificity)
  }

  /// The pass rate that this judge shows for a true rate.
  func shown(_ rate: Double) -> Double { rate * sensitivity + (1 - rate) * (1 - specificity) }

  /// The true rate behind a pass rate that this judge shows.
  func truth(behind shown: Double) -> Double {
    min(0.9999, max(0.0001, (shown + specificity - 1) / (sensitivity + specificity - 1)))
  }
}
