import Records

/// The fields of the row at hand, with what the plan takes them for.
///
/// A class, so that using a field never copies the plan.
final class RowFields {
  let plan: RowPlan
  let cells: CellRow
  let hasFilters: Bool
  private let input: InputText

  init(plan: RowPlan, input: InputText) {
    self.plan = plan
    self.input = input
    hasFilters = !plan.filters.isEmpty
    cells = CellRow(count: plan.columns.count)
  }

  func passFilters() -> Bool {
    plan.filters.allSatisfy { filter in
      filter.value.withUnsafeBytes { cells[filter.slot].label?.equals($0) ?? false }
    }
  }

  /// The item of the row.
  @inline(__always)
  func item(_ offset: Int) throws -> BorrowedText {
    let cell = cells[plan.item]
    guard cell.kind != .container, let label = cell.label else { throw withoutItem(cell, offset) }
    return label
  }

  @inline(__always)
  func label(_ slot: Int?, _ offset: Int) throws -> BorrowedText? {
    guard let slot else { return nil }
    let cell = cells[slot]
    if cell.kind == .container { throw wrong(cell, slot, offset, "is an object or a list, not a label") }
    return cell.label
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

  @inline(never)
  func wrong(_ cell: Cell, _ slot: Int, _ offset: Int, _ problem: String) -> IntakeError {
    let shown = cell.label.map { String($0.string.prefix(60)) } ?? ""
    let subject = shown.isEmpty ? "column '\(plan.columns[slot])'" : "column '\(plan.columns[slot])': '\(shown)'"
    return input.error(
      at: cell.text, orAtOffset: offset, problem: "\(subject) \(problem)",
      remedy:
        "Name another column, or write numbers, true/false, pass/fail, yes/no; leave the field empty when it is missing"
    )
  }

  @inline(never)
  private func withoutItem(_ cell: Cell, _ offset: Int) -> IntakeError {
    let column = plan.columns[plan.item]
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
