import RealModule

/// The two tails of a distribution at a point, of which one was computed directly.
///
/// The direct tail is exp(`logScale`)·`factor`: its logarithm stays finite where the tail itself underflows.
struct TailSplit {
  let logScale: Double
  let factor: Double
  /// Whether the direct tail is the lower one.
  let isLower: Bool

  static let nothingBelow = TailSplit(logScale: -.infinity, factor: 1, isLower: true)
  static let nothingAbove = TailSplit(logScale: -.infinity, factor: 1, isLower: false)

  var lower: Double { isLower ? direct : 1 - direct }
  var upper: Double { isLower ? 1 - direct : direct }
  var logLower: Double { isLower ? logDirect : .log(onePlus: -direct) }
  var logUpper: Double { isLower ? .log(onePlus: -direct) : logDirect }
  var swapped: TailSplit { TailSplit(logScale: logScale, factor: factor, isLower: !isLower) }

  private var logDirect: Double { Swift.min(0, logScale + .log(factor)) }

  private var direct: Double {
    // Near the underflow of the scale, the factor may be large enough to lift the product back into range.
    let value = logScale > -650 ? .exp(logScale) * factor : .exp(logScale + .log(factor))
    return Swift.min(1, value)
  }
}
