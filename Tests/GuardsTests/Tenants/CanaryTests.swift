import Guards
import SeededRandom
import Testing

/// Texts that must not cross, however they are written and wherever they are cut.
@Suite struct CanaryTests {
  private static let list = CanaryList([
    ("acme", ["heron-4711-amber", "Straße des Löwen"]), ("beta", ["Bergkristall 9", "heron-4711"]), ("gamma", []),
  ])

  private func hits(_ text: String, _ tenant: String? = "gamma") -> [String] {
    Self.list.hits(in: text, toldTo: tenant).sorted().map { "\($0.owner) \($0.number)" }
  }

  @Test func theyAreFoundInAnyDress() {
    #expect(hits("heron-4711-amber") == ["acme 0", "beta 1"])
    #expect(hits("so HERON-4711-Amber it is") == ["acme 0", "beta 1"])
    #expect(hits("ｈｅｒｏｎ-４７１１") == ["beta 1"])
    #expect(hits("hero\u{200B}n-\u{2060}47\u{AD}11") == ["beta 1"])
    #expect(hits("STRASSE DES LO\u{308}WEN") == ["acme 1"])
    // A joiner between a letter and its accent hides nothing.
    #expect(hits("strasse des lo\u{200D}\u{308}wen") == ["acme 1"])
    #expect(hits("stra\u{DF}e des l\u{F6}wen") == ["acme 1"])
    #expect(hits("berg\u{E0042}kristall 9!") == ["beta 0"])
    #expect(hits("heron-4710") == [] && hits("") == [] && hits("Bergkristall  9") == [])
    #expect(hits("strasse des lowen") == [])
  }

  @Test func whoOwnsOneMayBeToldIt() {
    #expect(hits("heron-4711-amber", "acme") == ["beta 1"] && hits("heron-4711-amber", "beta") == ["acme 0"])
    #expect(hits("bergkristall 9", "beta") == [] && hits("bergkristall 9", nil) == ["beta 0"])
    let none = CanaryList([("acme", []), ("beta", ["\u{200B}"])])
    #expect(none.isEmpty && none.hits(in: "anything", toldTo: nil).isEmpty && !Self.list.isEmpty)
  }

  /// Wherever a text is cut, what is in it is found, with the piece that completes it.
  @Test func cutsHideNothing() {
    for text in ["xx heron-4711-amber yy", "ä stra\u{DF}e des lo\u{308}wen ö", "ＢＥＲＧ\u{200B}ｋｒｉｓｔａｌｌ 9"] {
      expectFoundInPieces(text)
    }
  }

  /// What is in the whole text is something, and is found wherever the text is cut into three.
  private func expectFoundInPieces(_ text: String) {
    let whole = Self.list.hits(in: text, toldTo: nil)
    #expect(!whole.isEmpty, "\(text)")
    let scalars = Array(text.unicodeScalars)
    for one in 0...scalars.count {
      for other in one...scalars.count {
        var watch = CanaryWatch(Self.list, toldTo: nil)
        var found: Set<CanaryList.Hit> = []
        for part in [scalars[..<one], scalars[one..<other], scalars[other...]] {
          found.formUnion(watch.receive(String(String.UnicodeScalarView(part))))
        }
        #expect(found == whole, "\(text) \(one) \(other)")
      }
    }
  }

  /// The arguments of a tool are JSON within a text: escapes hide nothing, wherever they are cut.
  @Test func escapesHideNothing() {
    for text in [
      #"{"q":"heron\u002d4711-amber"}"#, #"{"q":"\u0068ERON-4711-amb\u0065r"}"#, #"\/ heron-4711-amber \"#,
      #"{"q":"stra\u00dfe des L\u00F6wen"}"#, #"\ud83e\udda9 b\u0065rgkristall 9\ud83e"#, #"\u1zBergkristall\u00209"#,
    ] {
      expectFoundInPieces(text)
    }
    #expect(hits(#"heron\n-4711"#) == [] && hits(#"heron\-4711"#) == [] && hits(#"her\u006g-4711"#) == [])
  }

  /// Every letter of a random text escaped or not, in random pieces: what is in the plain text is found.
  @Test(arguments: 0..<10)
  func escapedTextsAreReadAsWhatTheyMean(_ seed: Int) {
    var random = SplitMix(seed: UInt64(100 + seed))
    let letters = ["a", "b", "B", "\u{E9}", "\u{1F9A9}", "/", "\"", "\n"]
    for _ in 0..<300 {
      func text(_ count: Int) -> String {
        (0..<count).map { _ in letters.randomElement(using: &random) ?? "" }.joined()
      }
      let list = CanaryList((0..<3).map { ("t\($0)", [text(2), text(4)]) })
      let plain = text(40)
      let escaped = plain.map { letter -> String in
        if letter == "\"" { return "\\\"" }
        if letter == "\n" { return "\\n" }
        guard Bool.random(using: &random) else { return String(letter) }
        return letter.utf16.map { "\\u" + String(0x10000 + Int($0), radix: 16).dropFirst() }.joined()
      }
      .joined()
      var watch = CanaryWatch(list, toldTo: nil)
      var found: Set<CanaryList.Hit> = []
      var rest = escaped.unicodeScalars[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 1...7, using: &random))
        found.formUnion(watch.receive(String(String.UnicodeScalarView(piece))))
        rest = rest.dropFirst(piece.count)
      }
      #expect(found.isSuperset(of: list.hits(in: plain, toldTo: nil)), "\(escaped)")
    }
  }

  /// Random texts of few letters, in random pieces: what a search in the whole text finds is found, and of ASCII no more.
  @Test(arguments: 0..<10)
  func whatIsThereIsFound(_ seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    for round in 0..<300 {
      let isASCII = round % 2 == 0
      let letters: [String] =
        isASCII ? ["a", "b", "B"] : ["a", "b", "e", "e\u{301}", "\u{E9}", "\u{200B}", "\u{301}", "ﬀ", "f"]
      func text(_ count: Int) -> String {
        (0..<count).map { _ in letters.randomElement(using: &random) ?? "" }.joined()
      }
      let list = CanaryList((0..<3).map { ("t\($0)", [text(3), text(5)]) })
      let whole = text(60)
      var watch = CanaryWatch(list, toldTo: nil)
      var found: Set<CanaryList.Hit> = []
      var rest = whole.unicodeScalars[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 1...7, using: &random))
        found.formUnion(watch.receive(String(String.UnicodeScalarView(piece))))
        rest = rest.dropFirst(piece.count)
      }
      let there = list.hits(in: whole, toldTo: nil)
      #expect(found.isSuperset(of: there))
      if isASCII { #expect(found == there) }
    }
  }

  /// A stream that is much longer than what is kept of it.
  @Test func longTextsAreLookedAtToTheirEnd() {
    var watch = CanaryWatch(Self.list, toldTo: "gamma")
    func found(_ piece: String) -> [String] { watch.receive(piece).map(\.owner) }
    for number in 0..<5_000 { #expect(found(number % 7 == 0 ? "wörd \(number) " : "word \(number) ") == []) }
    #expect(found("Bergkri") == [])
    #expect(found(String(repeating: "\u{200B}", count: 5_000)) == [])
    #expect(found("stall") == [] && found(" 9") == ["beta"])
  }
}
