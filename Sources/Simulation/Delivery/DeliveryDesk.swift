internal import Records
internal import Statistics

/// Hands records over as they arrive: some late, some twice. Holds back no more than the late ones of three days.
struct DeliveryDesk: Sendable {
  private let dirt: Dirt
  private var generator: Xoshiro256StarStar
  private var held: [(due: Int, record: Record)] = []

  init(_ dirt: Dirt, generator: Xoshiro256StarStar) {
    self.dirt = dirt
    self.generator = generator
  }

  /// What arrives on a day on which these records were made, in the order of their times but for what is late.
  mutating func arrivals(day: Int, made: [Record]) -> [Record] {
    var arrivals: [Record] = []
    arrivals.reserveCapacity(made.count + made.count / 16)
    let waiting = held
    held.removeAll(keepingCapacity: true)
    // Places are sorted, not records, which are large; among equal times the order stays.
    let order = made.map(\.time.nanoseconds).enumerated().sorted { ($0.element, $0.offset) < ($1.element, $1.offset) }
    for place in order {
      let record = dirt.blemished(made[place.offset], &generator)
      if generator.chance(dirt.late) {
        held.append((day + 1 + generator.below(3), record))
      } else {
        arrivals.append(record)
      }
      if generator.chance(dirt.duplicates) { held.append((day + generator.below(4), record)) }
    }
    // After the day's own, so that what is late comes after newer records.
    held += waiting
    arrivals += release(upTo: day)
    return arrivals
  }

  /// What is still under way when the quarter is over.
  mutating func remainder() -> [Record] { release(upTo: .max) }

  private mutating func release(upTo day: Int) -> [Record] {
    var due: [Record] = []
    held.removeAll { entry in
      guard entry.due <= day else { return false }
      due.append(entry.record)
      return true
    }
    return due
  }
}
