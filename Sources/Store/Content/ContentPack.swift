/// Contents of one hour that lie together, because what is said within an hour is alike: 120 KiB of prompts and answers are
/// compressed to little more than half of what they take one by one, and are one row and no entry of any index. Larger packs would
/// be little smaller, and whoever reads one content undoes all of its pack.
///
/// As bytes: how many contents, the length of each (both 32 bits, the lowest byte first), then the contents. The highest bit of a
/// length says that the content was erased; it has no bytes then.
struct ContentPack {
  /// What is larger has a pack of its own; a pack is closed when it is this large. With the last content and all lengths it stays
  /// below 128 KiB mostly, beyond which zstd chooses tables that make it larger by a fortieth.
  static let size = 120 << 10
  static let mostContents = 4_096
  private static let erased: UInt32 = 1 << 31

  /// Nil was erased.
  private(set) var contents: [[UInt8]?]

  init(_ contents: [[UInt8]?] = []) {
    self.contents = contents
  }

  /// How many are not erased.
  var count: Int { contents.reduce(0) { $0 + ($1 == nil ? 0 : 1) } }

  mutating func erase(_ ordinal: Int) { contents[ordinal] = nil }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 + contents.reduce(0) { $0 + 4 + ($1?.count ?? 0) })
    func put(_ word: UInt32) { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
    put(UInt32(contents.count))
    for content in contents { put(content.map { UInt32($0.count) } ?? ContentPack.erased) }
    for case let content? in contents { bytes.append(contentsOf: content) }
    return bytes
  }

  /// - Returns: nil for bytes that are no pack.
  init?(bytes: [UInt8]) {
    let contents: [[UInt8]?]? = bytes.withUnsafeBytes { bytes in
      func word(_ place: Int) -> UInt32? {
        guard place >= 0, 4 * place + 4 <= bytes.count else { return nil }
        return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self))
      }
      guard let count = word(0), count <= ContentPack.mostContents else { return nil }
      var contents: [[UInt8]?] = []
      contents.reserveCapacity(Int(count))
      var start = 4 + 4 * Int(count)
      for place in 0..<Int(count) {
        guard let length = word(1 + place) else { return nil }
        if length == ContentPack.erased {
          contents.append(nil)
          continue
        }
        guard start + Int(length) <= bytes.count else { return nil }
        contents.append(Array(bytes[start..<start + Int(length)]))
        start += Int(length)
      }
      return start == bytes.count ? contents : nil
    }
    guard let contents else { return nil }
    self.contents = contents
  }
}
