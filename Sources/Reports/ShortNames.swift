/// Names without what they all end in or begin with, so that a narrow column still tells them apart.
///
/// `opus-4-paper` and `sonnet-4-paper` become `opus-4` and `sonnet-4`: whole words only, and never an empty name.
struct ShortNames {
  private var short: [String: String] = [:]

  init(_ names: [String]) {
    let words = names.map(ShortNames.words)
    guard names.count > 1, let first = words.first else { return }
    let shortest = words.map(\.count).min() ?? 0
    var ending = 0
    while ending < shortest - 1, words.allSatisfy({ $0[$0.count - 1 - ending] == first[first.count - 1 - ending] }) {
      ending += 1
    }
    var beginning = 0
    while beginning < shortest - 1 - ending, words.allSatisfy({ $0[beginning] == first[beginning] }) { beginning += 1 }
    for (name, words) in zip(names, words) {
      let kept = words[beginning..<words.count - ending].joined()
      let trimmed = kept.drop(while: ShortNames.separates)
      let end = trimmed.lastIndex { !ShortNames.separates($0) }
      short[name] = end.map { String(trimmed[...$0]) } ?? name
    }
    if Set(short.values).count < Set(names).count { short = [:] }
  }

  subscript(name: String) -> String { short[name] ?? name }

  private static func separates(_ character: Character) -> Bool { "-_./: ".contains(character) }

  /// A word and the separators behind it, over and over.
  private static func words(_ name: String) -> [String] {
    var words: [String] = []
    var wasSeparator = true
    for character in name {
      let isSeparator = separates(character)
      if words.isEmpty || isSeparator != wasSeparator { words.append("") }
      words[words.count - 1].append(character)
      wasSeparator = isSeparator
    }
    return words
  }
}
