/// The seeded generator of every resampling method: xoshiro256\*\* 1.0.
///
/// 256 bits of state, period 2²⁵⁶ − 1, all 64 output bits of equal quality, so that a method may spend them one by
/// one as signs. A seed of 64 bits is spread over the state by SplitMix64, as the authors advise; equal seeds give
/// equal sequences on every platform. It is not a generator for secrets.
///
/// Source: D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", ACM Transactions on
/// Mathematical Software 47(4), 2021.
public struct Xoshiro256StarStar: RandomNumberGenerator, Sendable, Equatable {
  @usableFromInline var a: UInt64
  @usableFromInline var b: UInt64
  @usableFromInline var c: UInt64
  @usableFromInline var d: UInt64

  /// The generator of a seed; every seed is good, also 0.
  public init(seed: UInt64) {
    var expansion = SplitMix64(state: seed)
    a = expansion.next()
    b = expansion.next()
    c = expansion.next()
    d = expansion.next()
  }

  /// A generator in a given state; nil for the all-zero state, which never leaves itself.
  public init?(state: (UInt64, UInt64, UInt64, UInt64)) {
    guard state.0 | state.1 | state.2 | state.3 != 0 else { return nil }
    (a, b, c, d) = state
  }

  /// The next 64 bits.
  @inlinable
  public mutating func next() -> UInt64 {
    let product = b &* 5
    let result = ((product &<< 7) | (product &>> 57)) &* 9
    let shifted = b &<< 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d &<< 45) | (d &>> 19)
    return result
  }

  /// A uniform number in (0, 1): the centres of 2⁵² equal cells, so that neither 0 nor 1 occurs.
  @inlinable
  public mutating func nextUnit() -> Double {
    (Double(next() &>> 12) + 0.5) * 0x1p-52
  }

  /// Advances by 2¹²⁸ steps: successive jumps from one seed give streams that never overlap in practice.
  public mutating func jump() {
    var sum: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    for word in [0x180e_c6d3_3cfd_0aba, 0xd5a6_1266_f0c9_392c, 0xa958_2618_e03f_c9aa, 0x39ab_dc45_29b1_661c] as [UInt64]
    {
      for bit in 0..<64 as Range<UInt64> {
        if (word &>> bit) & 1 == 1 {
          sum = (sum.0 ^ a, sum.1 ^ b, sum.2 ^ c, sum.3 ^ d)
        }
        _ = next()
      }
    }
    (a, b, c, d) = sum
  }
}

/// SplitMix64, used only to spread a 64-bit seed over a larger state.
///
/// Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct SplitMix64: Sendable {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed &>> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed &>> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed &>> 31)
  }
}
