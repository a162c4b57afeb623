extension Migrations {
  /// What spans cost. There is one of these for each call of a model and more where prices changed: it is found through its
  /// natural key, and needs no index of its own.
  static let cost = [
    """
    CREATE TABLE cost(
      row INTEGER PRIMARY KEY, record_id BLOB NOT NULL, trace_id TEXT NOT NULL, span_id TEXT NOT NULL,
      amount_high INTEGER, amount_low INTEGER, currency INTEGER, price_version INTEGER, reason INTEGER,
      at INTEGER NOT NULL) STRICT
    """
  ]
}
