import Records
import Store

/// What calls of a delivery cost by the prices here, until it is known what the delivery itself says of that.
///
/// An export brings the costs of its calls, behind their spans: those stand, or each call would have two. So what was computed waits for
/// them. Only so much of it does; the rest is stored, and replaced by what comes.
struct DeliveryCosts {
  /// Some tens of megabytes.
  private static let most = 65_536

  /// Of these the delivery says the cost.
  private var stated: Set<CostKey> = []
  /// In the order of their spans; nil where the delivery has said it meanwhile.
  private var waiting: [CostRecord?] = []
  private var places: [CostKey: Int] = [:]

  /// Whether no more should wait.
  var isFull: Bool { waiting.count >= DeliveryCosts.most }

  func states(_ span: SpanRecord) -> Bool { !stated.isEmpty && stated.contains(CostKey(of: span)) }

  /// The delivery says what a call costs.
  mutating func state(_ cost: CostRecord) {
    let key = CostKey(cost)
    stated.insert(key)
    if let place = places.removeValue(forKey: key) { waiting[place] = nil }
  }

  /// The prices say what a call costs of which the delivery says nothing so far. A span that comes again counts as it came last.
  mutating func wait(_ cost: CostRecord) {
    let key = CostKey(cost)
    if let place = places[key] {
      waiting[place] = cost
    } else {
      places[key] = waiting.count
      waiting.append(cost)
    }
  }

  /// Takes what waits.
  mutating func take() -> [CostRecord] {
    defer {
      waiting.removeAll(keepingCapacity: true)
      places.removeAll(keepingCapacity: true)
    }
    return waiting.compactMap(\.self)
  }
}
