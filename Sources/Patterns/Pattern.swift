/// A regular expression over the bytes of a text, from a file that anybody may have written: found anywhere, unless anchored.
///
/// What is read: characters, `.`, classes `[a-z0-9_]` and `[^…]`, `\d \w \s` and their opposites, escapes of punctuation, groups
/// `( )` and `(?: )`, alternatives `|`, repeats `? * + {n} {n,} {n,m}` (lazy ones find the same texts), `^`, `$`, `\b`, and looking
/// ahead `(?= )` and `(?! )`. Anything else is refused, with its place. All states are followed at once (K. Thompson, "Regular
/// expression search algorithm", 1968), so that no pattern takes longer than states times bytes, whoever wrote it.
public struct Pattern: Sendable, Hashable {
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
    looksAhead = node.looks
    program = PatternProgram(node)
  }

  /// Whether it is found anywhere. O(states · bytes), and once more for each place of a look ahead.
  public func matches(_ text: [UInt8]) -> Bool { program.isFound(in: text) }

  public func matches(_ text: String) -> Bool { matches(Array(text.utf8)) }

  /// Whether it looks ahead somewhere, so that it may take longer than states times bytes.
  public let looksAhead: Bool

  /// Every byte that belongs to a match of at least one byte, as ranges that do not touch what lies between them: matches that overlap
  /// are one range. O(states · bytes) for patterns that do not look ahead.
  ///
  /// That is the question of who covers texts up, and the reason why it is this one: the longest matches one after the other
  /// cannot be had in linear time from all patterns.
  public func cover(of text: [UInt8]) -> [Range<Int>] { program.cover(of: text) }

  public static func == (left: Pattern, right: Pattern) -> Bool { left.text == right.text }
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
