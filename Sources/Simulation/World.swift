public import Records
internal import Statistics

/// One company through one quarter, made up from a seed: equal seeds and plans give equal records.
///
/// Its parts are independent of each other: what one part does is the same with and without the others. Memory is bounded
/// by the suites and by a day's traffic, not by the length of the stream.
public struct World: Sendable {
  public let seed: UInt64
  public let plan: Plan
  public let quarter: Quarter

  public init(seed: UInt64, plan: Plan = Plan(), quarter: Quarter = Quarter()) {
    self.seed = seed
    self.plan = plan
    self.quarter = quarter
  }

  /// When the checks look back at the quarter: its last second.
  public var asOf: Instant { Instant(nanoseconds: quarter.end.nanoseconds - 1_000_000_000) }

  /// The days of the quarter with the records that arrive on each, and one more with what arrives last.
  public var days: Days { Days(self) }

  /// All records in the order of their delivery.
  public var records: some Sequence<Record> { days.lazy.flatMap(\.arrivals) }

  /// The text of the `tally.yaml` that declares the company.
  public var projectText: String {
    let declarations = scenes().map(\.declaration)
    return declarations.reduce(Declaration(), +).text
  }

  /// Files that `tally.yaml` names, by their paths beside it.
  public var files: [String: [UInt8]] {
    scenes().reduce(into: [:]) { files, scene in files.merge(scene.files) { first, _ in first } }
  }

  /// What was said in a call, where its record names it by its hash.
  public func contents(of record: Record) -> [Content] {
    guard case .span(let span) = record, let part = Part(rawValue: span.feature) else { return [] }
    return part.scene.contents(of: span, plan.seen(by: part))
  }

  fileprivate func scenes() -> [any Scene] {
    plan.parts.map { $0.scene.init(plan.seen(by: $0), quarter: quarter, generator: $0.generator(seed: seed)) }
  }

  /// A day and the records that arrive on it.
  public struct Day: Sendable {
    /// Days since the quarter began.
    public let number: Int
    public let arrivals: [Record]
  }

  /// Walks through the quarter, a day at a time.
  public struct Days: Sequence, IteratorProtocol, Sendable {
    private let last: Int
    private var scenes: [any Scene]
    private var desk: DeliveryDesk
    private var day = 0

    fileprivate init(_ world: World) {
      last = world.quarter.days
      scenes = world.scenes()
      desk = DeliveryDesk(world.plan.dirt, generator: Xoshiro256StarStar(seed: ~world.seed))
    }

    public mutating func next() -> Day? {
      guard day <= last else { return nil }
      defer { day += 1 }
      guard day < last else { return Day(number: day, arrivals: desk.remainder()) }
      var made: [Record] = []
      for index in scenes.indices { made += scenes[index].records(on: day) }
      return Day(number: day, arrivals: desk.arrivals(day: day, made: made))
    }
  }
}
