/// Merging exactly as a vocabulary file defines it, over the places of its list; slow, for vocabularies whose order of
/// merging is not the order in which tokens are built up.
struct MergeDefinition {
  private let tokens: TokenList
  private let byBytes: [ArraySlice<UInt8>: Int]
  private let listed: [Pair: (priority: Int, joined: Int)]
  private let isConcatenation: Bool

  private struct Pair: Hashable {
    let left: Int
    let right: Int
  }

  init(_ plan: MergePlan) {
    tokens = plan.tokens
    var byBytes: [ArraySlice<UInt8>: Int] = [:]
    var listed: [Pair: (priority: Int, joined: Int)] = [:]
    switch plan.merges {
    case .concatenation:
      isConcatenation = true
      for place in 0..<plan.tokens.count { byBytes[plan.tokens[place]] = place }
    case .listed(let merges):
      isConcatenation = false
      for (priority, merge) in merges.enumerated() {
        listed[Pair(left: merge.left, right: merge.right)] = (priority, merge.joined)
      }
    }
    self.byBytes = byBytes
    self.listed = listed
  }

  private func merge(_ left: Int, _ right: Int) -> (priority: Int, joined: Int)? {
    guard isConcatenation else { return listed[Pair(left: left, right: right)] }
    return byBytes[tokens[left] + tokens[right]].map { ($0, $0) }
  }

  /// The pair that is joined last when a token's bytes are encoded; nil when they do not become that token.
  func lastPair(of place: Int, _ firstSymbols: FirstSymbols) -> (priority: Int, left: Int, right: Int)? {
    var symbols: [Int] = []
    guard firstSymbols.collect(tokens[place], into: &symbols) else { return nil }
    var queue = MergeQueue()
    var last: (left: Int, right: Int)?
    queue.encode(&symbols, merge: merge) { last = ($0, $1) }
    guard symbols == [place], let last, let found = merge(last.left, last.right) else { return nil }
    return (found.priority, last.left, last.right)
  }
}
