import Records

/// A number of bytes.
public struct ByteSize: Sendable, Hashable, Comparable {
  public let bytes: Int64

  public init(bytes: Int64) {
    self.bytes = bytes
  }

  public static func mebibytes(_ count: Int64) -> ByteSize { ByteSize(bytes: count << 20) }

  public static func < (left: ByteSize, right: ByteSize) -> Bool { left.bytes < right.bytes }

  fileprivate static let units: [(name: String, shift: Int64)] = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)]
}

extension ByteSize: CustomStringConvertible {
  /// Reads `512 MiB`; nil for anything else, for nothing and for more than 1024 TiB.
  init?(_ text: String) {
    let parts = text.split(separator: " ")
    guard parts.count == 2, let unit = ByteSize.units.first(where: { $0.name == parts[1] }),
      let count = NumberText.integer(String(parts[0])), count > 0, Int64(count) <= (1 << 50) >> unit.shift
    else { return nil }
    bytes = Int64(count) << unit.shift
  }

  /// In the largest unit that divides it.
  public var description: String {
    guard let unit = ByteSize.units.first(where: { bytes % (1 << $0.shift) == 0 }), bytes > 0 else {
      return "\(bytes) B"
    }
    return "\(bytes >> unit.shift) \(unit.name)"
  }
}

extension Shape where Value == ByteSize {
  /// A number of bytes in binary units, not zero: `512 MiB`, `1 GiB`.
  public static var byteSize: Shape {
    Shape(
      expected: "a size in KiB, MiB, GiB or TiB", example: "1 GiB",
      schema: JSONObject(["type": "string", "pattern": "^[1-9][0-9]* (KiB|MiB|GiB|TiB)$"]),
      parse: { text, _ in ByteSize(text) },
      show: { .value(.string($0.description), literal: $0.description) })
  }
}
