import Records

/// One field of a row, as it lies in the input.
struct Cell {
  enum Kind: UInt8 {
    /// The row does not have the field.
    case absent
    case null
    case yes, no
    case number
    case text
    /// An object or an array.
    case container
  }

  var kind: Kind
  /// The text without quotes, the number as written, an object or an array with its brackets; empty for the other kinds.
  var text: BorrowedText

  static var absent: Cell { Cell(kind: .absent, text: BorrowedText(UnsafeRawBufferPointer(start: nil, count: 0))) }

  /// Whether the field says that there is no value.
  var isMissing: Bool {
    switch kind {
    case .absent, .null: true
    case .text: ScoreText.isMissing(text.bytes)
    case .number: ScoreText.isNotANumber(text.bytes)
    case .yes, .no, .container: false
    }
  }

  /// The field as text, for identifiers and labels; nil when there is none.
  var label: BorrowedText? {
    switch kind {
    case .absent, .null, .container: nil
    case .yes: Cell.yesText
    case .no: Cell.noText
    case .number, .text: text.isEmpty ? nil : text
    }
  }

  private static var yesText: BorrowedText { constant("true") }
  private static var noText: BorrowedText { constant("false") }

  private static func constant(_ text: StaticString) -> BorrowedText {
    BorrowedText(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}

/// The fields that a reader was asked for, of the row that it is at.
///
/// A class over raw memory: readers fill it and the mapper takes from it for every row, without copies or counting.
final class CellRow {
  let count: Int
  private let storage: UnsafeMutablePointer<Cell>
  /// Which fields have occurred in any row.
  private let occurred: UnsafeMutablePointer<Bool>

  init(count: Int) {
    self.count = count
    storage = .allocate(capacity: max(count, 1))
    storage.initialize(repeating: .absent, count: max(count, 1))
    occurred = .allocate(capacity: max(count, 1))
    occurred.initialize(repeating: false, count: max(count, 1))
  }

  deinit {
    storage.deallocate()
    occurred.deallocate()
  }

  /// Slots are made by the plan that also sized the row, so they are in range.
  @inline(__always)
  subscript(slot: Int) -> Cell {
    get { storage[slot] }
    set {
      storage[slot] = newValue
      occurred[slot] = true
    }
  }

  @inline(__always)
  func clear() {
    for slot in 0..<count { storage[slot] = .absent }
  }

  func hasOccurred(_ slot: Int) -> Bool { occurred[slot] }
}
