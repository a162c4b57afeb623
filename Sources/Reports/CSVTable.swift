/// Rows of RFC 4180.
struct CSVTable {
  private(set) var text: String

  init(header: [String]) {
    text = ""
    add(header)
  }

  mutating func add(_ fields: [String]) {
    text += CSVTable.line(fields)
  }

  /// One record, with its line end.
  static func line(_ fields: [String]) -> String { fields.map(CSVTable.quoted).joined(separator: ",") + "\r\n" }

  static func number(_ value: Double?) -> String { value.flatMap(NumberFormat.shortest) ?? "" }

  /// Quoted where a comma, a quote, a line end or an outer space would otherwise be read as something else.
  private static func quoted(_ field: String) -> String {
    let needsQuotes = field.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\r" || $0 == "\n" }
    guard needsQuotes || field.first == " " || field.last == " " else { return field }
    var body = ""
    // By scalar: CR LF is a single Character, and a combining mark would hide the quote before it.
    for scalar in field.unicodeScalars {
      if scalar == "\"" { body += "\"\"" } else { body.unicodeScalars.append(scalar) }
    }
    return "\"" + body + "\""
  }
}
