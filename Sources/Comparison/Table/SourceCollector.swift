public import Records

/// Feeds one source (a file or directory argument) into a table.
public struct SourceCollector: TrialSink {
  public let table: TrialTable
  public let source: Int
  /// What the arm is called when its rows name no variant.
  public private(set) var name: String
  private let filesAreArms: Bool

  /// - Parameter filesAreArms: rows that name no variant belong to an arm named after their file.
  public init(table: TrialTable, source: Int, name: String, filesAreArms: Bool = false) {
    self.table = table
    self.source = source
    self.name = name
    self.filesAreArms = filesAreArms
  }

  public mutating func begin(file: String) {
    if filesAreArms { name = file }
  }

  public mutating func receive(_ row: borrowing TrialRow) throws {
    try table.add(row, source: source, sourceName: name)
  }
}
