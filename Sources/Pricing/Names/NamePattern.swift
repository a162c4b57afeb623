/// A regular expression over the bytes of a name, as price tables use them: found anywhere in the name, unless anchored.
///
/// What is read: characters, `.`, classes `[a-z0-9_]` and `[^…]`, `\d \w \s` and their opposites, escapes of punctuation, groups
/// `( )` and `(?: )`, alternatives `|`, repeats `? * + {n} {n,} {n,m}` (lazy ones find the same names), `^`, `$`, `\b`, and looking
/// ahead `(?= )` and `(?! )`. Anything else is refused, with its place. All states are followed at once (K. Thompson, "Regular
/// expression search algorithm", 1968), so that no pattern takes longer than states times bytes, whoever wrote it.
public struct NamePattern: Sendable, Hashable {
  /// As it was written.
  public let text: String
  private let program: PatternProgram

  /// Why a text is no pattern.
  public struct Fault: Error, Sendable, Equatable {
    /// Bytes before the fault.
    public let offset: Int
    /// In lower case, without a full stop.
    public let problem: String
  }

  /// - Throws: `Fault`.
  public init(_ text: String) throws(Fault) {
    self.text = text
    var parser = PatternParser(text)
    let node = try parser.parse()
    guard node.size <= PatternProgram.mostSteps else {
      throw Fault(offset: 0, problem: "repeats so much that it becomes too large")
    }
    program = PatternProgram(node)
  }

  public func matches(_ name: [UInt8]) -> Bool { program.isFound(in: name) }

  public func matches(_ name: String) -> Bool { matches(Array(name.utf8)) }

  public static func == (left: NamePattern, right: NamePattern) -> Bool { left.text == right.text }
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

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

/// A set of bytes.
struct ByteSet: Sendable, Hashable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  static var any: ByteSet {
    var set = ByteSet()
    set.insert(0...255)
    set.remove(0x0A)
    return set
  }

  init() {}

  init(_ byte: UInt8) { insert(byte...byte) }

  init(_ ranges: ClosedRange<UInt8>...) {
    for range in ranges { insert(range) }
  }

  static let digits = ByteSet(0x30...0x39)
  static let word = ByteSet(0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A)
  static let space = ByteSet(0x09...0x0D, 0x20...0x20)

  func contains(_ byte: UInt8) -> Bool { word(byte) >> UInt64(byte & 63) & 1 == 1 }

  private func word(_ byte: UInt8) -> UInt64 {
    switch byte >> 6 {
    case 0: words.0
    case 1: words.1
    case 2: words.2
    default: words.3
    }
  }

  mutating func insert(_ range: ClosedRange<UInt8>) {
    for byte in range { set(byte, true) }
  }

  mutating func remove(_ byte: UInt8) { set(byte, false) }

  private mutating func set(_ byte: UInt8, _ isIn: Bool) {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: words.0 = isIn ? words.0 | bit : words.0 & ~bit
    case 1: words.1 = isIn ? words.1 | bit : words.1 & ~bit
    case 2: words.2 = isIn ? words.2 | bit : words.2 & ~bit
    default: words.3 = isIn ? words.3 | bit : words.3 & ~bit
    }
  }

  func union(_ other: ByteSet) -> ByteSet {
    var set = self
    set.words = (
      words.0 | other.words.0, words.1 | other.words.1, words.2 | other.words.2, words.3 | other.words.3
    )
    return set
  }

  var inverted: ByteSet {
    var set = self
    set.words = (~words.0, ~words.1, ~words.2, ~words.3)
    return set
  }

  static func == (left: ByteSet, right: ByteSet) -> Bool { left.words == right.words }

  func hash(into hasher: inout Hasher) { hasher.combine(words.0 ^ words.1 ^ words.2 ^ words.3) }
}
