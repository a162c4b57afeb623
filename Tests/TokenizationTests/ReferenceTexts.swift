import SeededRandom
import Foundation
import Records
import Testing

@testable import Tokenization

/// The texts that `Oracles/ids.py` makes, made here in the same way, and what it wrote about them.
enum ReferenceTexts {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

  static func fixture(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: Data(contentsOf: folder.appendingPathComponent(name)))
  }

  static func fragments() throws -> [String] { try fixture("fragments.json").elements.compactMap(\.text) }

  static func text(_ seed: UInt64, _ fragments: [String]) -> String {
    var random = SplitMix(seed: seed)
    var text = String.UnicodeScalarView()
    for _ in 0..<400 {
      if random.below(8) == 0 {
        if let scalar = Unicode.Scalar(UInt32(random.below(0x30000))) { text.append(scalar) }
      } else {
        text.append(contentsOf: fragments[random.below(fragments.count)].unicodeScalars)
      }
    }
    return String(text)
  }

  static func allScalars() -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: (UInt32(0)..<0x32000).compactMap(Unicode.Scalar.init))
    return String(text)
  }

  static func randomBytes(_ seed: UInt64, _ fragments: [String]) -> [UInt8] {
    var random = SplitMix(seed: seed)
    var start = String.UnicodeScalarView()
    start.append(contentsOf: text(seed, fragments).unicodeScalars.prefix(200))
    return Array(String(start).utf8) + (0..<400).map { _ in UInt8(random.below(256)) }
  }

  /// How many ids, and the first half of the SHA-256 of their little-endian bytes.
  static func digest(_ ids: [TokenID]) -> JSONValue {
    let bytes = ids.flatMap { id in (0..<4).map { UInt8(truncatingIfNeeded: id >> UInt32(8 * $0)) } }
    return .array([.integer(Int64(ids.count)), .string(String(SHA256Digest(of: bytes).description.prefix(16)))])
  }

  /// Holds a tokenizer to all that the oracle wrote about it.
  static func check(_ tokenizer: Tokenizer, _ expected: JSONValue) throws {
    let fragments = try fragments()
    let name = expected["name"]?.text ?? ""
    var counter = TokenCounter(tokenizer)
    for (seed, digest) in (expected["texts"]?.elements ?? []).enumerated() {
      let text = text(UInt64(seed), fragments)
      let ids = tokenizer.encode(text)
      #expect(self.digest(ids) == digest, "\(name), text \(seed)")
      #expect(counter.count(text) == ids.count, "\(name), text \(seed)")
      #expect(tokenizer.count(text) == ids.count, "\(name), text \(seed)")
    }
    #expect(expected["scalars"] == digest(tokenizer.encode(allScalars())), "\(name), all scalars")
    for (seed, digest) in (expected["bytes"]?.elements ?? []).enumerated() {
      let bytes = randomBytes(UInt64(seed), fragments)
      #expect(self.digest(tokenizer.encode(bytes)) == digest, "\(name), bytes \(seed)")
      #expect(counter.count(bytes) == Int(digest.elements.first?.whole ?? -1), "\(name), bytes \(seed)")
    }
  }
}
