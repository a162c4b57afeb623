import SeededRandom
import Testing

@testable import Tokenization

@Suite struct SharedPrefixTests {
  /// Against encoding both texts.
  @Test(arguments: [RankEncoding.r50k, .cl100k, .o200k])
  func equalsTheCommonStartOfTheIDs(encoding: RankEncoding) throws {
    var tokens = (UInt8.min...UInt8.max).map { [$0] }
    tokens += ["th", "the", " t", " th", " the", "\n\n", "  ", "ab", "abc", "12", "123", "'s"].map { Array($0.utf8) }
    let ranks = Dictionary(uniqueKeysWithValues: tokens.enumerated().map { ($1, TokenID($0)) })
    let tokenizer = try Tokenizer(reading: RankFileText.bytes(ranks), file: "small", encoding: encoding)
    var random = SplitMix(seed: 3)
    let parts = ["the", " the", "ab", "abc", " ", "  ", "\n", "\n\n", "12", "3", "'s", ".", "é", "中", "\u{301}", "\t"]
    func text(_ count: Int) -> String { (0..<count).map { _ in parts[random.below(parts.count)] }.joined() }
    for _ in 0..<500 {
      let start = text(random.below(12))
      let first = start + text(random.below(6))
      let second = start + text(random.below(6))
      let expected = zip(tokenizer.encode(first), tokenizer.encode(second)).prefix { $0 == $1 }.count
      #expect(tokenizer.sharedPrefix(first, second) == expected, "\(first.debugDescription) \(second.debugDescription)")
      let cut = Array(first.utf8) + [0xFF]
      let other = Array(second.utf8) + [0xFE]
      let agreed = zip(tokenizer.encode(cut), tokenizer.encode(other)).prefix { $0 == $1 }.count
      #expect(tokenizer.sharedPrefix(cut, other) == agreed)
    }
  }
}
