public import Records

/// Writes the answer to a question in SQL while it comes: nothing but the rows that decide how wide a table is lies in
/// memory.
public struct AnswerWriter {
  public enum Format: String, Sendable, CaseIterable {
    case text, csv, json
  }

  private let format: Format
  private let options: ReportOptions
  private let output: (String) throws -> Void
  private var columns: [String] = []
  private var held: [[AskedValue]] = []
  private var widths: [Int] = []
  public private(set) var rows = 0

  /// Rows that a table is laid out by.
  private static let sample = 1_000
  /// What a cell of a table shows at most, in columns of the terminal.
  private static let widestCell = 60

  /// - Parameter output: takes pieces of text, in order.
  public init(_ format: Format, options: ReportOptions, output: @escaping (String) throws -> Void) {
    self.format = format
    self.options = options
    self.output = output
  }

  public mutating func start(columns: [String]) throws {
    self.columns = format == .json ? AnswerWriter.unique(columns) : columns
    switch format {
    case .text: break
    case .csv: try output(CSVTable.line(columns))
    case .json: try output("[")
    }
  }

  public mutating func add(_ row: [AskedValue]) throws {
    rows += 1
    switch format {
    case .csv: try output(CSVTable.line(row.map(\.plain)))
    case .json:
      let members = zip(columns, row).map { "\(AnswerWriter.json($0)):\($1.json)" }
      try output((rows == 1 ? "\n" : ",\n") + "{" + members.joined(separator: ",") + "}")
    case .text where widths.isEmpty:
      held.append(row)
      if held.count == AnswerWriter.sample { try layOut() }
    case .text: try output(line(row))
    }
  }

  public mutating func finish() throws {
    switch format {
    case .csv: break
    case .json: try output(rows == 0 ? "]\n" : "\n]\n")
    case .text: if widths.isEmpty { try layOut() }
    }
  }

  // MARK: A table

  private mutating func layOut() throws {
    widths = columns.indices.map { place in
      let cells = held.map { TerminalText.columns(cell($0[place])) }
      return min(max(TerminalText.columns(columns[place]), cells.max() ?? 0), AnswerWriter.widestCell)
    }
    // A statement without columns has no answer; one with columns always has widths.
    let header = line(columns.map { AskedValue.text($0) })
    try output(options.colour ? "\u{1B}[2m\(header.dropLast())\u{1B}[0m\n" : header)
    for row in held { try output(line(row)) }
    held.removeAll()
  }

  private func cell(_ value: AskedValue) -> String {
    let text = TerminalText.safe(value == .null ? "" : value.plain)
    return options.unicode ? text : TerminalText.ascii(text)
  }

  private func line(_ row: [AskedValue]) -> String {
    let cells = row.enumerated().map { place, value in
      let text = TerminalText.fitted(cell(value), to: widths[place])
      return TerminalText.padded(text, to: widths[place], right: value.isNumber)
    }
    var line = cells.joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    return line + "\n"
  }

  // MARK: JSON

  /// A key is there once: equal names of columns get numbers.
  private static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.map { name in
      var (candidate, number) = (name, 2)
      while !seen.insert(candidate).inserted {
        candidate = "\(name)_\(number)"
        number += 1
      }
      return candidate
    }
  }

  fileprivate static func json(_ text: String) -> String { (try? Records.JSONValue.string(text).line()) ?? "\"\"" }
}

extension AskedValue {
  fileprivate var isNumber: Bool {
    switch self {
    case .integer, .real, .decimal: true
    case .null, .text, .blob: false
    }
  }

  /// As a field of CSV or a cell: numbers in fifteen digits, which hide what a sum of amounts picked up in binary; bytes as
  /// hexadecimal digits.
  fileprivate var plain: String {
    switch self {
    case .null: ""
    case .integer(let value): String(value)
    case .real(let value): NumberFormat.significant(value) ?? "\(value)"
    case .decimal(let digits): digits
    case .text(let text): text
    case .blob(let bytes): AskedValue.hexadecimal(bytes)
    }
  }

  /// JSON has no infinities: they are texts.
  fileprivate var json: String {
    switch self {
    case .null: "null"
    case .integer, .decimal: plain
    case .real(let value): NumberFormat.shortest(value) ?? AnswerWriter.json("\(value)")
    case .text(let text): AnswerWriter.json(text)
    case .blob: "\"\(plain)\""
    }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
