/// The order in which tokens come to be, and the one pair that each comes from.
///
/// Which pair is joined last on the way to a token depends on the token's bytes alone: as long as nothing joins across
/// its ends, what happens between them is the same in every text. So of all pairs that spell a token only one is ever
/// joined, and a token that its own bytes do not lead to never appears by merging. (The observation behind van Antwerpen
/// and Neubeck, "So many tokens, so little time", GitHub 2024.)
///
/// Tokens are renumbered: first symbols, then what they are joined to, in the order of merging.
struct MergeOrder {
  /// Places in the plan's list by the new numbers.
  private(set) var places: [Int] = []
  /// The new numbers of the two halves by the new number; of a first symbol itself twice.
  private(set) var halves: [(left: Int, right: Int)] = []
  /// Whether every token is joined from tokens that come before it; `BacktrackingEncoder` needs that.
  private(set) var isMonotone = true
  /// How many of the first numbers are first symbols.
  private(set) var alphabetCount = 0

  private var numbers: [Int?]

  /// Derives the order. O(total bytes · log) for a vocabulary that a trainer made.
  init(_ plan: MergePlan) {
    numbers = Array(repeating: nil, count: plan.tokens.count)
    addAlphabet(plan)
    let firstSymbols = FirstSymbols(plan)
    let stragglers =
      switch plan.merges {
      case .concatenation: deriveFromConcatenation(plan, firstSymbols)
      case .listed(let merges): deriveFromList(plan, merges, firstSymbols)
      }
    guard !stragglers.isEmpty else { return }
    // What was not reached through earlier tokens alone may be reached through later ones: only the definition tells.
    let definition = MergeDefinition(plan)
    guard stragglers.contains(where: { definition.lastPair(of: $0, firstSymbols) != nil }) else { return }
    deriveByDefinition(plan, definition, firstSymbols)
  }

  private mutating func addAlphabet(_ plan: MergePlan) {
    for place in 0..<plan.tokens.count where FirstSymbols.isSymbol(plan.tokens[place], plan.alphabet) {
      number(place, nil)
    }
    alphabetCount = places.count
  }

  private mutating func number(_ place: Int, _ pair: (left: Int, right: Int)?) {
    numbers[place] = places.count
    halves.append(pair ?? (places.count, places.count))
    places.append(place)
  }

  /// Joins a token's first symbols by the pairs found so far. Those come before the token, and so are joined first.
  private func rest(
    of place: Int, _ plan: MergePlan, _ firstSymbols: FirstSymbols, _ found: borrowing PairTable,
    _ queue: inout MergeQueue, _ symbols: inout [Int]
  ) -> Bool {
    guard firstSymbols.collect(plan.tokens[place], into: &symbols) else { return false }
    for index in symbols.indices {
      guard let number = numbers[symbols[index]] else { return false }
      symbols[index] = number
    }
    queue.encode(&symbols) { left, right in found[left, right].map { ($0, $0) } }
    return true
  }

  private mutating func deriveFromConcatenation(_ plan: MergePlan, _ firstSymbols: FirstSymbols) -> [Int] {
    let found = PairTable(capacity: plan.tokens.count)
    var queue = MergeQueue()
    var symbols: [Int] = []
    var stragglers: [Int] = []
    for place in 0..<plan.tokens.count where numbers[place] == nil {
      if rest(of: place, plan, firstSymbols, found, &queue, &symbols), symbols.count == 2 {
        found.insert(symbols[0], symbols[1], joined: places.count)
        number(place, (symbols[0], symbols[1]))
      } else {
        stragglers.append(place)
      }
    }
    return stragglers
  }

  private mutating func deriveFromList(
    _ plan: MergePlan, _ merges: [MergePlan.Merge], _ firstSymbols: FirstSymbols
  ) -> [Int] {
    let found = PairTable(capacity: plan.tokens.count)
    var queue = MergeQueue()
    var symbols: [Int] = []
    var unreached: Set<Int> = []
    for merge in merges where numbers[merge.joined] == nil {
      if let left = numbers[merge.left], let right = numbers[merge.right],
        rest(of: merge.joined, plan, firstSymbols, found, &queue, &symbols), symbols == [left, right]
      {
        found.insert(left, right, joined: places.count)
        number(merge.joined, (left, right))
        unreached.remove(merge.joined)
      } else {
        unreached.insert(merge.joined)
      }
    }
    return unreached.sorted()
  }

  private mutating func deriveByDefinition(
    _ plan: MergePlan, _ definition: MergeDefinition, _ firstSymbols: FirstSymbols
  ) {
    var last: [(place: Int, priority: Int, left: Int, right: Int)] = []
    for place in 0..<plan.tokens.count where !FirstSymbols.isSymbol(plan.tokens[place], plan.alphabet) {
      guard let pair = definition.lastPair(of: place, firstSymbols) else { continue }
      last.append((place, pair.priority, pair.left, pair.right))
    }
    last.sort { $0.priority < $1.priority }
    places.removeSubrange(alphabetCount...)
    halves.removeSubrange(alphabetCount...)
    numbers = Array(repeating: nil, count: plan.tokens.count)
    for (number, place) in places.enumerated() { numbers[place] = number }
    for (offset, token) in last.enumerated() { numbers[token.place] = alphabetCount + offset }
    for token in last {
      // Both halves were reached while the token was spelled, so both have numbers.
      guard let left = numbers[token.left], let right = numbers[token.right] else { continue }
      if max(left, right) >= places.count { isMonotone = false }
      halves.append((left, right))
      places.append(token.place)
    }
  }
}
