import Statistics
import Testing

@Suite struct ExponentialDecayTests {
  @Test func anExactDecayIsFound() throws {
    let decay = try #require(ExponentialDecay(x: [0, 1, 2, 3], y: [8, 4, 2, 1]))
    #expect(abs(decay.rate - 0.693_147_180_559_945_3) < 1e-12)
    #expect(abs(decay.intercept - 2.079_441_541_679_836) < 1e-12)
    #expect(abs((decay.distance(from: 8, to: 1) ?? 0) - 3) < 1e-12)
    #expect(abs((decay.distance(from: 1, to: 8) ?? 0) + 3) < 1e-12)
  }

  @Test func theWorkedExampleOfTheCeiling() throws {
    let decay = try #require(ExponentialDecay(x: [0, 100, 200, 300], y: [0.16, 0.12, 0.10, 0.08]))
    #expect(abs(decay.rate - 0.002262) < 5e-7)
    #expect(abs((decay.distance(from: 0.08, to: 0.04) ?? 0) - 306.5) < 0.1)
  }

  @Test func growthHasNoDistance() throws {
    let growth = try #require(ExponentialDecay(x: [0, 1], y: [1, 2]))
    #expect(growth.rate < 0 && growth.distance(from: 2, to: 1) == nil)
    #expect(ExponentialDecay(x: [1, 1], y: [1, 2]) == nil)
  }
}
