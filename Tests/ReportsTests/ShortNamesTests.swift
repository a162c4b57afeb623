import Testing

@testable import Reports

@Suite struct ShortNamesTests {
  @Test func whatAllNamesShareIsLeftOut() {
    let names = ShortNames(["claude-opus-paper", "claude-sonnet-paper", "claude-haiku-3-paper"])
    #expect(names["claude-opus-paper"] == "opus")
    #expect(names["claude-haiku-3-paper"] == "haiku-3")
  }

  @Test func onlyWholeWordsAreLeftOut() {
    let names = ShortNames(["alpha", "alps"])
    #expect(names["alpha"] == "alpha")
    #expect(names["alps"] == "alps")
  }

  @Test(arguments: [[], ["one"], ["same", "same"], ["a-b", "b"], ["-", "--"], ["a", "a-"]])
  func aNameNeverBecomesEmptyOrAnothers(names: [String]) {
    let short = ShortNames(names)
    #expect(names.allSatisfy { !short[$0].isEmpty })
    #expect(Set(names.map { short[$0] }).count == Set(names).count)
  }
}
