import Records

/// Knows of most keys that are new that they are, without asking the database.
///
/// A delivery is mostly a new run: no key of its series is in the ledger. Whether a place is empty is asked once; from
/// then on only this delivery's own keys can be there, and a Bloom filter remembers them.
struct FreshKeys {
  private let engine: any EngineWriter
  /// Places that were looked at; true when there was nothing.
  private var places: [UInt32: Bool] = [:]
  private static let placeLimit = 65_536
  /// 2²⁵ bits, made when first needed: of 10⁶ keys one in 300 is asked for in vain, of 10⁷ one in five.
  private var filter: [UInt64] = []
  private static let wordCount = 1 << 19

  init(_ engine: any EngineWriter) {
    self.engine = engine
  }

  /// Which of the keys may be in the ledger: positions, in the order that was given.
  /// - Parameter order: positions of all keys, sorted by key.
  mutating func possiblyKnown(_ keys: [NaturalKey], order: [Int]) throws -> [Int] {
    var last: (place: UInt32, isFresh: Bool)?
    var possible: [Int] = []
    for position in order {
      let key = keys[position]
      if last?.place != key.place { last = (key.place, try isFresh(key.place)) }
      if last?.isFresh == true, !contains(key) { continue }
      possible.append(position)
    }
    return possible
  }

  private mutating func isFresh(_ place: UInt32) throws -> Bool {
    if let known = places[place] { return known }
    let first = UInt64(place) << 32
    let found = try engine.integer(
      "SELECT 1 FROM natural_key WHERE high BETWEEN ?1 AND ?2 LIMIT 1",
      [.integer(Int64(bitPattern: first)), .integer(Int64(bitPattern: first | 0xFFFF_FFFF))])
    // Whoever is forgotten is asked for again, and then is not fresh.
    if places.count >= FreshKeys.placeLimit { places.removeAll(keepingCapacity: true) }
    places[place] = found == nil
    return found == nil
  }

  /// Remembers a key that was added.
  mutating func insert(_ key: NaturalKey) {
    guard places[key.place] == true else { return }
    if filter.isEmpty { filter = .init(repeating: 0, count: FreshKeys.wordCount) }
    let (word, bits) = FreshKeys.bits(of: key)
    filter[word] |= bits
  }

  private func contains(_ key: NaturalKey) -> Bool {
    guard !filter.isEmpty else { return false }
    let (word, bits) = FreshKeys.bits(of: key)
    return filter[word] & bits == bits
  }

  /// Two bits of one word: keys are hashes already.
  private static func bits(of key: NaturalKey) -> (word: Int, bits: UInt64) {
    (
      Int(truncatingIfNeeded: key.low >> 12) & (wordCount - 1),
      1 << (key.low & 63) | 1 << (key.low >> 6 & 63)
    )
  }
}
