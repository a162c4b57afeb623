/// What a pattern says, before it is a program.
indirect enum PatternNode {
  case bytes(ByteSet)
  case sequence([PatternNode])
  case alternatives([PatternNode])
  case repeated(PatternNode, least: Int, most: Int?)
  case start
  case end
  case wordBoundary(Bool)
  case look(PatternNode, isNegative: Bool)

  /// About how many steps it becomes.
  var size: Int {
    switch self {
    case .bytes, .start, .end, .wordBoundary: 1
    case .sequence(let parts), .alternatives(let parts): parts.reduce(2) { PatternNode.sum($0, $1.size &+ 2) }
    case .repeated(let inside, let least, let most):
      min((inside.size + 2) * max(least, most ?? 0, 1), 1_000_000)
    case .look(let inside, _): inside.size &+ 1
    }
  }

  /// Sizes beyond a million are all the same.
  private static func sum(_ one: Int, _ other: Int) -> Int { min(one &+ other, 1_000_000) }

  var looks: Bool {
    switch self {
    case .bytes, .start, .end, .wordBoundary: false
    case .sequence(let parts), .alternatives(let parts): parts.contains(where: \.looks)
    case .repeated(let inside, _, _): inside.looks
    case .look: true
    }
  }
}
