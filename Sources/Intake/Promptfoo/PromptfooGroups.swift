import Records

/// Counts the draws of each arm for each item, and tells replayed outputs from new ones.
///
/// promptfoo caches by repeat, so a cached output of a group is a replay of that draw: it is a draw itself only as long as
/// the file does not hold the original, or another replay of it.
struct PromptfooGroups {
  /// Outputs left out.
  private(set) var replayed = 0
  private var draws: [JSONDigest: Int] = [:]
  /// Digests of group and output: of all uncached draws from the start, and of replays as they are taken.
  private var taken: Set<JSONDigest> = []

  /// Remembers an uncached draw before rows are handed out.
  mutating func noteDraw(_ group: JSONDigest, _ output: JSONDigest) {
    taken.insert(JSONDigest(group, output, kind: 10))
  }

  /// The number of a draw in its group, from 1; nil for a replay of a draw that the file holds.
  mutating func draw(_ group: JSONDigest, _ outcome: PromptfooOutcome) -> Int? {
    if outcome.isCached, !taken.insert(JSONDigest(group, outcome.output, kind: 10)).inserted {
      replayed += 1
      return nil
    }
    let number = (draws[group] ?? 0) + 1
    draws[group] = number
    return number
  }
}

/// The digits of a number, in memory that stays where it is.
final class PinnedNumber {
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 20, alignment: 1)

  init() {}

  deinit { memory.deallocate() }

  /// The digits of a number that is not negative; valid until the next call.
  func text(of number: Int) -> BorrowedText {
    var rest = number
    var start = memory.count
    repeat {
      start -= 1
      memory[start] = UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0")
      rest /= 10
    } while rest > 0
    return BorrowedText(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[start...]))
  }
}
