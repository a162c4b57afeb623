import Records

/// A row of a batch's files: a request of the input file, or what became of one, in the output or the error file.
///
/// Source: OpenAI, "Batch API" and the API reference's request input and request output objects.
enum OpenAIBatchRow {
  /// `{"custom_id", "method", "url", "body"}`.
  case request
  /// `{"id", "custom_id", "response", "error"}`.
  case outcome

  private static let words = "custom_id with method, url and body, or with response and error"

  /// Whether an input's first object is a row.
  static func isSeen(in probe: FormatProbe) -> Bool {
    guard probe.topLevel == .object, probe.has("custom_id", .string) else { return false }
    return probe.has("url", .string) && probe.has("body", .object)
      || probe.has("response", .object, .null) && (probe.has("error", .object, .null) || probe.has("id", .string))
      || probe.has("error", .object) && probe.has("id", .string)
  }

  /// Reads over a row.
  /// - Returns: what it is, and its `custom_id`.
  /// - Throws: `IntakeError` with line and column when it is none.
  static func read(_ reader: inout JSONReader) throws -> (row: OpenAIBatchRow, customID: String) {
    guard try reader.peek() == .object else { throw reader.unexpected("an object: a row of a batch") }
    let start = reader.offset
    var customID: String?
    var (isRequest, isOutcome) = (false, false)
    try reader.enterObject()
    while let key = try reader.nextKey() {
      if key.equals("custom_id"), try reader.peek() == .string {
        customID = try reader.readString().string
        continue
      }
      if key.equals("body"), try reader.peek() == .object { isRequest = true }
      if key.equals("response") || key.equals("error"), try reader.peek() == .object { isOutcome = true }
      try reader.skipValue()
    }
    guard let customID else {
      throw reader.error(
        atOffset: start, problem: "the row has no custom_id that is a text",
        remedy: "Every row of a batch's files has one: \(words)")
    }
    guard isRequest != isOutcome else {
      throw reader.error(
        atOffset: start, problem: "the row '\(customID.prefix(60))' is neither a request nor what became of one",
        remedy: "Rows have \(words)")
    }
    return (isRequest ? .request : .outcome, customID)
  }
}
