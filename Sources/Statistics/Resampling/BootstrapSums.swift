/// A value that a bootstrap adds up: one number, or a numerator with its denominator.
protocol BootstrapTerm: Hashable, Sendable {
  static var zero: Self { get }
  static func + (left: Self, right: Self) -> Self
  static func * (left: Double, right: Self) -> Self
}

extension Double: BootstrapTerm {}
extension SIMD2: BootstrapTerm where Scalar == Double {}

/// Sums of n terms drawn with replacement from n terms, once a resample.
enum BootstrapSums {
  /// Draw counts instead of terms when so many terms share a value: a binomial count costs as much as some 32 draws.
  private static let drawsPerCount = 32

  static func replicates<Term: BootstrapTerm>(_ terms: [Term], resamples: Int, seed: UInt64) -> [Term] {
    if let distinct = DistinctTerms(terms, limit: terms.count / drawsPerCount) {
      return distinct.replicates(resamples: resamples, seed: seed)
    }
    var generator = Xoshiro256StarStar(seed: seed)
    let blocks = BootstrapBlocks(count: terms.count)
    return terms.withUnsafeBufferPointer { terms in
      [Term](unsafeUninitializedCapacity: resamples) { sums, initialized in
        for index in 0..<resamples {
          sums.initializeElement(at: index, to: blocks.sum(of: terms, &generator))
        }
        initialized = resamples
      }
    }
  }

  /// The sum of `draws` terms drawn with replacement.
  @inline(__always)
  static func sum<Term: BootstrapTerm>(
    _ draws: Int, from terms: UnsafeBufferPointer<Term>, _ indices: UniformIndex,
    _ generator: inout Xoshiro256StarStar
  ) -> Term {
    var local = generator
    var even = Term.zero
    var odd = Term.zero
    for _ in 0..<(draws &>> 1) {
      let (first, second) = indices.pair(&local)
      even = even + terms[first]
      odd = odd + terms[second]
    }
    if draws & 1 == 1 {
      even = even + terms[indices.pair(&local).0]
    }
    generator = local
    return even + odd
  }
}

/// Exactly uniform positions 0..<count, two from one random word.
///
/// Source: D. Lemire, "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019.
struct UniformIndex: Sendable {
  private let count: UInt64
  /// 2³² mod count: products whose low half is below it are drawn again, else some positions had one chance more.
  private let threshold: UInt64

  /// - Parameter count: 1..<2³².
  init(count: Int) {
    precondition(count >= 1 && count < 1 << 32, "positions are drawn from 32 random bits")
    self.count = UInt64(count)
    threshold = (1 << 32) % UInt64(count)
  }

  @inline(__always)
  func pair(_ generator: inout Xoshiro256StarStar) -> (Int, Int) {
    let word = generator.next()
    var first = (word &>> 32) &* count
    var second = (word & 0xffff_ffff) &* count
    if (first & 0xffff_ffff) < threshold || (second & 0xffff_ffff) < threshold {
      (first, second, generator) = redrawn(first, second, generator)
    }
    return (Int(truncatingIfNeeded: first &>> 32), Int(truncatingIfNeeded: second &>> 32))
  }

  /// By value, so that the caller's generator never needs an address and stays in registers.
  @inline(never)
  private func redrawn(
    _ first: UInt64, _ second: UInt64, _ generator: Xoshiro256StarStar
  ) -> (UInt64, UInt64, Xoshiro256StarStar) {
    var generator = generator
    return (accepted(first, &generator), accepted(second, &generator), generator)
  }

  private func accepted(_ product: UInt64, _ generator: inout Xoshiro256StarStar) -> UInt64 {
    var product = product
    while product & 0xffff_ffff < threshold {
      product = (generator.next() &>> 32) &* count
    }
    return product
  }
}
