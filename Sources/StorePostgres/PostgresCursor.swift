/// An answer that is read page by page, so that other questions can be asked meanwhile and memory stays small.
final class PostgresCursor {
  let name: String
  /// What came and was not taken yet.
  var page: PostgresResult?

  init(name: String) {
    self.name = name
  }

  /// Most answers are no longer than the first page.
  static let firstPage = 64
  private static let longestPage = 4_096
  /// How much of an answer lies in memory, if the next rows are like the longest so far; two pages may be there.
  private static let pageBytes = 4 << 20

  /// How many rows to ask for, after pages whose longest row had so many bytes.
  static func rows(after last: Int, longestRow: Int) -> Int {
    max(min(last * 8, longestPage, pageBytes / max(longestRow, 1)), 4)
  }
}
