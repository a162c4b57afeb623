import SeededRandom
import Testing
import ZipWriting

@testable import Intake

/// The text of an entry, or the failure.
private func read(_ archive: [UInt8], _ name: String, limits: ZipLimits = ZipLimits()) throws -> String? {
  try archive.withUnsafeBytes { bytes in
    let archive = try ZipArchive(bytes, limits: limits)
    guard let entry = archive.entry(named: name) else { return nil }
    return String(decoding: try archive.contents(of: entry), as: UTF8.self)
  }
}

private let text = String(repeating: "{\"id\": 1, \"scores\": {\"match\": \"C\"}}\n", count: 5_000)

@Suite("Zip archives")
struct ZipArchiveTests {
  @Test("each method, one frame and several", arguments: ZipWriter.Method.allCases, [1, 2, 7])
  func methods(method: ZipWriter.Method, frames: Int) throws {
    var writer = ZipWriter()
    writer.add("a.json", text, method, frames: frames)
    writer.add("empty", "", method)
    #expect(try read(writer.finished(), "a.json") == text)
    #expect(try read(writer.finished(), "empty")?.isEmpty == true)
    #expect(try read(writer.finished(), "b.json") == nil)
  }

  @Test("an entry of zstd's that has not even an empty frame")
  func nothingAtAll() throws {
    var writer = ZipWriter()
    writer.append(Array("a".utf8), [], size: 0, checksum: 0, 93)
    #expect(try read(writer.finished(), "a")?.isEmpty == true)
  }

  @Test("an archive without entries")
  func noEntries() throws {
    #expect(try read(ZipWriter().finished(), "a") == nil)
  }

  @Test("comments, zip64 and bytes before the archive")
  func surroundings() throws {
    var claims = ZipWriter.Claims()
    claims.isZip64 = true
    var writer = ZipWriter()
    writer.add("a", "one", .zstd, claims: claims)
    writer.add("b", "two", .stored)
    for archive in [
      writer.finished(comment: Array("hello PK\u{5}\u{6} world".utf8)),
      writer.finished(isZip64: true),
      writer.finished(prefix: Array("#!/bin/sh\n".utf8)),
    ] {
      #expect(try read(archive, "a") == "one")
      #expect(try read(archive, "b") == "two")
    }
  }

  @Test("the last of several entries of one name counts")
  func lastNameWins() throws {
    var writer = ZipWriter()
    for value in ["old", "older", "newest"] { writer.add("header.json", value) }
    writer.add("a", "first")
    let archive = writer.finished()
    #expect(try read(archive, "header.json") == "newest")
    let names = try archive.withUnsafeBytes { bytes in
      let archive = try ZipArchive(bytes)
      return archive.entries.map { String(decoding: archive.name(of: $0), as: UTF8.self) }
    }
    #expect(names == ["a", "header.json"])
  }

  @Test("sizes and checksum behind the data", arguments: [ZipWriter.Method.deflate, .zstd])
  func descriptors(method: ZipWriter.Method) throws {
    var claims = ZipWriter.Claims()
    claims.hasDescriptor = true
    var writer = ZipWriter()
    writer.add("a", text, method, frames: 3, claims: claims)
    writer.add("b", "x", method, claims: claims)
    #expect(try read(writer.finished(), "a") == text)
    // And where only the descriptors tell.
    #expect(try read(writer.bytes, "a") == text)
    #expect(try read(writer.bytes, "b") == "x")
  }

  @Test("many archives one after another in one process keep apart")
  func reuse() throws {
    var generator = SplitMix(seed: 7)
    for _ in 0..<50 {
      var writer = ZipWriter()
      var expected: [String: String] = [:]
      for index in 0..<Int.random(in: 1...12, using: &generator) {
        let body = String(
          (0..<Int.random(in: 0...3_000, using: &generator)).map { _ in
            "abcde\n".randomElement(using: &generator) ?? "z"
          })
        let method = ZipWriter.Method.allCases.randomElement(using: &generator) ?? .stored
        writer.add("samples/\(index)", body, method, frames: 2)
        expected["samples/\(index)"] = body
      }
      let archive = writer.finished()
      try archive.withUnsafeBytes { bytes in
        let archive = try ZipArchive(bytes)
        #expect(archive.entries.count == expected.count)
        for entry in archive.entries {
          let name = String(decoding: archive.name(of: entry), as: UTF8.self)
          #expect(String(decoding: try archive.contents(of: entry), as: UTF8.self) == expected[name])
        }
      }
    }
  }
}

