import SeededRandom
@testable import Project
import Testing

@Suite struct HostileFileTests {
  /// Each line repeats the one before nine times: 9¹² values from 13 lines.
  @Test func aliasBombsAreRefused() {
    var text = "x0: &x0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
    for level in 1...12 {
      text += "x\(level): &x\(level) [\(Array(repeating: "*x\(level - 1)", count: 9).joined(separator: ", "))]\n"
    }
    let found = errors(text)
    #expect(found.contains("more than 100000 values, aliases counted as often as they are used"))
    #expect(found.hasPrefix("tally.yaml:6:"), "\(found)")
  }

  /// Hashing or printing such a key would take forever.
  @Test func aliasBombsAsKeysAreRefused() {
    var text = "x0: &x0 {a: lol, b: lol}\n"
    for level in 1...40 { text += "x\(level): &x\(level) {? *x\(level - 1) : *x\(level - 1), ? {} : *x\(level - 1)}\n" }
    #expect(errors(text).contains("more than 100000 values") || errors(text).contains("a key must be text"))
  }

  @Test func deepNestingIsRefused() {
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
      for depth in [65, 1_000, 100_000] {
        let text = "a: " + String(repeating: open, count: depth) + String(repeating: close, count: depth)
        #expect(errors(text).hasPrefix("tally.yaml:1:"))
      }
    }
    var chain = "x0: &x0 [a]\n"
    for level in 1...80 { chain += "x\(level): &x\(level) [*x\(level - 1)]\n" }
    #expect(errors(chain).contains("nested deeper than 64 levels"))
    #expect(errors("- " + String(repeating: "- ", count: 5_000) + "a") != "")
    #expect(errors(String(repeating: "? ", count: 5_000) + "a") != "")
  }

  @Test func manyEntriesAreReadQuickly() throws {
    let text = "suites:\n" + (0..<20_000).map { "  s\($0): {floor: 0.5}\n" }.joined()
    #expect(try Project.parse(text, policies: catalogue).suites.count == 20_000)
    #expect(errors("suites:\n" + (0..<60_000).map { "  s\($0): {}\n" }.joined()).contains("more than 100000 values"))
  }

  @Test func bytesThatAreNoTextHaveAPlace() {
    func found(_ bytes: [UInt8]) -> String {
      do {
        _ = try Project.parse(bytes, policies: catalogue)
        return ""
      } catch {
        return error.description
      }
    }
    #expect(found(Array("a: é\nb: ".utf8) + [0xFF]) == "tally.yaml:2:4: invalid UTF-8. Save the file as UTF-8.")
    #expect(found([0xFF, 0xFE, 0x61, 0x00]).contains("1:1: invalid UTF-8"))
    #expect(found([0x61, 0x00, 0x3A, 0x00]).contains("1:2: no YAML: control characters are not allowed"))
    #expect(found([0xEF, 0xBB, 0xBF]) == "")
    #expect(found([0xED, 0xA0, 0x80]).contains("invalid UTF-8"))
    #expect(found([0x00]).contains("control characters"))
  }

  /// Mutations of a valid file: a value or an error with a place, never a crash.
  @Test func mutatedFilesAreReadOrRefused() {
    let seedFile = Array(fullFile.utf8)
    let pieces = [
      "{", "}", "[", "]", ": ", "- ", "&a ", "*a", "\"", "'", "~", "\n", "\t", "#", "|", ">", "!!", "<<", "%", "\0",
    ]
    .map { Array($0.utf8) }
    var generator = SplitMix(seed: 11)
    var read = 0
    for _ in 0..<20_000 {
      var bytes = seedFile
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let end = min(bytes.count, place + Int.random(in: 0...12, using: &generator))
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.removeSubrange(place..<end)
        case 2: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0..<bytes.count, using: &generator))
        case 3: bytes.insert(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &generator)], at: place)
        case 4: bytes.swapAt(place, max(place, end - 1))
        default: bytes[place] = UInt8(ascii: "0") + UInt8.random(in: 0..<10, using: &generator)
        }
        if bytes.isEmpty { bytes = [0x61] }
      }
      do {
        let project = try Project.parse(bytes, policies: catalogue)
        read += 1
        #expect((try? Project.parse(project.yaml, policies: catalogue)) == project)
      } catch {
        #expect(!error.errors.isEmpty)
        #expect(error.errors.allSatisfy { $0.line ?? 0 > 0 && $0.column ?? 0 > 0 && !$0.problem.isEmpty })
      }
    }
    #expect(read > 500 && read < 19_000, "\(read)")
  }
}
