/// The spans of a trace in the order in which a tree is read: each before those it called, with how deep it lies.
///
/// A list, and not objects in objects: traces may be deeper than readers of JSON like to go.
public struct TraceOrder: Sendable {
  public private(set) var spans: [(span: SpanRecord, depth: Int)] = []

  /// Spans whose parent is not there stand at the top; so does one of each circle of parents. O(n).
  public init(_ all: [SpanRecord]) {
    let ids = Set(all.map(\.spanID))
    let children = Dictionary(grouping: all.indices.filter { all[$0].parentID.map(ids.contains) ?? false }) {
      all[$0].parentID ?? ""
    }
    var isPlaced = [Bool](repeating: false, count: all.count)
    func add(_ root: Int) {
      var open = [(place: root, depth: 0)]
      while let (place, depth) = open.popLast() {
        guard !isPlaced[place] else { continue }
        isPlaced[place] = true
        spans.append((all[place], depth))
        for child in (children[all[place].spanID] ?? []).reversed() where !isPlaced[child] {
          open.append((child, depth + 1))
        }
      }
    }
    for place in all.indices where all[place].parentID.map({ !ids.contains($0) }) ?? true { add(place) }
    for place in all.indices { add(place) }
  }
}