@Suite("Archives that lie")
struct HostileZipTests {
  @Test(
    "names that leave their directory",
    arguments: [
      "../etc/passwd", "a/../../b", "/etc/passwd", "\\\\server\\x", "C:\\x", "a/..", "..", "a\\..\\b", "a\0b",
    ])
  func unsafeNames(name: String) {
    var writer = ZipWriter()
    writer.add(name, "x")
    #expect(throws: ZipFailure.unsafeName(name)) { try read(writer.finished(), "x") }
  }

  @Test("names that only look like it", arguments: ["samples/.._epoch_1.json", "a..b", ".../x", "samples//x", "a:b"])
  func harmlessNames(name: String) throws {
    var writer = ZipWriter()
    writer.add(name, "x")
    #expect(try read(writer.finished(), name) == "x")
  }

  @Test("entries that share their bytes")
  func overlapping() {
    var writer = ZipWriter()
    writer.add("a", text)
    for index in 0..<10 { writer.alias(0, as: String(UnicodeScalar(UInt8(98 + index)))) }
    #expect(throws: ZipFailure.self) { try read(writer.finished(), "a") }
    do {
      _ = try read(writer.finished(), "a")
    } catch {
      guard case .some(.overlapping) = error as? ZipFailure else { return #expect(Bool(false), "\(error)") }
    }
  }

  @Test("an entry that reaches into the next one")
  func reachingOver() {
    var claims = ZipWriter.Claims()
    claims.compressedSize = 60
    var writer = ZipWriter()
    writer.add("a", "0123456789", .stored, claims: claims)
    writer.add("b", "0123456789", .stored)
    #expect(throws: ZipFailure.overlapping("a")) { try read(writer.finished(), "a") }
  }

  @Test("a wrong checksum", arguments: ZipWriter.Method.allCases)
  func wrongChecksum(method: ZipWriter.Method) {
    var claims = ZipWriter.Claims()
    claims.checksum = 12_345
    var writer = ZipWriter()
    writer.add("a", text, method, claims: claims)
    #expect(throws: ZipFailure.checksumMismatch("a")) { try read(writer.finished(), "a") }
  }

  @Test("a wrong size", arguments: ZipWriter.Method.allCases, [0, 1, 500_000_000])
  func wrongSize(method: ZipWriter.Method, size: Int) {
    var claims = ZipWriter.Claims()
    claims.size = size
    var writer = ZipWriter()
    writer.add("a", text, method, claims: claims)
    #expect(throws: ZipFailure.self) { try read(writer.finished(), "a") }
  }

  @Test("a declared size beyond the limit is refused before a byte is inflated")
  func declaredBomb() {
    var claims = ZipWriter.Claims()
    claims.isZip64 = true
    claims.size = 1 << 40
    var writer = ZipWriter()
    writer.add("a", "x", claims: claims)
    #expect(throws: ZipFailure.tooLarge("a", limit: ZipLimits().entrySize)) { try read(writer.finished(), "a") }
  }

  @Test("a ratio beyond the limit", arguments: [ZipWriter.Method.deflate, .zstd])
  func ratio(method: ZipWriter.Method) {
    var limits = ZipLimits()
    limits.ratioFloor = 1 << 16
    limits.ratio = 50
    var writer = ZipWriter()
    writer.add("a", String(repeating: "a", count: 1 << 20), method)
    #expect(throws: ZipFailure.bomb("a", ratio: 50)) { try read(writer.finished(), "a", limits: limits) }
    #expect(throws: Never.self) { try read(writer.finished(), "a") }
  }

  @Test("a stream that goes on behind its declared size")
  func longerThanDeclared() {
    var claims = ZipWriter.Claims()
    claims.size = 100_000
    var writer = ZipWriter()
    writer.add("a", String(repeating: "ab", count: 1 << 20), .zstd, claims: claims)
    #expect(throws: ZipFailure.sizeMismatch("a")) { try read(writer.finished(), "a") }
  }

  @Test("encrypted entries, unknown methods, other names in the local header")
  func unreadable() {
    var claims = ZipWriter.Claims()
    claims.flags = 1
    var encrypted = ZipWriter()
    encrypted.add("a", "x", claims: claims)
    #expect(throws: ZipFailure.encrypted("a")) { try read(encrypted.finished(), "a") }
    claims = ZipWriter.Claims()
    claims.method = 14
    var unknown = ZipWriter()
    unknown.add("a", "x", claims: claims)
    #expect(throws: ZipFailure.unsupportedMethod("a", method: 14)) { try read(unknown.finished(), "a") }
    claims = ZipWriter.Claims()
    claims.localName = Array("b".utf8)
    var renamed = ZipWriter()
    renamed.add("a", "x", claims: claims)
    #expect(throws: ZipFailure.self) { try read(renamed.finished(), "a") }
  }

  @Test("a header that is not where the directory says")
  func wrongOffset() {
    var claims = ZipWriter.Claims()
    claims.headerOffset = 3
    var writer = ZipWriter()
    writer.add("a", text, .stored, claims: claims)
    #expect(throws: ZipFailure.self) { try read(writer.finished(), "a") }
  }

  @Test("every flipped byte and every cut is refused, or leaves the text as it was")
  func damage() throws {
    var writer = ZipWriter()
    writer.add("a", "some text, some more text", .deflate)
    writer.add("a", "some text, some more text", .zstd)
    let archive = writer.finished()
    for index in archive.indices {
      for bit in [0, 3, 7] {
        var damaged = archive
        damaged[index] ^= 1 << bit
        let result = try? read(damaged, "a")
        #expect(result == nil || result == .some(nil) || result == "some text, some more text")
      }
      let result = try? read(Array(archive[0..<index]), "a")
      #expect(result == nil || result == .some(nil) || result == "some text, some more text")
    }
  }
}

@Suite("Archives without a directory")
struct SalvageTests {
  private static func archive() -> ZipWriter {
    var writer = ZipWriter()
    writer.add("start.json", "begin", .zstd)
    writer.add("1.json", text, .deflate)
    writer.add("2.json", text, .zstd, frames: 3)
    writer.add("2.json", "replaced", .stored)
    return writer
  }

