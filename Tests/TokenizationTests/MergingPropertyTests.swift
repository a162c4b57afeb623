import SeededRandom
import Testing

@testable import Tokenization

/// Random small vocabularies, orderly and disorderly, against the definition.
@Suite struct MergingPropertyTests {
  /// All bytes, and tokens that a trainer might have made: each joined from two that come before it.
  private func orderly(_ random: inout SplitMix, letters: Int, count: Int) -> [[UInt8]: TokenID] {
    var tokens = (UInt8.min...UInt8.max).map { [$0] }
    var pool = (0..<UInt8(letters)).map { [UInt8(ascii: "a") + $0] }
    while tokens.count < 256 + count {
      let joined = pool[random.below(pool.count)] + pool[random.below(pool.count)]
      if joined.count > 12 || tokens.contains(joined) { continue }
      tokens.append(joined)
      pool.append(joined)
    }
    return ranks(tokens)
  }

  /// All bytes, and any texts in any order.
  private func disorderly(_ random: inout SplitMix, letters: Int, count: Int) -> [[UInt8]: TokenID] {
    var tokens = (UInt8.min...UInt8.max).map { [$0] }
    while tokens.count < 256 + count {
      let token = piece(&random, letters: letters, longest: 6)
      if !tokens.contains(token) { tokens.append(token) }
    }
    tokens.shuffle(using: &random)
    return ranks(tokens)
  }

  private func ranks(_ tokens: [[UInt8]]) -> [[UInt8]: TokenID] {
    Dictionary(uniqueKeysWithValues: tokens.enumerated().map { ($1, TokenID($0 * 3)) })
  }

  private func piece(_ random: inout SplitMix, letters: Int, longest: Int) -> [UInt8] {
    (0...random.below(longest)).map { _ in UInt8(ascii: "a") + UInt8(random.below(letters)) }
  }

  private func check(_ ranks: [[UInt8]: TokenID], _ random: inout SplitMix, letters: Int, seed: UInt64) throws {
    let tokenizer = try Tokenizer(reading: RankFileText.bytes(ranks), file: "small", encoding: .r50k)
    var counter = TokenCounter(tokenizer)
    for _ in 0..<60 {
      let piece = piece(&random, letters: letters, longest: 40)
      let expected = NaiveMerging.encode(piece, ranks)
      let found = tokenizer.encode(piece)
      #expect(found == expected, "seed \(seed), \(String(decoding: piece, as: UTF8.self))")
      #expect(counter.count(piece) == expected.count, "seed \(seed)")
      #expect(try tokenizer.decode(found) == piece)
    }
  }

  @Test(arguments: 0..<120 as Range<UInt64>)
  func orderlyRanksAgreeWithTheDefinition(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let letters = 1 + random.below(4)
    let count = letters == 1 ? 6 : 4 + random.below(40)
    try check(orderly(&random, letters: letters, count: count), &random, letters: letters, seed: seed)
  }

  @Test(arguments: 0..<120 as Range<UInt64>)
  func disorderlyRanksAgreeWithTheDefinition(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let letters = 2 + random.below(3)
    try check(
      disorderly(&random, letters: letters, count: 5 + random.below(40)), &random, letters: letters, seed: seed)
  }

  /// Listed pairs in any order, several of which may spell one token, over characters of one to four bytes.
  @Test(arguments: 0..<120 as Range<UInt64>)
  func listedMergesAgreeWithTheDefinition(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let alphabet = ["a", "é", "中", "😀"].prefix(1 + random.below(4)).map { $0 }
    var pool = alphabet
    var merges: [(String, String)] = []
    for _ in 0..<(3 + random.below(30)) {
      let left = pool[random.below(pool.count)]
      let right = pool[random.below(pool.count)]
      if (left + right).count > 8 || merges.contains(where: { $0 == left && $1 == right }) { continue }
      merges.append((left, right))
      if !pool.contains(left + right) { pool.append(left + right) }
    }
    merges.shuffle(using: &random)
    let vocabulary = (["<unk>"] + pool).enumerated().map { "\"\($1)\": \($0)" }.joined(separator: ", ")
    let list = merges.map { "[\"\($0)\", \"\($1)\"]" }.joined(separator: ", ")
    let file = """
      {"model": {"type": "BPE", "unk_token": "<unk>", "vocab": {\(vocabulary)}, "merges": [\(list)]}}
      """
    let tokenizer = try Tokenizer(reading: Array(file.utf8), file: "small.json")
    for _ in 0..<60 {
      let symbols = (0...random.below(40)).map { _ in alphabet[random.below(alphabet.count)] }
      let expected = NaiveMerging.encode(symbols, merges).map { TokenID((pool.firstIndex(of: $0) ?? -1) + 1) }
      #expect(tokenizer.encode(symbols.joined()) == expected, "seed \(seed), \(symbols.joined())")
    }
  }
}
