import Testing

@testable import Checks

@Suite struct OrderingTests {
  private let pairs = [("a", 2), ("b", 1), ("c", 2), ("d", 1), ("e", 3)]

  @Test func equalsStayInTheirOrder() {
    #expect(pairs.ordered(by: \.1).map(\.0) == ["b", "d", "a", "c", "e"])
    #expect(pairs.ordered(by: { -$0.1 }).map(\.0) == ["e", "a", "c", "b", "d"])
    #expect([(String, Int)]().ordered(by: \.1).isEmpty)
  }

  @Test func theFirstOfTheLeastIsTaken() {
    #expect(pairs.least(by: \.1)?.0 == "b")
    #expect(pairs.least(by: { -$0.1 })?.0 == "e")
    #expect([(String, Int)]().least(by: \.1) == nil)
  }

  @Test func theFirstOfTheGreatestIsTaken() {
    #expect(pairs.greatest(by: \.1)?.0 == "e")
    #expect(pairs.greatest(by: { -$0.1 })?.0 == "b")
    #expect([(String, Int)]().greatest(by: \.1) == nil)
  }

  @Test func namesAreOrderedByTheirBytes() {
    #expect(["é", "z", "a", "B"].orderedByBytes() == ["B", "a", "z", "é"])
  }
}
