import Testing

@testable import Checks

@Suite struct ShareTests {
  @Test func nothingIsNoPartOfNothing() {
    #expect(Share.of(1, 4) == 0.25)
    #expect(Share.of(0, 4) == 0)
    #expect(Share.of(0, 0) == nil)
    #expect(Share.of(0.5, 2.0) == 0.25)
    #expect(Share.of(0.0, 0.0) == nil)
  }
}
