import Records
import Simulation
import Statistics
import Testing

extension Record {
  var trial: TrialRecord? { if case .trial(let trial) = self { trial } else { nil } }
  var span: SpanRecord? { if case .span(let span) = self { span } else { nil } }
  var annotation: AnnotationRecord? { if case .annotation(let annotation) = self { annotation } else { nil } }
  var artifact: ArtifactRecord? { if case .artifact(let artifact) = self { artifact } else { nil } }
  var suite: String? { trial?.suite }

  /// Whether a field is gone that is always there in a clean stream.
  var isMissing: Bool {
    switch self {
    case .trial(let trial): trial.score == nil
    case .span(let span): span.trafficCluster == nil
    default: false
    }
  }
}

extension World {
  func trials(_ suite: String, _ variant: String) -> [TrialRecord] {
    records.compactMap(\.trial).filter { $0.suite == suite && $0.variant == variant }
  }

  func spans(_ feature: String) -> [SpanRecord] { records.compactMap(\.span).filter { $0.feature == feature } }
}

/// Expects a count to lie within the limits that a true rate leaves in all but one of 100,000 runs.
func expect(
  _ count: Int, of trials: Int, isAbout rate: Double, inflatedBy designEffect: Double = 1,
  _ location: SourceLocation = #_sourceLocation
) {
  let error = (rate * (1 - rate) * designEffect / Double(max(1, trials))).squareRoot()
  let share = Double(count) / Double(max(1, trials))
  #expect(
    abs(share - rate) <= 4.42 * error + 0.5 / Double(max(1, trials)), "\(count) of \(trials) is \(share), not \(rate)",
    sourceLocation: location)
}
