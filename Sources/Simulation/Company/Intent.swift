/// A topic that customers write about: a traffic cluster.
struct Intent: Sendable {
  var name: String
  /// Share of the traffic when the quarter begins, and when it ends; it moves evenly in between.
  var share: Double
  var lateShare: Double
  /// How much more often than on average the assistant is right here.
  var ease: Double

  init(_ name: String, share: Double, lateShare: Double, ease: Double) {
    self.name = name
    self.share = share
    self.lateShare = lateShare
    self.ease = ease
  }

  /// What the company's customers write about. Shares add up to 1.
  static let all = [
    Intent("delivery", share: 0.26, lateShare: 0.25, ease: 0.04),
    Intent("refund", share: 0.20, lateShare: 0.19, ease: 0.00),
    Intent("returns", share: 0.16, lateShare: 0.16, ease: 0.01),
    Intent("account", share: 0.12, lateShare: 0.12, ease: 0.02),
    Intent("billing", share: 0.10, lateShare: 0.10, ease: -0.02),
    Intent("product", share: 0.08, lateShare: 0.09, ease: -0.03),
    Intent("damaged", share: 0.05, lateShare: 0.06, ease: -0.04),
    Intent("fraud", share: 0.03, lateShare: 0.03, ease: -0.05),
  ]
}

/// The shares of the intents, as they move through the quarter.
struct TrafficMix: Sendable {
  var names: [String]
  var first: [Double]
  var last: [Double]

  init(_ intents: [Intent]) {
    names = intents.map(\.name)
    first = intents.map(\.share)
    last = intents.map(\.lateShare)
  }

  /// Shares on a day.
  func shares(day: Int, of days: Int) -> [Double] {
    let part = Double(day) / Double(max(1, days - 1))
    return zip(first, last).map { $0 + part * ($1 - $0) }
  }
}
