/// Numbers that carry check digits, in the groups in which people write them.
enum CheckedNumbers {
  /// Card numbers: 13 to 19 digits, alone or with single spaces or dashes between them, whose last digit is right. Digits before and
  /// after do not belong to them. O(bytes).
  static func cards(in text: [UInt8]) -> [Range<Int>] {
    ranges(in: text, lengths: 13...19, isPart: { (0x30...0x39).contains($0) }) { digits in
      // A line of zeros is right as well, and nobody's card.
      digits.first != UInt8(ascii: "0") && luhn(digits)
    }
  }

  /// Numbers of bank accounts: two letters, two digits, 11 to 30 letters and digits, the check digits right. O(bytes).
  static func accounts(in text: [UInt8]) -> [Range<Int>] {
    ranges(in: text, lengths: 15...34, isPart: { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) }) {
      characters in
      characters[0] >= 0x41 && characters[1] >= 0x41 && characters[2] <= 0x39 && characters[3] <= 0x39
        && remainder(characters) == 1
    }
  }

  /// Runs of characters with single separators, of certain lengths, that pass a test; the longest at each beginning.
  private static func ranges(
    in text: [UInt8], lengths: ClosedRange<Int>, isPart: (UInt8) -> Bool, passes: ([UInt8]) -> Bool
  ) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var place = 0
    while place < text.count {
      guard isPart(text[place]) else {
        place += 1
        continue
      }
      let found = longest(from: place, in: text, lengths, isPart, passes)
      if let end = found {
        ranges.append(place..<end)
        place = end
      } else {
        // The next beginning is behind a separator: within a word nothing begins.
        while place < text.count, isPart(text[place]) { place += 1 }
      }
    }
    return ranges
  }

  /// The end of the longest that begins at a place and passes; no longer than the longest length, whatever follows.
  private static func longest(
    from first: Int, in text: [UInt8], _ lengths: ClosedRange<Int>, _ isPart: (UInt8) -> Bool,
    _ passes: ([UInt8]) -> Bool
  ) -> Int? {
    var characters: [UInt8] = []
    var place = first
    var end: Int?
    while place < text.count, characters.count < lengths.upperBound {
      guard isPart(text[place]) else {
        let isSeparator = text[place] == UInt8(ascii: " ") || text[place] == UInt8(ascii: "-")
        guard isSeparator, place + 1 < text.count, isPart(text[place + 1]) else { break }
        place += 1
        continue
      }
      let byte = text[place]
      characters.append(byte >= 0x61 ? byte & 0xDF : byte)
      place += 1
      let isWhole = place == text.count || !isPart(text[place])
      if isWhole, characters.count >= lengths.lowerBound, passes(characters) { end = place }
    }
    return end
  }

  /// Whether the check digit is right (ISO/IEC 7812-1, annex B).
  static func luhn(_ digits: [UInt8]) -> Bool {
    var sum = 0
    for (place, byte) in digits.reversed().enumerated() {
      let digit = Int(byte - 0x30)
      sum += place % 2 == 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit
    }
    return sum % 10 == 0
  }

  /// The number modulo 97, the first four characters behind the others and letters as 10 to 35 (ISO 13616-1).
  private static func remainder(_ characters: [UInt8]) -> Int {
    (characters[4...] + characters[..<4]).reduce(0) { rest, byte in
      byte <= 0x39 ? (rest * 10 + Int(byte - 0x30)) % 97 : (rest * 100 + Int(byte - 0x41) + 10) % 97
    }
  }
}
