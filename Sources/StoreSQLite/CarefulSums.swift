internal import GRDBSQLite

/// `sum`, `total` and `avg` for people's questions, as SQLite has them from 3.43 on: what rounding takes from a sum of
/// floating-point numbers is carried along, so that a hundred thousand amounts add up to the cent and beyond.
///
/// Method: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54 (1974). Whole numbers
/// are added as such; a sum that does not fit is an error, as it is in SQLite.
enum CarefulSums {
  /// Lies in memory that SQLite clears and frees.
  private struct State {
    var sum = 0.0
    var lost = 0.0
    var whole: Int64 = 0
    var count: Int64 = 0
    /// How many of the numbers were no whole ones.
    var reals: Int64 = 0
    var hasOverflown = false

    var real: Double { sum.isFinite ? sum + lost : sum }

    mutating func add(_ value: Double) {
      let next = sum + value
      lost += sum.magnitude >= value.magnitude ? (sum - next) + value : (value - next) + sum
      sum = next
    }

    /// - Parameter sign: 1 for a row that comes, -1 for one that leaves a window.
    mutating func take(_ value: OpaquePointer, sign: Int64) {
      switch sqlite3_value_numeric_type(value) {
      case SQLITE_NULL: return
      case SQLITE_INTEGER:
        let number = sqlite3_value_int64(value)
        let (next, isOver) =
          sign > 0 ? whole.addingReportingOverflow(number) : whole.subtractingReportingOverflow(number)
        if isOver { hasOverflown = true }
        whole = next
        add(Double(sign) * Double(number))
      default:
        reals += sign
        add(Double(sign) * sqlite3_value_double(value))
      }
      count += sign
    }
  }

  private typealias Value = @convention(c) (OpaquePointer?) -> Void

  /// Puts them in the place of SQLite's own, for one connection.
  static func install(_ database: OpaquePointer) -> Bool {
    let sum: Value = { context in
      CarefulSums.finish(context) { state in
        if state.count == 0 { return sqlite3_result_null(context) }
        if state.reals > 0 { return sqlite3_result_double(context, state.real) }
        if state.hasOverflown { return sqlite3_result_error(context, "integer overflow", -1) }
        sqlite3_result_int64(context, state.whole)
      }
    }
    let total: Value = { context in
      CarefulSums.finish(context) { sqlite3_result_double(context, $0.real) }
    }
    let average: Value = { context in
      CarefulSums.finish(context) { state in
        if state.count == 0 { return sqlite3_result_null(context) }
        sqlite3_result_double(context, state.real / Double(state.count))
      }
    }
    let kind = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS
    let functions: [(name: String, value: Value)] = [("sum", sum), ("total", total), ("avg", average)]
    for function in functions {
      let code = sqlite3_create_window_function(
        database, function.name, 1, kind, nil, { CarefulSums.step($0, $2, 1) }, function.value, function.value,
        { CarefulSums.step($0, $2, -1) }, nil)
      guard code == SQLITE_OK else { return false }
    }
    return true
  }

  private static func step(
    _ context: OpaquePointer?, _ values: UnsafeMutablePointer<OpaquePointer?>?, _ sign: Int64
  ) {
    guard let value = values?[0] else { return }
    guard let memory = sqlite3_aggregate_context(context, Int32(MemoryLayout<State>.size)) else {
      return sqlite3_result_error_nomem(context)
    }
    // Cleared memory is a state of zeros.
    memory.assumingMemoryBound(to: State.self).pointee.take(value, sign: sign)
  }

  private static func finish(_ context: OpaquePointer?, _ body: (State) -> Void) {
    // Without a row there is no memory.
    let memory = sqlite3_aggregate_context(context, 0)
    body(memory?.assumingMemoryBound(to: State.self).pointee ?? State())
  }
}
