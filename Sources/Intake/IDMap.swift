import Records

/// An object from item id to outcome, as SWE-bench Pro publishes its results: `{"instance_a": true, "instance_b": false}`.
///
/// Outcomes are true, false, numbers or null (missing). An id that occurs twice makes two rows, which the rule for
/// duplicates then judges.
enum IDMap {
  static func read<Sink: TrialSink>(
    _ source: ByteSource, into sink: inout Sink, summary: inout IntakeSummary
  ) throws {
    var reader = JSONReader(source)
    var row = TrialRow(item: Cell.absent.text)
    try reader.enterObject()
    while let id = try reader.nextKey() {
      if id.isEmpty { throw reader.error(at: id, problem: "an item id is empty") }
      row.item = id
      switch try reader.peek() {
      case .boolean:
        row.details.passed = try reader.readBool()
        row.score = row.details.passed == true ? 1 : 0
      case .number:
        row.details.passed = nil
        row.score = try reader.readNumber()
      case .null:
        try reader.readNull()
        row.details.passed = nil
        row.score = nil
      default: throw reader.unexpected("true, false, a number or null as outcome of an item")
      }
      try summary.deliver(row, to: &sink)
      reader.recycleTexts()
    }
    try reader.expectEnd()
  }
}
