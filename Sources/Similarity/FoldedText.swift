/// A text as it is searched for what must not be in it: without what cannot be seen, in Unicode's normal form KC, case-folded.
///
/// `ＡＣＭＥ`, `Acme` and `acme` with a zero-width space inside are all `acme`. Format characters (category Cf: zero-width spaces
/// and joiners, soft hyphens, marks of direction, tags) are taken out first, so that none keeps two scalars from being composed. The
/// fold of composed letters may be decomposed ones, so that the text is composed once more (The Unicode Standard, 3.13, D145 ff.).
public enum FoldedText {
  /// How many scalars of a raw text one scalar of its folded text can come from: `ᾂ` is composed of four.
  public static let mostScalars = 4

  /// O(length).
  public static func fold(_ raw: String) -> String {
    let isASCII = raw.utf8.allSatisfy { $0 < 0x80 }
    if isASCII { return String(decoding: raw.utf8.map(lower), as: UTF8.self) }
    var visible = String.UnicodeScalarView()
    for scalar in raw.unicodeScalars where !isFormat(scalar) { visible.append(scalar) }
    var folded = String.UnicodeScalarView()
    for scalar in TextForms.shared.compatibilityComposed(String(visible)).unicodeScalars {
      TextForms.shared.fold(scalar, into: &folded)
    }
    return TextForms.shared.compatibilityComposed(String(folded))
  }

  /// Whether nobody sees the scalar: of category Cf.
  public static func isFormat(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x80 && scalar.properties.generalCategory == .format
  }

  /// The fold of an ASCII byte.
  public static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
