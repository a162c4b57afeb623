import Testing

@testable import Checks

@Suite struct BoundedTests {
  @Test func theFirstKeysStay() {
    var map = BoundedMap<String, Int>(limit: 2)
    for (value, key) in ["a", "b", "c", "a"].enumerated() { map.remember(value, for: key) }
    #expect(map["a"] == 3 && map["b"] == 1 && map["c"] == nil)
  }

  /// Whatever the order in which they come, the largest stay; of equal ones, those that came last.
  @Test func theLargestStay() {
    for order in [[5, 1, 4, 2, 3], [1, 2, 3, 4, 5], [5, 4, 3, 2, 1]] {
      var few = LargestFew<Int, Int>(limit: 3) { $0 }
      for number in order { few.insert(number) }
      #expect(few.elements == [3, 4, 5])
    }
    var equal = LargestFew<(key: Int, name: String), Int>(limit: 2) { $0.key }
    for name in ["a", "b", "c"] { equal.insert((1, name)) }
    #expect(equal.elements.map(\.name) == ["b", "c"])
  }
}
