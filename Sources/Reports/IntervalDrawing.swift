internal import Comparison

/// The interval of a difference on a line, with zero, the smallest worthwhile gain and the tolerated loss marked.
struct IntervalDrawing {
  let policy: ComparisonPolicy
  let evidence: Evidence
  let scale: ScoreScale
  var unicode = true

  /// Three or more lines: the interval's numbers, the line itself, the marks' names.
  func lines(width: Int) -> [String] {
    let left = "  worse "
    let right = " better"
    let axis = IntervalAxis(
      holding: [0, evidence.low, evidence.high, evidence.estimate] + marks.map(\.value),
      columns: min(width, 100) - left.count - right.count, unicode: unicode)
    let indent = String(repeating: " ", count: left.count)
    let line = axis.line(low: evidence.low, estimate: evidence.estimate, high: evidence.high, marks: marks)
    var result = axis.labels(ends).reversed().map { indent + $0 }
    result.append(left + line + right)
    // Numbers and names in one label, so that a crowded axis cannot part them.
    result += axis.labels(marks).map { indent + $0 }
    return result
  }

  /// The point's own number gives way where the ends' numbers leave no room.
  private var ends: [IntervalAxis.Mark] {
    let low = IntervalAxis.Mark(value: evidence.low, label: scale.signed(evidence.low))
    guard evidence.low < evidence.high else { return [low] }
    return [
      low, .init(value: evidence.high, label: scale.signed(evidence.high)),
      .init(value: evidence.estimate, label: scale.signed(evidence.estimate)),
    ]
  }

  private var marks: [IntervalAxis.Mark] {
    var marks = [IntervalAxis.Mark(value: 0, label: "0", isZero: true)]
    if policy.minEffect > 0 {
      marks.append(.init(value: policy.minEffect, label: "\(scale.signed(policy.minEffect)) min effect"))
    }
    if policy.margin > 0 {
      marks.append(.init(value: -policy.margin, label: "\(scale.signed(-policy.margin)) margin"))
      if policy.claim == .equivalence {
        marks.append(.init(value: policy.margin, label: "\(scale.signed(policy.margin)) margin"))
      }
    }
    return marks
  }
}
