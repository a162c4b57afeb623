/// Finds the longest token that a text begins with.
///
/// Nodes are numbered breadth first, so that the children of a node are neighbours and a node needs no list of them; the
/// first two bytes, where nodes have many children, are looked up directly.
struct TokenTrie: ~Copyable, Sendable {
  private static let none = UInt32.max

  private struct Node: BitwiseCopyable {
    var firstChild: UInt32
    /// The token that ends here.
    var token: UInt32
    var childCount: UInt16
  }

  private let nodes: FixedArray<Node>
  /// The byte that leads to each node.
  private let labels: FixedArray<UInt8>
  private let byFirst: FixedArray<UInt32>
  private let byTwo: FixedArray<UInt32>
  /// For each token the longest shorter token that it begins with.
  let shorter: FixedArray<UInt32>

  /// Builds the trie of tokens, which are numbered by their places and not empty. O(total bytes), after sorting.
  init(_ tokens: [ArraySlice<UInt8>]) {
    let order = TokenTrie.sorted(tokens)
    var nodes: [Node] = [Node(firstChild: TokenTrie.none, token: TokenTrie.none, childCount: 0)]
    var labels: [UInt8] = [0]
    let shorter = FixedArray<UInt32>(repeating: TokenTrie.none, count: tokens.count)
    // The tokens below each node that has not been expanded, as a range of the sorted ones, and the token above it.
    var ranges: [(low: Int, high: Int, above: UInt32)] = [(0, order.count, TokenTrie.none)]
    var depth = 0
    var level = 0..<1
    while !level.isEmpty {
      for node in level {
        var (low, high, above) = ranges[node]
        if low < high, tokens[order[low]].count == depth {
          let token = UInt32(order[low])
          nodes[node].token = token
          shorter[order[low]] = above
          above = token
          low += 1
        }
        nodes[node].firstChild = UInt32(nodes.count)
        while low < high {
          let byte = tokens[order[low]].byte(depth)
          let end = TokenTrie.end(of: byte, at: depth, tokens, order, low, high)
          nodes[node].childCount += 1
          nodes.append(Node(firstChild: TokenTrie.none, token: TokenTrie.none, childCount: 0))
          labels.append(byte)
          ranges.append((low, end, above))
          low = end
        }
      }
      level = level.upperBound..<nodes.count
      depth += 1
    }
    self.nodes = FixedArray(nodes)
    self.labels = FixedArray(labels)
    self.shorter = shorter
    byFirst = FixedArray(repeating: TokenTrie.none, count: 256)
    byTwo = FixedArray(repeating: TokenTrie.none, count: 65536)
    for child in children(of: 0) {
      byFirst[Int(self.labels[child])] = UInt32(child)
      for grandchild in children(of: child) {
        byTwo[Int(self.labels[child]) << 8 | Int(self.labels[grandchild])] = UInt32(grandchild)
      }
    }
  }

  private func children(of node: Int) -> Range<Int> {
    let first = Int(nodes[node].firstChild)
    return first..<first + Int(nodes[node].childCount)
  }

  /// Places of the tokens in the order of their bytes; compares eight bytes at once, which mostly decides.
  private static func sorted(_ tokens: [ArraySlice<UInt8>]) -> [Int] {
    let keyed = tokens.enumerated().map { place, token in
      (key: (0..<8).reduce(UInt64(0)) { $0 << 8 | UInt64($1 < token.count ? token.byte($1) : 0) }, place: place)
    }
    return keyed.sorted { left, right in
      left.key != right.key ? left.key < right.key : tokens[left.place].lexicographicallyPrecedes(tokens[right.place])
    }.map(\.place)
  }

  /// Where, in a sorted range, the tokens end that have a byte at a depth.
  private static func end(
    of byte: UInt8, at depth: Int, _ tokens: [ArraySlice<UInt8>], _ order: [Int], _ low: Int, _ high: Int
  ) -> Int {
    // Galloping: most nodes have few tokens, those near the root very many.
    var step = 1
    var known = low
    while known + step < high, tokens[order[known + step]].byte(depth) == byte {
      known += step
      step *= 2
    }
    var bound = min(known + step, high)
    while known + 1 < bound {
      let middle = (known + bound) / 2
      if tokens[order[middle]].byte(depth) == byte { known = middle } else { bound = middle }
    }
    return bound
  }

  /// The longest token that the bytes begin with, or nil. At most as many steps as the longest token has bytes.
  @inline(__always)
  func longest(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int? {
    guard count > 1 else {
      let node = byFirst[Int(bytes[0])]
      return node == TokenTrie.none ? nil : found(nodes[Int(node)].token)
    }
    let second = byTwo[Int(bytes[0]) << 8 | Int(bytes[1])]
    guard second != TokenTrie.none else { return longest(bytes, count: 1) }
    var node = nodes[Int(second)]
    var best = node.token
    var place = 2
    if best == TokenTrie.none {
      let first = byFirst[Int(bytes[0])]
      best = first == TokenTrie.none ? best : nodes[Int(first)].token
    }
    while place < count, let child = child(of: node, bytes[place]) {
      node = nodes[child]
      if node.token != TokenTrie.none { best = node.token }
      place += 1
    }
    return found(best)
  }

  @inline(__always) private func found(_ token: UInt32) -> Int? { token == TokenTrie.none ? nil : Int(token) }

  @inline(__always)
  private func child(of node: Node, _ byte: UInt8) -> Int? {
    var low = Int(node.firstChild)
    var count = Int(node.childCount)
    // Halves while there are many, then looks at each.
    while count > 8 {
      let half = count / 2
      if labels[low + half] <= byte {
        low += half
        count -= half
      } else {
        count = half
      }
    }
    for place in low..<low + count where labels[place] == byte { return place }
    return nil
  }
}

extension ArraySlice<UInt8> {
  /// The byte at an offset from the slice's start.
  @inline(__always) fileprivate func byte(_ offset: Int) -> UInt8 { self[startIndex + offset] }
}
