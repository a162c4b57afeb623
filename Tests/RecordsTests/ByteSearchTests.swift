import Records
import SeededRandom
import Testing

@Suite struct ByteSearchTests {
  private func holds(_ text: [UInt8], _ sought: StaticString) -> Bool { text.withUnsafeBytes { $0.holds(sought) } }

  @Test func whatIsSoughtLiesAnywhereOrNowhere() {
    let sought: StaticString = "\"predicted\""
    let name = Array("\"predicted\"".utf8)
    for before in 0..<20 {
      for after in 0..<20 {
        let around = (
          Array(repeating: UInt8(ascii: "\""), count: before), Array(repeating: UInt8(ascii: "p"), count: after)
        )
        #expect(holds(around.0 + name + around.1, sought))
        #expect(!holds(around.0 + name.dropLast() + around.1, sought))
        #expect(!holds(around.0 + name.dropFirst() + around.1, sought) || before > 0)
      }
    }
    #expect(!holds([], sought))
  }

  /// Over two letters, where beginnings are met all the time.
  @Test func itFindsWhatAPlainSearchFinds() {
    var random = SplitMix(seed: 3)
    let sought: StaticString = "abababaab"
    let name = Array("abababaab".utf8)
    var found = 0
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 97...98, using: &random) }
      let isThere = text.indices.contains { text[$0...].starts(with: name) }
      #expect(holds(text, sought) == isThere)
      if isThere { found += 1 }
    }
    #expect(found > 100)
  }
}
