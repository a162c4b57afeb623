/// What a trace waited for: every moment of it goes to the one span that nothing else could have made shorter.
///
/// Strict last-finisher: from the end of a span backwards, its child that finished last held it up, then the child that
/// finished last before that one began, and so on; what no child explains is the span's own time. A child that overlaps
/// one on the path is off it. The lengths of all pieces add up to the length of the trace.
///
/// Source: as distributed tracers draw it, such as B. Sigelman et al., "Dapper" (2010), and Z. Zhang et al., "CRISP: Critical
/// path analysis of large-scale microservice architectures", USENIX ATC 2022, section 3.
struct CriticalPath {
  /// A span, in nanoseconds.
  struct Node {
    var start: Int64
    var end: Int64
    /// Breaks ties.
    var id: String
    /// Places of its children.
    var children: [Int] = []
  }

  /// A stretch of a span's own time, between two of its children on the path.
  struct Piece {
    /// The span that the time belongs to.
    var node: Int
    var nanoseconds: Int64
    /// The child that ended before; nil at the span's beginning.
    var after: Int?
    /// The child that began after; nil at the span's end.
    var before: Int?
  }

  /// Hands out the pieces of the path of a tree. O(n log n), without recursion: traces may be deep.
  ///
  /// Each span is clipped to its parent. A node that is its own ancestor cannot be reached from the root.
  static func walk(_ nodes: [Node], root: Int, _ body: (Piece) -> Void) {
    var open = [(node: root, start: nodes[root].start, end: nodes[root].end)]
    while let (node, start, end) = open.popLast() {
      var children: [(node: Int, start: Int64, end: Int64)] = []
      for child in nodes[node].children {
        let clipped = (node: child, start: max(start, nodes[child].start), end: min(end, nodes[child].end))
        if clipped.start < clipped.end { children.append(clipped) }
      }
      children.sort { precedes($0, $1, nodes) }
      var cursor = end
      var before: Int?
      for child in children where child.end <= cursor {
        if child.end < cursor {
          body(Piece(node: node, nanoseconds: cursor - child.end, after: child.node, before: before))
        }
        open.append(child)
        cursor = child.start
        before = child.node
      }
      if start < cursor { body(Piece(node: node, nanoseconds: cursor - start, after: nil, before: before)) }
    }
  }

  /// By end, the last first; of equal ends the earlier start, then the smaller id.
  private static func precedes(
    _ left: (node: Int, start: Int64, end: Int64), _ right: (node: Int, start: Int64, end: Int64), _ nodes: [Node]
  ) -> Bool {
    isSmaller((right.end, left.end), then: (left.start, right.start))
      ?? nodes[left.node].id.utf8.lexicographicallyPrecedes(nodes[right.node].id.utf8)
  }
}
