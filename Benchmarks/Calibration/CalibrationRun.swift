/// All designs, drawn and judged.
public struct CalibrationRun: Sendable {
  public struct RowResult: Sendable {
    public let label: String
    public let null: CellResult?
    public let effect: CellResult?
  }

  public struct DesignResult: Sendable {
    public let design: Design
    public let rows: [RowResult]
  }

  public let seed: UInt64
  public let designs: [DesignResult]

  /// Draws every cell, several at a time. The result depends on the seed only, not on how many run at once.
  /// - Parameter progress: told the design of each finished row, and how many rows are finished of how many.
  public init(
    _ designs: [Design], seed: UInt64, concurrently width: Int, judge: @escaping Judge = EngineJudge.judge,
    progress: (_ design: String, _ done: Int, _ all: Int) -> Void = { _, _, _ in }
  ) async {
    self.seed = seed
    let rows = designs.enumerated().flatMap { index, design in design.rows.map { (index, $0) } }
    var results = [RowResult?](repeating: nil, count: rows.count)
    await withTaskGroup(of: (Int, RowResult).self) { group in
      func start(_ index: Int) {
        let row = rows[index].1
        // Far apart in the seed space; the generator spreads them over its state.
        let rowSeed = seed &+ UInt64(index) &* 0x9e37_79b9_7f4a_7c15
        group.addTask {
          (
            index,
            RowResult(
              label: row.label, null: row.null.map { CellResult($0, seed: rowSeed, judge: judge) },
              effect: row.effect.map { CellResult($0, seed: ~rowSeed, judge: judge) })
          )
        }
      }
      for index in 0..<min(width, rows.count) { start(index) }
      var next = width
      var done = 0
      while let (index, result) = await group.next() {
        results[index] = result
        done += 1
        progress(designs[rows[index].0].title, done, rows.count)
        if next < rows.count { start(next) }
        next += 1
      }
    }
    var finished: [DesignResult] = []
    var position = 0
    for design in designs {
      finished.append(
        DesignResult(design: design, rows: results[position..<(position + design.rows.count)].compactMap { $0 }))
      position += design.rows.count
    }
    self.designs = finished
  }

  /// The null cells of all designs, as one table.
  public var nulls: [(design: String, row: String, null: CellResult)] {
    designs.flatMap { design in
      design.rows.compactMap { row in row.null.map { (design.design.title, row.label, $0) } }
    }
  }
}
