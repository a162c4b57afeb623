/// A value bound to a statement.
public enum SQLValue: Sendable, Equatable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  public init(_ value: Int64?) { self = value.map(SQLValue.integer) ?? .null }
  public init(_ value: String?) { self = value.map(SQLValue.text) ?? .null }
}

/// One SQL statement with its arguments (`?1`, `?2`, …) and the kinds of the columns that it returns.
public struct Statement: Sendable {
  public var sql: String
  public var arguments: [SQLValue]
  public var columns: [RowBatch.ColumnKind]
  /// Whether the answer is known to be a few rows, which an engine may take all at once.
  public var isShort = false

  public init(_ sql: String, _ arguments: [SQLValue] = [], columns: [RowBatch.ColumnKind] = []) {
    self.sql = sql
    self.arguments = arguments
    self.columns = columns
  }

  /// The same, with an answer of a few rows.
  public var short: Statement {
    var short = self
    short.isShort = true
    return short
  }
}

/// A statement and how a row of it is read.
public struct Query<Row> {
  public var statement: Statement
  /// Reads row `row` of a batch.
  public var decode: (_ batch: RowBatch, _ row: Int) throws -> Row

  public init(_ statement: Statement, decode: @escaping (_ batch: RowBatch, _ row: Int) throws -> Row) {
    self.statement = statement
    self.decode = decode
  }

  /// The same, with an answer of a few rows.
  var short: Query {
    var short = self
    short.statement.isShort = true
    return short
  }
}