  @Test("a missing directory loses nothing")
  func noDirectory() throws {
    let bytes = Self.archive().bytes
    #expect(try read(bytes, "start.json") == "begin")
    #expect(try read(bytes, "1.json") == text)
    #expect(try read(bytes, "2.json") == "replaced")
    let report = try bytes.withUnsafeBytes { try ZipArchive($0).salvage }
    #expect(report == ZipSalvage.Report(entries: 4, lost: 0))
  }

  @Test("an entry that is cut off is lost, the ones before it are not")
  func cutOff() throws {
    let bytes = Array(Self.archive().bytes.dropLast(3))
    #expect(try read(bytes, "2.json") == text)
    let report = try bytes.withUnsafeBytes { try ZipArchive($0).salvage }
    #expect(report == ZipSalvage.Report(entries: 3, lost: 1))
  }

  @Test("damage in the middle costs one entry")
  func damagedHeader() throws {
    var writer = ZipWriter()
    writer.add("a", "one")
    let second = writer.bytes.count
    writer.add("b", "two")
    writer.add("c", "three")
    var bytes = writer.bytes
    bytes[second] = 0
    #expect(try read(bytes, "a") == "one")
    #expect(try read(bytes, "b") == nil)
    #expect(try read(bytes, "c") == "three")
  }

  @Test("not an archive", arguments: ["", "PK", "hello", "PK\u{5}\u{6}"])
  func notAnArchive(content: String) {
    #expect(throws: ZipFailure.notAnArchive) { try read(Array(content.utf8), "a") }
  }

  @Test("headers inside each other cannot make the scan quadratic")
  func nestedHeaders() {
    // Each header claims a deflate stream of unknown length: stored blocks that hold all the further headers.
    var body: [UInt8] = []
    let header: [UInt8] = [
      0x50, 0x4B, 3, 4, 20, 0, 8, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x61,
    ]
    for _ in 0..<8_000 {
      body += header
      // A stored block of 31 bytes, not the last one: the next header and the next block's own head are its content.
      body += [0, 36, 0, 219, 255]
    }
    let result = body.withUnsafeBytes { bytes in Result { try ZipArchive(bytes) } }
    // That it returns at all is the point: quadratic, it would inflate 1.1 GB.
    if case .success(let archive) = result { #expect(archive.entries.isEmpty) }
  }

  /// Local headers without a directory, each of which claims the rest of the file, with a tail that inflates far and breaks.
  @Test("broken entries that inflate far are given up, not tried one by one")
  func quadraticSalvage() {
    let header: [UInt8] =
      [0x50, 0x4B, 3, 4, 20, 0, 8, 0, 8, 0] + [UInt8](repeating: 0, count: 16) + [1, 0, 0, 0, 0x61]
    // A stored block as long as a header: the data of each entry quotes the next header and runs on into its data.
    let quote: [UInt8] = [0, 31, 0, 0xE0, 0xFF]
    #expect(header.count == 31)
    var archive: [UInt8] = []
    for _ in 0..<500 { archive += header + quote }
    archive += header + ZipWriter.deflated([UInt8](repeating: 0, count: 24 << 20)).dropLast(64)
    archive.withUnsafeBytes { bytes in
      let inflater = Inflater(limits: ZipLimits(), archiveSize: bytes.count)
      var salvage = ZipSalvage(ZipBytes(raw: bytes), inflater)
      #expect(throws: ZipFailure.self) { try salvage.run() }
      #expect(inflater.work > 24 << 20)
      #expect(inflater.work < 256 << 20)
    }
  }
}
