/// What pre-tokenisers ask of a character: membership in a few sets of Unicode general categories, as bits.
struct ScalarClass: OptionSet, BitwiseCopyable {
  let rawValue: UInt8

  /// `\p{L}`.
  static let letter = ScalarClass(rawValue: 1)
  /// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, what may begin a word of o200k.
  static let head = ScalarClass(rawValue: 2)
  /// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`, what may end a word of o200k.
  static let tail = ScalarClass(rawValue: 4)
  /// `\p{N}`.
  static let number = ScalarClass(rawValue: 8)
  /// `\s`, the property White_Space.
  static let space = ScalarClass(rawValue: 16)
  /// `\p{P}`.
  static let punctuation = ScalarClass(rawValue: 32)
  /// `\p{S}`.
  static let symbol = ScalarClass(rawValue: 64)
  /// `[\r\n]`; these are spaces too.
  static let newline = ScalarClass(rawValue: 128)

  /// `\p{M}`: may begin and end a word of o200k and is no letter.
  var isMark: Bool { intersection([.letter, .head, .tail]) == [.head, .tail] }

  @inline(__always) func has(_ any: ScalarClass) -> Bool { rawValue & any.rawValue != 0 }
}
