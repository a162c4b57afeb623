internal import Similarity

/// Texts that are planted in the data of tenants, each with the tenant who alone may be told it; found all at once.
///
/// Texts are compared folded (`FoldedText`): neither case, nor forms of the same letter, nor scalars that nobody sees hide one. The
/// automaton finds any number of them in one pass. Source: A. V. Aho, M. J. Corasick, "Efficient string matching: an aid to bibliographic
/// search", Communications of the ACM 18 (1975).
public struct CanaryList: Sendable {
  /// A canary, by its place among all. It says nothing of its text.
  public struct Hit: Sendable, Hashable, Comparable {
    /// Whose it is.
    public let owner: String
    /// Which of that tenant's, counted from 0.
    public let number: Int

    public init(owner: String, number: Int) {
      self.owner = owner
      self.number = number
    }

    public static func < (left: Hit, right: Hit) -> Bool { (left.owner, left.number) < (right.owner, right.number) }
  }

  private struct Node {
    var edges: [(byte: UInt8, node: Int32)] = []
    var failure: Int32 = 0
    /// The nearest node by way of failures at which a canary ends.
    var next: Int32 = 0
    var hits: [Hit] = []
  }

  private var nodes = [Node()]
  /// Edges of the first node: most of a text is there.
  private var first = [Int32](repeating: 0, count: 256)
  /// Scalars of raw text from which the longest canary can come.
  private(set) var reach = 0

  public var isEmpty: Bool { nodes.count == 1 }

  /// O(bytes of the canaries). Those that fold to nothing are none.
  public init(_ tenants: [(tenant: String, canaries: [String])]) {
    var longest = 0
    for entry in tenants {
      for (number, canary) in entry.canaries.enumerated() {
        let folded = FoldedText.fold(canary)
        guard !folded.isEmpty else { continue }
        longest = max(longest, folded.unicodeScalars.count)
        var node = 0
        for byte in folded.utf8 { node = edge(from: node, byte) }
        nodes[node].hits.append(Hit(owner: entry.tenant, number: number))
      }
    }
    reach = longest * FoldedText.mostScalars
    link()
  }

  private mutating func edge(from node: Int, _ byte: UInt8) -> Int {
    if let edge = nodes[node].edges.first(where: { $0.byte == byte }) { return Int(edge.node) }
    nodes.append(Node())
    nodes[node].edges.append((byte, Int32(nodes.count - 1)))
    return nodes.count - 1
  }

  /// Sets, breadth first, where each node goes on when its text does not.
  private mutating func link() {
    for edge in nodes[0].edges { first[Int(edge.byte)] = edge.node }
    var ready = nodes[0].edges.map { Int($0.node) }
    var place = 0
    while place < ready.count {
      let node = ready[place]
      place += 1
      for (byte, child) in nodes[node].edges {
        let failure = step(nodes[node].failure, byte)
        nodes[Int(child)].failure = failure
        nodes[Int(child)].next = nodes[Int(failure)].hits.isEmpty ? nodes[Int(failure)].next : failure
        ready.append(Int(child))
      }
    }
  }

  /// Where a byte leads. O(1), over all bytes of a text.
  func step(_ node: Int32, _ byte: UInt8) -> Int32 {
    var node = node
    while node != 0 {
      if let edge = nodes[Int(node)].edges.first(where: { $0.byte == byte }) { return edge.node }
      node = nodes[Int(node)].failure
    }
    return first[Int(byte)]
  }

  /// Calls a closure for each canary that ends at a node.
  func hits(at node: Int32, _ body: (Hit) -> Void) {
    var node = nodes[Int(node)].hits.isEmpty ? nodes[Int(node)].next : node
    while node != 0 {
      for hit in nodes[Int(node)].hits { body(hit) }
      node = nodes[Int(node)].next
    }
  }

  /// The canaries in a text that a tenant may not be told. O(text).
  /// - Parameter tenant: who is told it; nil is nobody's.
  public func hits(in text: String, toldTo tenant: String?) -> Set<Hit> {
    var watch = CanaryWatch(self, toldTo: tenant)
    return watch.receive(text)
  }
}
