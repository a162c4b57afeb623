/// How an engine writes what people read.
///
/// Both show the same texts for the same record, so that a question and its answer mean the same on both.
public enum ViewDialect: Sendable {
  case sqlite, postgres

  static func quoted(_ name: String) -> String { "\"\(name)\"" }

  /// `2026-03-01T12:00:00.000000Z` of nanoseconds since 1970: RFC 3339 of one length, whose order as texts is that of the
  /// times.
  func time(_ column: String) -> String {
    // What is left of a second is never negative, also before 1970.
    switch self {
    case .sqlite:
      let rest = "((\(column) % 1000000000) + 1000000000) % 1000000000"
      return """
        (strftime('%Y-%m-%dT%H:%M:%S', (\(column) - \(rest)) / 1000000000, 'unixepoch') || \
        printf('.%06dZ', (\(rest)) / 1000))
        """
    case .postgres:
      return """
        to_char(timestamp '1970-01-01' + ((\(column) - ((\(column) % 1000) + 1000) % 1000) / 1000) * \
        interval '1 microsecond', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        """
    }
  }

  /// Milliseconds of a difference in nanoseconds, a floating-point number on both.
  func milliseconds(_ nanoseconds: String) -> String {
    switch self {
    case .sqlite: "(\(nanoseconds)) / 1e6"
    case .postgres: "(\(nanoseconds))::double precision / 1e6::double precision"
    }
  }

  /// An amount of money: exact on PostgreSQL, to fifteen digits on SQLite, which has no decimal numbers.
  func amount(high: String, low: String) -> String {
    switch self {
    case .sqlite: "((\(high) * 4294967296.0 + \(low)) / 1000000000000.0)"
    case .postgres: "trim_scale((\(high)::numeric * 4294967296 + \(low)) * 0.000000000001)"
    }
  }

  /// Hexadecimal digits of bytes.
  func hex(_ column: String) -> String {
    switch self {
    // Of nothing, `hex` makes an empty text.
    case .sqlite: "CASE WHEN \(column) IS NOT NULL THEN lower(hex(\(column))) END"
    case .postgres: "encode(\(column), 'hex')"
    }
  }

  func text(_ column: String) -> String { "CAST(\(column) AS TEXT)" }
}
