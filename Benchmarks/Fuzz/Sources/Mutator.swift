import SeededRandom

/// Changes inputs: bytes, ranges and tokens.
struct Mutator {
  /// No input grows beyond this, so that a million of them stay affordable.
  static let maximumSize = 64 << 10

  private static let tokens: [[UInt8]] =
    [
      "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud83d\\ude00", "\\ud800", "null", "true", "false", "NaN",
      "-Infinity", "1e999", "-0", "1e-400", "0.1", "9223372036854775808", "00", "\n", "\r\n", "\t", ";", "|", "\"\"",
      "\u{FEFF}", "é", "\u{1F600}", "{\"", "\"}", "[[[[[[[[", "{\"a\":", "\"id\":", "\"epoch\":1", "\"scores\":{",
      "\"value\":",
      "\"C\"", "\"item\"", "\"score\"", "\"metadata\":{}", "\"error\":null", "\"vars\":{}", "\"assert\":[]",
      "\"cached\":true",
      "\"success\":true", "\"namedScores\":{}", "\"failureReason\":2", "\"graderError\":true", "\"doc_hash\":\"a\"",
      "\"metrics\":[\"acc\"]", "\"filter\":\"none\"", "\"results\":[", "\"table\":{", "\"head\":{", "\"body\":[",
      "\"outputs\":[",
      "\"spec\":{}", "\"event_id\":1", "item,score\n", "a,1\n", "PK\u{3}\u{4}", "PK\u{1}\u{2}", "PK\u{5}\u{6}",
      "PK\u{6}\u{6}",
      "PK\u{6}\u{7}", "PK\u{7}\u{8}", "samples/1_epoch_1.json", "header.json", "../",
    ].map { Array($0.utf8) } + [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0], [0x28, 0xB5, 0x2F, 0xFD], [0xFF, 0xFF, 0xFF, 0xFF],
    ]

  let corpus: [[UInt8]]

  /// Changes `input` in one to eight ways.
  func mutate(_ input: inout [UInt8], _ random: inout SplitMix) {
    for _ in 0...(random.once(in: 4) ? random.below(8) : random.below(2)) { change(&input, &random) }
    if input.count > Self.maximumSize { input.removeLast(input.count - Self.maximumSize) }
  }

  private func change(_ input: inout [UInt8], _ random: inout SplitMix) {
    let place = random.below(input.count)
    switch random.below(11) {
    case 0 where !input.isEmpty: input[place] ^= 1 << UInt8(random.below(8))
    case 1 where !input.isEmpty: input[place] = UInt8(truncatingIfNeeded: random.next())
    case 2: input.removeLast(random.below(input.count))
    case 3: input.removeSubrange(range(input, &random, 64))
    case 4:
      let piece = Array(input[range(input, &random, 256)])
      for _ in 0...random.below(random.once(in: 16) ? 200 : 3) where input.count < Self.maximumSize {
        input.insert(contentsOf: piece, at: place)
      }
    case 5, 6: input.insert(contentsOf: Self.tokens[random.below(Self.tokens.count)], at: place)
    case 7:
      let token = Self.tokens[random.below(Self.tokens.count)]
      let end = min(input.count, place + token.count)
      input.replaceSubrange(place..<end, with: token)
    case 8:
      let other = corpus[random.below(corpus.count)]
      input.insert(contentsOf: other[range(other, &random, 512)], at: place)
    case 9:
      let other = corpus[random.below(corpus.count)]
      input = Array(input[..<place]) + other[random.below(other.count)...]
    default: swapToken(&input, &random)
    }
  }

  private func range(_ input: [UInt8], _ random: inout SplitMix, _ longest: Int) -> Range<Int> {
    let start = random.below(input.count)
    return start..<min(input.count, start + random.below(longest))
  }

  /// Replaces a run of letters and digits by a token or by another such run: what makes a value of another kind.
  private func swapToken(_ input: inout [UInt8], _ random: inout SplitMix) {
    var start = random.below(input.count)
    while start < input.count, !Self.isWord(input[start]) { start += 1 }
    var end = start
    while end < input.count, Self.isWord(input[end]) { end += 1 }
    input.replaceSubrange(start..<end, with: Self.tokens[random.below(Self.tokens.count)])
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
  }
}
