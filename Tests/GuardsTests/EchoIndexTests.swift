import Guards
import Testing

@Suite struct EchoIndexTests {
  private func share(_ output: String, _ input: String, length: Int = 3) -> Double? {
    var index = EchoIndex(length: length)
    index.add(output: output)
    return index.share(of: input)
  }

  @Test func runsOfWordsComeBack() {
    #expect(share("thank you for your patience", "thank you for your patience") == 1)
    // One of four runs.
    #expect(share("thank you for", "thank you for being here today") == 0.25)
    #expect(share("thank you for", "something else entirely new") == 0)
    #expect(share("thank you for", "for you thank") == 0)
    #expect(share("a b", "b a", length: 1) == 1)
  }

  @Test func caseSpaceAndNormalFormDoNotCount() {
    #expect(share("Straße\u{a0}IST\tlang", "STRASSE ist\u{2003}\u{2003}Lang\n") == 1)
    #expect(share("cafe\u{301} au lait", "caf\u{e9} AU lait") == 1)
    // Words end where they end.
    #expect(share("ab c d", "a bc d") == 0)
  }

  @Test func fewWordsSayNothing() {
    #expect(share("a b c", "a b") == nil && share("a b c", "") == nil && share("a b c", " \n ") == nil)
    #expect(share("a b", "a b c") == 0)
    #expect(EchoIndex(length: 2).share(of: "a b") == 0)
  }

  @Test func whatEchoesMustBeTagged() {
    #expect(EchoIndex.isUntagged(share: 0.51, isTagged: false) && !EchoIndex.isUntagged(share: 0.51, isTagged: true))
    #expect(!EchoIndex.isUntagged(share: 0.5, isTagged: false))
  }
}
