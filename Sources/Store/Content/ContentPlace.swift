/// Where a content lies: which pack, and which of the contents in it. One integer in the row of a span.
struct ContentPlace: Hashable, Comparable {
  let rawValue: Int64

  private static let ordinals: Int64 = 4_096

  init(rawValue: Int64) {
    self.rawValue = rawValue
  }

  /// - Parameter ordinal: below `ContentPack.mostContents`.
  init(pack: Int64, ordinal: Int) {
    rawValue = pack * ContentPlace.ordinals + Int64(ordinal)
  }

  /// The row of the pack.
  var pack: Int64 { rawValue / ContentPlace.ordinals }
  var ordinal: Int { Int(rawValue % ContentPlace.ordinals) }

  static func < (left: ContentPlace, right: ContentPlace) -> Bool { left.rawValue < right.rawValue }
}
