@_spi(_Unicode) internal import Swift

/// Forms of single scalars that the standard library does not have: compatibility decompositions, and case folds that are
/// not the lower case.
struct TextForms: Sendable {
  private let compatibility: [UInt32: [Unicode.Scalar]]
  private let folds: [UInt32: [Unicode.Scalar]]

  /// Parsed once a process: a few thousand entries.
  static let shared = TextForms()

  private init() {
    compatibility = TextForms.parse(TextFormsTable.compatibility)
    folds = TextForms.parse(TextFormsTable.folds)
  }

  private static func parse(_ table: StaticString) -> [UInt32: [Unicode.Scalar]] {
    var forms: [UInt32: [Unicode.Scalar]] = [:]
    var scalar: UInt32 = 0
    let text = table.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
    for entry in text.split(separator: ";") {
      let numbers = entry.split(separator: "_").compactMap { UInt32($0, radix: 36) }
      scalar += numbers.first ?? 0
      forms[scalar] = numbers.dropFirst().compactMap(Unicode.Scalar.init)
    }
    return forms
  }

  /// Unicode's normal form KC: every scalar's compatibility form, then canonical composition. O(length).
  func compatibilityComposed(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if let form = compatibility[scalar.value] { scalars.append(contentsOf: form) } else { scalars.append(scalar) }
    }
    var composed = String.UnicodeScalarView()
    composed.append(contentsOf: String(scalars)._nfc)
    return String(composed)
  }

  /// Appends the full case fold of a scalar.
  func fold(_ scalar: Unicode.Scalar, into scalars: inout String.UnicodeScalarView) {
    if let fold = folds[scalar.value] {
      scalars.append(contentsOf: fold)
    } else {
      scalars.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
    }
  }
}
