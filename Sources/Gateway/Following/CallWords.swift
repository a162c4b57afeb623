internal import Records

/// What people, models and code say of a call.
struct CallWords {
  /// One word, of those with one name.
  private struct Word {
    let name: Int
    var at: Instant
    var isBad: Bool
  }

  private var words: [Word] = []

  /// The newest word of a name counts, of one instant the one that came later.
  mutating func take(_ name: Int, isBad: Bool, at: Instant) {
    guard let place = words.firstIndex(where: { $0.name == name }) else {
      return words.append(Word(name: name, at: at, isBad: isBad))
    }
    if at >= words[place].at { (words[place].at, words[place].isBad) = (at, isBad) }
  }

  /// Whether any of them says that it is bad.
  var haveBad: Bool { words.contains(where: \.isBad) }

  func isBad(_ name: Int) -> Bool { words.contains { $0.name == name && $0.isBad } }
}
