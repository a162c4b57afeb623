/// Terms cut into blocks of powers of two, so that drawing one costs a few random bits and no rejection.
///
/// How many of a resample's draws fall into each block is multinomial: a chain of binomial counts. Within a block of 2ᵇ
/// terms b random bits choose one exactly, so that one random word serves 64/b draws, and a block fits the first-level
/// cache. What is left over after the last block is drawn by ``UniformIndex``. Exact, like drawing term by term.
///
/// Source: L. Devroye, "Non-uniform random variate generation", 1986, §XI.1.4.
struct BootstrapBlocks: Sendable {
  struct Block: Sendable {
    let start: Int
    let bits: Int
    /// The block's share of all units from its start on.
    let share: Double
  }

  /// 2¹⁰ pairs of numbers are 16 KiB.
  private static let largest = 10
  /// A binomial count costs as much as some 40 draws; smaller blocks would not earn it.
  private static let smallest = 6

  private let blocks: [Block]
  private let rest: Range<Int>
  private let restIndices: UniformIndex?

  /// - Parameter count: number of terms, at least 1.
  init(count: Int) {
    var blocks: [Block] = []
    var start = 0
    for bits in (Self.smallest...Self.largest).reversed() {
      while count - start >= 1 << bits {
        blocks.append(Block(start: start, bits: bits, share: Double(1 << bits) / Double(count - start)))
        start += 1 << bits
      }
    }
    self.blocks = blocks
    rest = start..<count
    restIndices = rest.isEmpty ? nil : UniformIndex(count: rest.count)
  }

  /// The sum of as many terms, drawn with replacement, as there are.
  func sum<Term: BootstrapTerm>(
    of terms: UnsafeBufferPointer<Term>, _ generator: inout Xoshiro256StarStar
  ) -> Term {
    var sum = Term.zero
    var draws = terms.count
    for block in blocks where draws > 0 {
      let here = BinomialSampler.draw(trials: draws, probability: block.share, &generator)
      let part = UnsafeBufferPointer(rebasing: terms[block.start..<block.start + 1 << block.bits])
      sum = sum + BootstrapBlocks.sum(here, from: part, bits: block.bits, &generator)
      draws -= here
    }
    if let restIndices {
      sum = sum + BootstrapSums.sum(draws, from: UnsafeBufferPointer(rebasing: terms[rest]), restIndices, &generator)
    }
    return sum
  }

  /// A loop of its own for each size: shifts by constants, and no count of slots to run.
  private static func sum<Term: BootstrapTerm>(
    _ draws: Int, from terms: UnsafeBufferPointer<Term>, bits: Int, _ generator: inout Xoshiro256StarStar
  ) -> Term {
    switch bits {
    case 10: unrolled(draws, terms, bits: 10, &generator)
    case 9: unrolled(draws, terms, bits: 9, &generator)
    case 8: unrolled(draws, terms, bits: 8, &generator)
    case 7: unrolled(draws, terms, bits: 7, &generator)
    default: unrolled(draws, terms, bits: 6, &generator)
    }
  }

  @inline(__always)
  private static func unrolled<Term: BootstrapTerm>(
    _ draws: Int, _ terms: UnsafeBufferPointer<Term>, bits: UInt64, _ generator: inout Xoshiro256StarStar
  ) -> Term {
    let mask = (1 as UInt64) &<< bits &- 1
    let slots = 64 / bits
    var local = generator
    var left = UInt64(draws)
    @inline(__always) func term(_ word: UInt64, _ slot: UInt64) -> Term {
      terms[Int(truncatingIfNeeded: word &>> (slot &* bits) & mask)]
    }
    // Four sums side by side: an addition need not wait for the one before.
    var (first, second, third, fourth) = (Term.zero, Term.zero, Term.zero, Term.zero)
    while left >= slots {
      let word = local.next()
      first = first + term(word, 0)
      second = second + term(word, 1)
      third = third + term(word, 2)
      fourth = fourth + term(word, 3)
      first = first + term(word, 4)
      second = second + term(word, 5)
      if slots > 6 { third = third + term(word, 6) }
      if slots > 7 { fourth = fourth + term(word, 7) }
      if slots > 8 { first = first + term(word, 8) }
      if slots > 9 { second = second + term(word, 9) }
      left &-= slots
    }
    var word = left > 0 ? local.next() : 0
    while left > 0 {
      first = first + terms[Int(truncatingIfNeeded: word & mask)]
      word &>>= bits
      left &-= 1
    }
    generator = local
    return (first + second) + (third + fourth)
  }
}
