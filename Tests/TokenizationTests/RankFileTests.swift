import SeededRandom
import Testing

@testable import Tokenization

@Suite struct RankFileTests {
  private static let allBytes = (UInt8.min...UInt8.max).map { RankFileText.line([$0], TokenID($0)) }.joined()

  private func error(_ text: String, file: String = "r50k_base.tiktoken") -> TokenizerError? {
    do throws(TokenizerError) {
      _ = try Tokenizer(reading: Array(text.utf8), file: file)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    ("IQ==\n", 257, "expected a blank between a token and its rank"), ("I!== 256\n", 257, "the token is not Base64"),
    ("IQ= 256\n", 257, "the token is not Base64"), (" 256\n", 257, "the token is not Base64"),
    ("IR== 256\n", 257, "the token is not Base64"),
    ("YWI= x\n", 257, "the rank is not a whole number from 0 to 4294967295"),
    ("YWI= -1\n", 257, "the rank is not a whole number from 0 to 4294967295"),
    ("YWI= 4294967296\n", 257, "the rank is not a whole number from 0 to 4294967295"),
    ("YWI= \n", 257, "the rank is not a whole number from 0 to 4294967295"),
    ("YWI= 7\n", 257, "rank 7 is also that of line 8"), ("YQ== 300\n", 257, "the token is also on line 98"),
  ])
  func saysWhichLineIsWrong(extra: String, line: Int, problem: String) {
    let found = error(RankFileTests.allBytes + extra)
    #expect(found?.line == line)
    #expect(found?.problem == problem)
    #expect(found?.description.hasPrefix("r50k_base.tiktoken:\(line): \(problem).") == true)
  }

  @Test func aFileThatIsCutOffLacksBytes() {
    let lines = RankFileTests.allBytes.split(separator: "\n").dropLast().joined(separator: "\n")
    #expect(error(lines)?.problem == "byte 0xff has no rank")
    #expect(error("")?.problem == "byte 0x00 has no rank")
  }

  @Test func theEncodingMustBeKnown() {
    let unnamed = error(RankFileTests.allBytes, file: "ranks.txt")
    #expect(unnamed?.problem == "a rank file does not say how its encoding cuts text into pieces")
    #expect(unnamed?.remedy?.contains("cl100k_base") == true)
    #expect(error(RankFileTests.allBytes, file: "a/o200k_base.tiktoken") == nil)
    #expect(RankEncoding(name: "gpt2") == .r50k)
    #expect(RankEncoding(name: "o200k_base") == .o200k)
    #expect(RankEncoding(name: "gpt-x") == nil)
  }

  @Test func lineEndsAndEmptyLinesDoNotMatter() throws {
    let text = RankFileTests.allBytes.split(separator: "\n").joined(separator: "\r\n\r\n")
    let tokenizer = try Tokenizer(reading: Array(text.utf8), file: "x", encoding: .cl100k)
    #expect(tokenizer.encode("añ") == [0x61, 0xC3, 0xB1])
    #expect(tokenizer.encode([0xFF, 0x00]) == [0xFF, 0])
    #expect(tokenizer.encode("") == [])
    #expect(throws: Tokenizer.UnknownToken(id: 256, place: 1)) { try tokenizer.decode([0, 256]) }
  }

  /// Bytes changed, cut and doubled at random: an error or a tokenizer, never a crash.
  @Test func brokenFilesDoNotCrash() throws {
    var random = SplitMix(seed: 11)
    let ranks = Array((RankFileTests.allBytes + "YWI= 256\nYWJj 257\nYmM= 258\n").utf8)
    for _ in 0..<400 {
      var broken = ranks
      for _ in 0...random.below(4) {
        let place = random.below(broken.count)
        switch random.below(3) {
        case 0: broken[place] = UInt8(random.below(256))
        case 1: broken.removeSubrange(place..<min(place + random.below(30), broken.count))
        default: broken.insert(contentsOf: broken[place..<min(place + 9, broken.count)], at: place)
        }
        if broken.isEmpty { break }
      }
      let tokenizer = try? Tokenizer(reading: broken, file: "broken", encoding: .o200k)
      _ = tokenizer?.encode("abc abcbc \u{301}x'll")
    }
  }
}
