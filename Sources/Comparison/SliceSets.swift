internal import Records

/// Every combination of slice values that occurs, numbered in order of appearance; 0 is "no slice at all".
struct SliceSets {
  /// A column with more values than this is an identifier, not a slice; further values are not told apart.
  static let valueLimit = 1_000

  private var interners: [Interner]
  private var combinations: [[Int32]: UInt32] = [:]
  private(set) var members: [[Int32]]
  private var scratch: [Int32]
  private var last: (members: [Int32], index: UInt32)

  init(columns: Int) {
    let none = [Int32](repeating: -1, count: columns)
    self.interners = Array(repeating: Interner(keepsNames: true), count: columns)
    self.combinations = [none: 0]
    self.members = [none]
    self.scratch = none
    self.last = (none, 0)
  }

  /// Values of one column, by number.
  func values(column: Int) -> [String] { interners[column].names }

  /// The number of a row's combination. No allocation unless the combination is new.
  mutating func index(of values: [BorrowedText?], suite: BorrowedText?) -> UInt32 {
    for column in interners.indices {
      let value = column == interners.count - 1 ? suite : column < values.count ? values[column] : nil
      scratch[column] =
        value.map { interners[column].count > SliceSets.valueLimit ? -1 : interners[column].index(of: $0) } ?? -1
    }
    if scratch == last.members { return last.index }
    let index: UInt32
    if let known = combinations[scratch] {
      index = known
    } else {
      index = UInt32(members.count)
      combinations[scratch] = index
      members.append(scratch)
    }
    last = (scratch, index)
    return index
  }
}
