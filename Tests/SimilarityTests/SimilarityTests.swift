import Foundation
import SeededRandom
import Testing

@testable import Similarity

@Suite struct SimilarityTests {
  /// Text and what it is compared as, as `Oracles/text_forms.py` says.
  private func rows() throws -> [(text: String, normalized: String)] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Fixtures/normalized.csv")
    func decoded(_ hexadecimal: Substring) -> String {
      var bytes: [UInt8] = []
      var rest = hexadecimal
      while rest.count >= 2 {
        bytes.append(UInt8(rest.prefix(2), radix: 16) ?? 0)
        rest = rest.dropFirst(2)
      }
      return String(decoding: bytes, as: UTF8.self)
    }
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      return (decoded(cells[0]), decoded(cells[1]))
    }
  }

  @Test func textsAreNormalizedAsTheOracleSays() throws {
    let rows = try rows()
    #expect(rows.count > 600)
    // Scalar by scalar: Swift takes canonically equivalent texts for equal.
    for row in rows {
      let found = ComparedText(row.text).text
      #expect(found.utf8.elementsEqual(row.normalized.utf8), "\(row.text): \(found), not \(row.normalized)")
    }
  }

  // MARK: Shingles

  private func words(_ numbers: some Sequence<Int>) -> String { numbers.map { "w\($0)" }.joined(separator: " ") }

  @Test func shinglesAreRunsOfWords() {
    let text = ComparedText("A b  c\nd B c d")
    #expect(text.shingles(of: 2) == ["a b", "b c", "c d", "d b"])
    #expect(text.shingles(of: 5) == ["a b c d b", "b c d b c", "c d b c d"])
    // Fewer words than a run, or as many: the text itself.
    #expect(ComparedText("a b c").shingles(of: 5) == ["a b c"] && ComparedText("a b").shingles(of: 2) == ["a b"])
    #expect(ComparedText(" ").shingles(of: 5) == [""] && ComparedText("a").shingles(of: 0) == ["a"])
  }

  @Test func jaccardIsTheShareOfWhatIsCommon() {
    #expect(NearDuplicates.jaccard(Set([1, 2, 3]), Set([2, 3, 4, 5])) == 0.4)
    #expect(NearDuplicates.jaccard(Set<Int>(), Set<Int>()) == 1 && NearDuplicates.jaccard(Set([1]), Set<Int>()) == 0)
  }

  /// The definition, word by word, over random texts of few words.
  @Test func resemblanceIsAsDefined() {
    var random = SplitMix(seed: 8)
    func text() -> [String] { (0..<random.below(30)).map { _ in "w\(random.below(4))" } }
    func runs(_ words: [String], _ count: Int) -> Set<String> {
      words.count <= count
        ? [words.joined(separator: " ")]
        : Set((0...(words.count - count)).map { words[$0..<$0 + count].joined(separator: " ") })
    }
    for _ in 0..<500 {
      let (first, second) = (text(), text())
      let rule = NearDuplicates(jaccard: 0.5, shortJaccard: 0.6, shortShingles: 1 + random.below(12))
      let isShort = min(runs(first, 5).count, runs(second, 5).count) < rule.shortShingles
      let count = isShort ? 2 : 5
      let (a, b) = (runs(first, count), runs(second, count))
      let expected = Double(a.intersection(b).count) / Double(a.union(b).count)
      let candidates = [first, second].map { NearDuplicates.Candidate(ComparedText($0.joined(separator: " "))) }
      let found = rule.resemblance(candidates[0], candidates[1])
      #expect(found.value == expected && found.isShort == isShort)
      #expect(rule.areNear(candidates[0], candidates[1]) == (expected >= (isShort ? 0.6 : 0.5)))
    }
  }

  /// 104 words have 100 runs of five: the long rule. One word fewer, and runs of two decide.
  @Test func fewRunsOfFiveAreComparedByTwos() {
    func isShort(_ count: Int) -> Bool {
      let one = NearDuplicates.Candidate(ComparedText(words(0..<count)))
      return NearDuplicates().resemblance(one, NearDuplicates.Candidate(ComparedText(words(0..<200)))).isShort
    }
    #expect(!isShort(104) && isShort(103))
  }

  @Test func theLimitIsInclusive() {
    // 9 of 11 runs of two words, .818; and 4 of 5, exactly .8.
    func near(_ first: Int, _ second: Int, _ limit: Double = 0.8) -> Bool {
      NearDuplicates(shortJaccard: limit).areNear(
        NearDuplicates.Candidate(ComparedText(words(0..<first))),
        NearDuplicates.Candidate(ComparedText(words(0..<second))))
    }
    #expect(near(5, 6) && !near(4, 6) && near(4, 6, 0.6) && !near(4, 6, 0.61))
    #expect(near(7, 7, 1))
  }

  // MARK: Terms and sentences

  @Test func termsAreRunsOfLettersAndDigits() {
    #expect(ComparedText("Don't pay 12.50 EUR, pay!").terms == ["don", "t", "pay", "12", "50", "eur"])
    #expect(ComparedText("退款 refund").terms == ["退", "款", "refund"])
    #expect(ComparedText("…").terms.isEmpty && ComparedText("").terms.isEmpty)
  }

  @Test func sentencesEndWithTheirMarksOrLines() {
    func sentences(_ raw: String) -> Set<String> { Set(ComparedText.sentences(of: raw).map(\.text)) }
    #expect(sentences("Answer in JSON.  Be brief!\nNo tables? ") == ["answer in json", "be brief", "no tables"])
    #expect(sentences("Version 1.5 is old") == ["version 1 5 is old"])
    #expect(sentences("简短。 用中文！") == ["简短", "用中文"])
    #expect(sentences(" - \n...\n").isEmpty && sentences("").isEmpty)
  }
}
