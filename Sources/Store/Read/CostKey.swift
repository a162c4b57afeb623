public import Records

/// Whose cost it is: the call, however often anybody says what it costs. Sixteen bytes, so that those of a large delivery fit into
/// memory.
public struct CostKey: Hashable, Sendable {
  let key: NaturalKey

  public init(_ cost: CostRecord) {
    var bytes = KeyBytes()
    bytes.reset(kind: CostRecord.table.kind)
    cost.visitKey(&bytes)
    key = bytes.key
  }

  /// Of the span's cost.
  public init(of span: SpanRecord) {
    self.init(CostRecord(traceID: span.traceID, spanID: span.spanID, at: span.startedAt))
  }
}

extension Snapshot {
  /// What calls cost as of now, each once, in no order that means anything; those that nobody priced are left out. Not part of the
  /// inputs.
  ///
  /// One look-up a call.
  public func forEachCost(of calls: Set<CostKey>, _ body: (CostRecord) -> Void) throws {
    guard horizon.lastRow(.cost) > 0 else { return }
    let asked = RowBatch([.integer, .integer])
    // Those of one time lie side by side.
    let keys = calls.map(\.key).sorted()
    var first = 0
    while first < keys.count {
      asked.removeAll()
      let page = keys[first..<min(keys.count, first + RowBatch.capacity)]
      for key in page { asked.append(key) }
      var costs = [CostRecord?](repeating: nil, count: page.count)
      try forEachCost(asked) { costs[$0] = $1 }
      for case let cost? in costs { body(cost) }
      first += page.count
    }
  }
}
