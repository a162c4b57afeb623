/// The one generator of everything random in tests and in the fuzzer: the same on every machine, and in oracles' scripts.
///
/// It stands on nothing that is tested. Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
/// 2014.
public struct SplitMix: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }

  /// A number below a bound, 0 if that is 0. Slightly uneven, which matters to no test.
  public mutating func below(_ bound: Int) -> Int { bound > 0 ? Int(next() % UInt64(bound)) : 0 }

  /// In 0..<1, of 2⁵³ values.
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// True with a probability.
  public mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }

  /// True once in `many`.
  public mutating func once(in many: Int) -> Bool { below(many) == 0 }

  /// One of some values, of which there must be one.
  public mutating func one<Value>(of values: [Value]) -> Value { values[Int.random(in: values.indices, using: &self)] }
}
