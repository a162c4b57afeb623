import Records

/// The fields of the row at hand, with what the plan takes them for.
///
/// A class, so that using a field never copies the plan.
final class RowFields {
  let plan: RowPlan
  let cells: CellRow
  let hasFilters: Bool
  private let input: InputText
  private let hasOneItem: Bool
  /// Where an item of several columns is put together.
  private var joined = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 1)

  init(plan: RowPlan, input: InputText) {
    self.plan = plan
    self.input = input
    hasFilters = !plan.filters.isEmpty
    hasOneItem = plan.moreItems.isEmpty
    cells = CellRow(count: plan.columns.count)
  }

  deinit { joined.deallocate() }

  func passFilters() -> Bool {
    plan.filters.allSatisfy { filter in
      filter.value.withUnsafeBytes { cells[filter.slot].label?.equals($0) ?? false }
    }
  }

  /// The item of the row.
  @inline(__always)
  func item(_ offset: Int) throws -> BorrowedText {
    let cell = cells[plan.item]
    guard cell.kind != .container, let label = cell.label else { throw withoutItem(cell, plan.item, offset) }
    return hasOneItem ? label : try joinedItem(label, offset)
  }

  /// The columns of the item with `|` between them; what stands in a column keeps its own `|` behind a backslash, so that
  /// different columns never make equal items.
  private func joinedItem(_ first: BorrowedText, _ offset: Int) throws -> BorrowedText {
    var count = append(first, at: 0)
    for slot in plan.moreItems {
      let cell = cells[slot]
      guard cell.kind != .container, let label = cell.label else { throw withoutItem(cell, slot, offset) }
      reserve(count + 1)
      joined[count] = UInt8(ascii: "|")
      count = append(label, at: count + 1)
    }
    return BorrowedText(UnsafeRawBufferPointer(rebasing: joined[..<count]))
  }

  private func append(_ text: BorrowedText, at start: Int) -> Int {
    reserve(start + 2 * text.bytes.count)
    var place = start
    for byte in text.bytes {
      if byte == UInt8(ascii: "|") || byte == UInt8(ascii: "\\") {
        joined[place] = UInt8(ascii: "\\")
        place += 1
      }
      joined[place] = byte
      place += 1
    }
    return place
  }

  private func reserve(_ count: Int) {
    guard count > joined.count else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: count * 2, alignment: 1)
    larger.copyMemory(from: UnsafeRawBufferPointer(joined))
    joined.deallocate()
    joined = larger
  }

  @inline(__always)
  func label(_ slot: Int?, _ offset: Int) throws -> BorrowedText? {
    guard let slot else { return nil }
    let cell = cells[slot]
    if cell.kind == .container { throw wrong(cell, slot, offset, "is an object or a list, not a label") }
    return cell.label
  }

  /// A label, where a list or an object in a column that nobody named is none.
  @inline(__always)
  func looseLabel(_ slot: Int?, _ offset: Int) throws -> BorrowedText? {
    guard let slot else { return nil }
    if cells[slot].kind == .container, !plan.required.contains(slot) { return nil }
    return try label(slot, offset)
  }

  @inline(__always)
  func amount(_ slot: Int?, _ role: StaticString, _ offset: Int) throws -> Double? {
    guard let slot else { return nil }
    let cell = cells[slot]
    switch cell.kind {
    case .absent, .null: return nil
    case .number, .text:
      if let value = ScoreText.number(cell.text.bytes) { return value }
      if cell.isMissing { return nil }
    case .yes, .no, .container: break
    }
    throw wrong(cell, slot, offset, "is no number, but is taken for the \(role)")
  }

  /// A number from 0 to 1. What lies beyond by no more than rounding to a few digits leaves, is taken back to the end.
  func share(_ slot: Int?, _ role: StaticString, _ offset: Int) throws -> Double? {
    guard let slot, let value = try amount(slot, role, offset) else { return nil }
    // Single-precision models print 1.000001: that is rounding, and 1.01 is a mistake.
    guard (-RowFields.rounding...1 + RowFields.rounding).contains(value) else {
      throw wrong(
        cells[slot], slot, offset, "is not between 0 and 1, but is taken for the \(role)",
        remedy: "Write shares, not per cent, or name another column")
    }
    return min(max(value, 0), 1)
  }

  private static let rounding = 1e-4

  func whole(_ slot: Int?, _ role: StaticString, _ offset: Int) throws -> Int64? {
    guard let slot, let value = try amount(slot, role, offset) else { return nil }
    guard let whole = Int64(exactly: value), whole >= 0 else {
      throw wrong(
        cells[slot], slot, offset, "is no whole number, but is taken for the \(role)",
        remedy: "Write whole numbers, or rename the column")
    }
    return whole
  }

  /// An amount of money in 10⁻¹² parts, from its digits.
  func money(_ slot: Int?, _ offset: Int) throws -> Int128? {
    guard let slot else { return nil }
    let cell = cells[slot]
    if cell.isMissing { return nil }
    guard let units = MoneyText.units(cell.text.bytes) else {
      throw wrong(cell, slot, offset, "is no amount, but is taken for the cost")
    }
    return units
  }

  /// What a word or a truth value says; nil for anything else.
  func truth(_ slot: Int) -> Bool? {
    let cell = cells[slot]
    switch cell.kind {
    case .yes: return true
    case .no: return false
    case .text:
      guard case .value(let value) = ScoreText.meaning(of: cell.text.bytes), value == 0 || value == 1 else {
        return nil
      }
      return value == 1
    case .absent, .null, .number, .container: return nil
    }
  }

  @inline(never)
  func wrong(
    _ cell: Cell, _ slot: Int, _ offset: Int, _ problem: String,
    remedy: String =
      "Name another column, or write numbers, true/false, pass/fail, yes/no; leave the field empty when it is missing"
  ) -> IntakeError {
    let shown = cell.label.map { String($0.string.prefix(60)) } ?? ""
    let subject = shown.isEmpty ? "column '\(plan.columns[slot])'" : "column '\(plan.columns[slot])': '\(shown)'"
    return input.error(at: cell.text, orAtOffset: offset, problem: "\(subject) \(problem)", remedy: remedy)
  }

  @inline(never)
  private func withoutItem(_ cell: Cell, _ slot: Int, _ offset: Int) -> IntakeError {
    let column = plan.columns[slot]
    let problem =
      cell.kind == .container
      ? "column '\(column)' is an object or a list, not an item id" : "the row has no item id in column '\(column)'"
    return input.error(
      at: cell.text, orAtOffset: offset, problem: problem, remedy: "Name the column of the item with --item")
  }

  func absent(_ slot: Int) -> IntakeError {
    IntakeError(
      file: input.name, problem: "no row has the column '\(plan.columns[slot])'", remedy: "Check the name of the column"
    )
  }
}
