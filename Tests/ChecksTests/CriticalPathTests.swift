import SeededRandom
import Testing

@testable import Checks

@Suite struct CriticalPathTests {
  private typealias Node = CriticalPath.Node

  /// The rule word by word, one recursion a span.
  private static func naive(
    _ nodes: [CriticalPath.Node], _ node: Int, _ start: Int64, _ end: Int64, _ own: inout [Int64]
  ) {
    var cursor = end
    let children = nodes[node].children.map { child in
      (child: child, start: max(start, nodes[child].start), end: min(end, nodes[child].end))
    }.sorted { left, right in
      (-left.end, left.start, nodes[left.child].id) < (-right.end, right.start, nodes[right.child].id)
    }
    for (child, first, last) in children where last <= cursor && first < last {
      own[node] += cursor - last
      naive(nodes, child, first, last, &own)
      cursor = first
    }
    own[node] += cursor - start
  }

  private static func own(_ nodes: [CriticalPath.Node]) -> [Int64] {
    var own = [Int64](repeating: 0, count: nodes.count)
    var hasEmpty = false
    CriticalPath.walk(nodes, root: 0) {
      own[$0.node] += $0.nanoseconds
      if $0.nanoseconds <= 0 { hasEmpty = true }
    }
    #expect(!hasEmpty)
    return own
  }

  @Test func randomTreesAreWalkedAsTheRuleSays() {
    var random = SplitMix(seed: 5)
    for _ in 0..<3000 {
      let count = Int.random(in: 1...12, using: &random)
      var nodes = [Node(start: 0, end: Int64.random(in: 0...20, using: &random), id: "0")]
      for place in 1..<max(count, 2) {
        let start = Int64.random(in: -3...22, using: &random)
        nodes.append(Node(start: start, end: start + Int64.random(in: 0...9, using: &random), id: "\(place)"))
        nodes[Int.random(in: 0..<place, using: &random)].children.append(place)
      }
      var expected = [Int64](repeating: 0, count: nodes.count)
      Self.naive(nodes, 0, nodes[0].start, nodes[0].end, &expected)
      let own = Self.own(nodes)
      #expect(own == expected, "\(nodes)")
      #expect(own.reduce(0, +) == nodes[0].end - nodes[0].start)
    }
  }

  /// Of children that end together, the one that began earlier held the parent up; of equal ones the first by id.
  @Test func tiesAreBrokenByStartThenId() {
    var nodes = [
      Node(start: 0, end: 10, id: "r", children: [1, 2, 3]), Node(start: 5, end: 10, id: "a"),
      Node(start: 2, end: 10, id: "c"), Node(start: 2, end: 10, id: "b"),
    ]
    #expect(Self.own(nodes) == [2, 0, 0, 8])
    nodes[3].id = "d"
    #expect(Self.own(nodes) == [2, 0, 8, 0])
  }

  /// A child that ends where the next one began is on the path; one that ends a moment later is off it.
  @Test func touchingChildrenAreBothOnThePath() {
    func own(_ end: Int64) -> [Int64] {
      Self.own([
        Node(start: 0, end: 10, id: "r", children: [1, 2]), Node(start: 0, end: end, id: "a"),
        Node(start: 5, end: 10, id: "b"),
      ])
    }
    #expect(own(5) == [0, 5, 5] && own(6) == [5, 0, 5] && own(4) == [1, 4, 5])
  }

  @Test func piecesKnowTheirNeighbours() {
    var pieces: [[Int?]] = []
    let nodes = [
      Node(start: 0, end: 100, id: "r", children: [1, 2]), Node(start: 10, end: 30, id: "a"),
      Node(start: 60, end: 90, id: "b"),
    ]
    CriticalPath.walk(nodes, root: 0) { pieces.append([$0.node, Int($0.nanoseconds), $0.after, $0.before]) }
    #expect(pieces == [[0, 10, 2, nil], [0, 30, 1, 2], [0, 10, nil, 1], [1, 20, nil, nil], [2, 30, nil, nil]])
    // What took no time is nobody's neighbour.
    pieces.removeAll()
    let instant = [Node(start: 0, end: 9, id: "r", children: [1]), Node(start: 4, end: 4, id: "a")]
    CriticalPath.walk(instant, root: 0) { pieces.append([$0.node, Int($0.nanoseconds), $0.after, $0.before]) }
    #expect(pieces == [[0, 9, nil, nil]])
  }

  /// No recursion: a hundred thousand spans inside each other, and spans that are their own ancestors.
  @Test func deepAndCyclicTracesEnd() {
    let depth = 100_000
    let deep = (0..<depth).map { place in
      Node(
        start: Int64(place), end: Int64(3 * depth - place), id: "\(place)",
        children: place + 1 < depth ? [place + 1] : [])
    }
    #expect(Self.own(deep).reduce(0, +) == Int64(3 * depth))
    let cycle = [
      Node(start: 0, end: 9, id: "r"), Node(start: 0, end: 9, id: "a", children: [2]),
      Node(start: 0, end: 9, id: "b", children: [1]),
    ]
    #expect(Self.own(cycle) == [9, 0, 0])
  }
}
