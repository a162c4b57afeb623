/// Runs of scalars of one class, read from their text.
struct ScalarClassRuns: Sequence, IteratorProtocol {
  private let text: StaticString
  private let masks: [UInt8]
  private var place = 0

  /// The runs that `Scripts/scalar_classes.py` found.
  init() {
    text = ScalarClassText.runs
    masks = ScalarClassText.masks
  }

  mutating func next() -> (count: Int, mask: UInt8)? {
    text.withUTF8Buffer { letters in
      guard place < letters.count else { return nil }
      let mask = masks[Int(letters[place] - UInt8(ascii: "A"))]
      place += 1
      var count = 0
      while place < letters.count, let digit = ScalarClassRuns.digit(letters[place]) {
        count = count * 36 + digit
        place += 1
      }
      return (count == 0 ? 1 : count, mask)
    }
  }

  private static func digit(_ letter: UInt8) -> Int? {
    switch letter {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(letter) - 48
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(letter) - 97 + 10
    default: nil
    }
  }
}
