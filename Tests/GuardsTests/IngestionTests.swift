import Guards
import Testing

@Suite struct IngestionTests {
  /// A page: parsed by 16 workers in 6 s, three chunks, embedded 512 at a time in 0.4 s.
  private static func pages(parsers: Double = 16, embedders: Double = 1) -> IngestionCapacity {
    IngestionCapacity([
      .init("parse", workers: parsers, batch: 1, seconds: 6, perItem: 1),
      .init("chunk", workers: 1, batch: 133, seconds: 1, perItem: 1),
      .init("embed", workers: embedders, batch: 512, seconds: 0.4, perItem: 3),
      .init("upsert", workers: 1, batch: 333, seconds: 1, perItem: 1),
    ])
  }

  @Test func theNarrowestStageDecides() throws {
    let pages = Self.pages()
    #expect(pages.bottlenecks.map(\.name) == ["parse"])
    #expect(abs(try #require(pages.capacity) - 2.6667) < 5e-5)
    #expect(abs(try #require(pages.stages[2].capacity) - 426.67) < 5e-3)
    #expect(abs(try #require(pages.hours(100_000)) - 10.42) < 5e-3)
    // More embedding changes nothing; more parsing does.
    #expect(Self.pages(embedders: 10).hours(100_000) == pages.hours(100_000))
    #expect(abs(try #require(Self.pages(parsers: 128).hours(100_000)) - 1.302) < 5e-4)
  }

  @Test func equalStagesAreNamedTogether() {
    let equal = IngestionCapacity([
      .init("a", workers: 3, batch: 1, seconds: 0.3, perItem: 1),
      .init("b", workers: 1, batch: 10, seconds: 1, perItem: 1),
      .init("c", workers: 11, batch: 1, seconds: 1, perItem: 1),
    ])
    #expect(equal.bottlenecks.map(\.name) == ["a", "b"])
  }

  @Test func nothingAndNobodyAreNoNumbers() {
    let idle = IngestionCapacity([.init("a", workers: 0, batch: 1, seconds: 1, perItem: 1)])
    #expect(idle.capacity == 0 && idle.hours(1) == nil && idle.bottlenecks.map(\.name) == ["a"])
    let instant = IngestionCapacity([.init("a", workers: 1, batch: 1, seconds: 0, perItem: 1)])
    #expect(instant.capacity == nil && instant.hours(5) == 0 && instant.bottlenecks.isEmpty)
    #expect(IngestionCapacity([]).capacity == nil)
  }
}
