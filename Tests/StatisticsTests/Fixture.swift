import Foundation

/// A table of an oracle's numbers, committed beside the tests: `Fixtures/<name>.csv`, written by a script of `Oracles/`.
///
/// Cells are separated by commas and never quoted; a list within a cell is separated by spaces.
struct Fixture {
  let rows: [Row]

  init(_ name: String) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures").appendingPathComponent(name + ".csv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
    guard let header = lines.first else { throw FixtureError.noHeader(name) }
    let columns = header.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    var rows: [Row] = []
    for (index, line) in lines.enumerated().dropFirst() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard cells.count == columns.count else { throw FixtureError.raggedRow(name, line: index + 1) }
      rows.append(Row(cells: Dictionary(uniqueKeysWithValues: zip(columns, cells)), origin: "\(name).csv:\(index + 1)"))
    }
    guard !rows.isEmpty else { throw FixtureError.noRows(name) }
    self.rows = rows
  }
}

/// One row of a ``Fixture``, by column name.
struct Row: CustomStringConvertible {
  let cells: [String: String]
  /// File and line.
  let origin: String

  /// The text of a cell; empty where there is no such column.
  subscript(column: String) -> String { cells[column] ?? "" }

  func double(_ column: String) throws -> Double {
    guard let value = Double(self[column]) else { throw FixtureError.notANumber(origin, column: column, self[column]) }
    return value
  }

  func int(_ column: String) throws -> Int {
    guard let value = Int(self[column]) else { throw FixtureError.notANumber(origin, column: column, self[column]) }
    return value
  }

  /// The numbers of a list within a cell.
  func doubles(_ column: String) -> [Double] {
    self[column].split(separator: " ").compactMap { Double($0) }
  }

  var description: String {
    origin + " " + cells.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
  }
}

enum FixtureError: Error {
  case noHeader(String)
  case noRows(String)
  case raggedRow(String, line: Int)
  case notANumber(String, column: String, String)
}

/// |x - reference| ≤ tolerance·max(1, |reference|).
func isClose(_ x: Double, _ reference: Double, _ tolerance: Double = 1e-9) -> Bool {
  abs(x - reference) <= tolerance * max(1, abs(reference))
}

/// |x - reference| / |reference|; 0 where the two are equal (both 0, or the same infinity).
func relativeError(_ x: Double, _ reference: Double) -> Double {
  x == reference ? 0 : abs(x - reference) / abs(reference)
}
