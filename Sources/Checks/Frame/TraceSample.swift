import Records

/// Some traces of all, evenly: those whose ids hash lowest, so that every ledger with the same traces gives the same ones.
struct TraceSample {
  /// Looking for the parents of a trace asks every block of rows.
  static let most = 200
  /// Of one trace: some run for days.
  static let mostLinks = 2_000

  struct Trace {
    let hash: UInt64
    let id: String
    fileprivate(set) var links = BoundedList<(span: String, parent: String)>(limit: TraceSample.mostLinks)
  }

  private var chosen: [String: Trace] = [:]
  private var bar = UInt64.max

  var traces: [Trace] { chosen.values.orderedByBytes(of: \.id).ordered(by: \.hash) }

  mutating func add(trace id: String, span: String, parent: String) {
    if chosen[id] != nil {
      chosen[id]?.links.append((span, parent))
      return
    }
    let hash = SHA256Digest(of: id).words.0
    guard hash < bar else { return }
    var trace = Trace(hash: hash, id: id)
    trace.links.append((span, parent))
    chosen[id] = trace
    guard chosen.count > TraceSample.most, let last = traces.last else { return }
    // A trace that is left out once stays out: its hash is at the bar or above.
    chosen[last.id] = nil
    bar = last.hash
  }
}
