import Records

/// The members of a map on a tape, by their keys.
struct UsageMembers {
  let tape: ValueTape
  let place: Int

  func has(_ key: StaticString) -> Bool { tape.member(key, of: place) != nil }

  func object(_ key: StaticString) -> UsageMembers? {
    guard let member = tape.member(key, of: place), tape[member].kind == .map else { return nil }
    return UsageMembers(tape: tape, place: member)
  }

  /// A count that is not negative.
  func count(_ key: StaticString) -> Int64? { tape.member(key, of: place).flatMap { tape.count(at: $0) } }

  func text(_ key: StaticString) -> BorrowedText? {
    guard let member = tape.member(key, of: place), tape[member].kind == .text else { return nil }
    return tape[member].text
  }

  func forEach(in key: StaticString, _ body: (UsageMembers) -> Void) {
    guard let list = tape.member(key, of: place), tape[list].kind == .list else { return }
    var part = list + 1
    while part < tape[list].next {
      if tape[part].kind == .map { body(UsageMembers(tape: tape, place: part)) }
      part = tape[part].next
    }
  }

  func sum(ofPrefix prefix: StaticString) -> Int64? {
    var sum: Int64?
    var part = place + 1
    while part < tape[place].next {
      if tape[part].key.hasPrefix(prefix), let count = tape.count(at: part) { sum = (sum ?? 0) &+ count }
      part = tape[part].next
    }
    return sum
  }
}

extension ValueTape {
  /// A count of tokens: a whole number of at least 0 and below 2⁵³, also where it was written as a real or as a text.
  func count(at place: Int) -> Int64? {
    let node = self[place]
    let value: Int64? =
      switch node.kind {
      case .integer: node.word
      case .real: Int64(exactly: node.real)
      case .text: ValueTape.plainInteger(node.text.bytes)
      default: nil
      }
    guard let value, value >= 0, value < 1 << 53 else { return nil }
    return value
  }
}
