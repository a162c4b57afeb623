import Records

/// The shape of the ledger, as steps that only go forward. A released step is never edited.
enum Migrations {
  /// Each step's statements. The number of steps a ledger has taken is its version.
  static let steps: [[String]] = [
    first + work + cost, access, spool, budgets, breakers, decisions, credit, orders, notices,
    breakGlass, toolCalls,
  ]

  private static let first = [
    // Low-cardinality texts, stored once.
    "CREATE TABLE term(id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE) STRICT",

    // One row a commit: the root over its records' digests, linked to the commit before.
    """
    CREATE TABLE ledger_commit(
      seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, source TEXT NOT NULL, records INTEGER NOT NULL,
      root BLOB NOT NULL, previous BLOB NOT NULL, head BLOB NOT NULL) STRICT
    """,
    // Times of commits only grow: "as of" finds its commit here.
    "CREATE UNIQUE INDEX ledger_commit_at ON ledger_commit(at)",
    // What a commit added to each table that the chain covers: rows from first to last, and the digest over them.
    """
    CREATE TABLE commit_part(
      part INTEGER NOT NULL, seq INTEGER NOT NULL, first_row INTEGER NOT NULL, last_row INTEGER NOT NULL,
      digest BLOB NOT NULL, PRIMARY KEY(part, seq)) WITHOUT ROWID, STRICT
    """,
    // The newest commit, in one row: a ledger that was cut short no longer ends where this says.
    "CREATE TABLE chain_head(id INTEGER PRIMARY KEY CHECK(id = 1), seq INTEGER NOT NULL, head BLOB NOT NULL) STRICT",

    // Natural key → the newest record that bears it.
    """
    CREATE TABLE natural_key(
      high INTEGER NOT NULL, low INTEGER NOT NULL, row INTEGER NOT NULL,
      PRIMARY KEY(high, low)) WITHOUT ROWID, STRICT
    """,
    // Records that a later one replaced: the one definition of "current" is not being here.
    """
    CREATE TABLE superseded(
      kind INTEGER NOT NULL, row INTEGER NOT NULL, by_row INTEGER NOT NULL, high INTEGER NOT NULL,
      low INTEGER NOT NULL, PRIMARY KEY(kind, row)) WITHOUT ROWID, STRICT
    """,
    "CREATE INDEX superseded_key ON superseded(high, low)",
    "CREATE INDEX superseded_by ON superseded(kind, by_row)",
    // Rows of one delivery that bear the same key and contradict each other: all stay current, none is chosen. Here are
    // those that `natural_key` does not name.
    """
    CREATE TABLE rival(
      high INTEGER NOT NULL, low INTEGER NOT NULL, row INTEGER NOT NULL, kind INTEGER NOT NULL,
      PRIMARY KEY(high, low, row)) WITHOUT ROWID, STRICT
    """,

    """
    CREATE TABLE trial_series(
      id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, suite TEXT NOT NULL, suite_version TEXT, variant TEXT NOT NULL,
      metric TEXT NOT NULL, config_sha256 TEXT, subject_sha256 TEXT, judge TEXT) STRICT
    """,
    "CREATE INDEX trial_series_suite ON trial_series(suite)",
    """
    CREATE TABLE trial(
      row INTEGER PRIMARY KEY, record_id BLOB NOT NULL, series INTEGER NOT NULL, item TEXT NOT NULL, repeat INTEGER,
      prediction TEXT, judge_repeat INTEGER, score REAL, passed INTEGER, cluster INTEGER, traffic_cluster INTEGER,
      tags INTEGER NOT NULL, confidence REAL, predicted INTEGER, expected INTEGER, cost_high INTEGER, cost_low INTEGER,
      cost_currency INTEGER, latency_ms REAL, input_tokens INTEGER, output_tokens INTEGER, at INTEGER NOT NULL,
      attributes TEXT) STRICT
    """,
    // Rows of a series come in their own order: the index grows at the end of each series.
    "CREATE INDEX trial_by_series ON trial(series)",

    // What each commit added to each series, so that asking which runs there are never scans the trials. Rows that were
    // replaced are taken back from the numbers, not from the times, and counted.
    """
    CREATE TABLE trial_rollup(
      row INTEGER PRIMARY KEY, series INTEGER NOT NULL, seq INTEGER NOT NULL, trials INTEGER NOT NULL,
      repeats INTEGER NOT NULL, replaced INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL) STRICT
    """,
    "CREATE UNIQUE INDEX trial_rollup_by_series ON trial_rollup(series, seq)",

    """
    CREATE TABLE annotation(
      row INTEGER PRIMARY KEY, record_id BLOB NOT NULL, annotation_id TEXT NOT NULL, subject TEXT NOT NULL,
      subject_sha256 TEXT, name INTEGER NOT NULL, label TEXT, number REAL, annotator_kind INTEGER NOT NULL,
      annotator INTEGER NOT NULL, reason_tags TEXT, note TEXT, seconds REAL, surface TEXT, saw_critic INTEGER,
      probe INTEGER, supersedes TEXT, vocabulary_version INTEGER NOT NULL, at INTEGER NOT NULL, attributes TEXT) STRICT
    """,
    "CREATE INDEX annotation_by_name ON annotation(name)",
    "CREATE INDEX annotation_by_subject ON annotation(subject)",
    """
    CREATE TABLE artifact(
      row INTEGER PRIMARY KEY, record_id BLOB NOT NULL, sha256 TEXT NOT NULL, artifact_kind INTEGER NOT NULL,
      name TEXT NOT NULL, version TEXT, bytes INTEGER, media_type TEXT, owner TEXT, derived_from TEXT,
      at INTEGER NOT NULL, attributes TEXT) STRICT
    """,
    "CREATE INDEX artifact_by_kind ON artifact(artifact_kind)",
    "CREATE INDEX artifact_by_sha256 ON artifact(sha256)",
    """
    CREATE TABLE span(
      row INTEGER PRIMARY KEY, record_id BLOB NOT NULL, span_id TEXT NOT NULL, trace_id TEXT NOT NULL, parent_id TEXT,
      name INTEGER NOT NULL, span_kind INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER,
      status INTEGER NOT NULL, error_type INTEGER, feature INTEGER NOT NULL, tenant INTEGER, session_id TEXT,
      user_id TEXT, tags INTEGER NOT NULL, traffic_cluster INTEGER, stage INTEGER, model_requested INTEGER,
      model_served INTEGER, prompt_id INTEGER, prompt_sha256 INTEGER, config_sha256 INTEGER, parameters INTEGER,
      input_tokens INTEGER, output_tokens INTEGER, cached_tokens INTEGER, cost_high INTEGER, cost_low INTEGER,
      cost_currency INTEGER, finish_reason INTEGER, refusal INTEGER, retrieved TEXT, index_sha256 INTEGER,
      tool INTEGER, tool_schema_sha256 INTEGER, attempt INTEGER, idempotency_key TEXT, subject TEXT,
      subject_sha256 TEXT, attributes TEXT, input_sha256 BLOB, output_sha256 BLOB, instructions_sha256 BLOB,
      tools_sha256 BLOB, other_sha256 BLOB, input_place INTEGER, output_place INTEGER, instructions_place INTEGER,
      tools_place INTEGER, other_place INTEGER) STRICT
    """,
    "CREATE INDEX span_by_hour ON span(\(SpanRecord.hourColumn), span_kind)",
    // Most checks judge one feature, by what was said of its spans: of ids, which are random, only those of one moment are out
    // of order.
    "CREATE INDEX span_by_feature ON span(feature, started_at, span_id)",
    // Ids of traces are random, and an index on them alone would be written all over: it is in order within so many rows only,
    // and a trace is looked for in each block of rows.
    "CREATE INDEX span_by_trace ON span(\(SpanRecord.blockColumn), trace_id)",
    // What was said, in packs of one hour, found by the places in the rows of spans. Not hashed again: the records hold the
    // hashes.
    """
    CREATE TABLE content(
      row INTEGER PRIMARY KEY, hour INTEGER NOT NULL, contents INTEGER NOT NULL, bytes INTEGER, form INTEGER NOT NULL,
      body BLOB) STRICT
    """,
    "CREATE INDEX content_by_hour ON content(hour)",
    // What checks ask of traffic, by day. A commit adds its own rows, negative ones for what it replaced, so that the
    // traffic as of any commit is a sum.
    """
    CREATE TABLE span_rollup(
      row INTEGER PRIMARY KEY, seq INTEGER NOT NULL, day INTEGER NOT NULL, feature INTEGER NOT NULL,
      traffic_cluster INTEGER, tags INTEGER NOT NULL, model_served INTEGER, prompt_sha256 INTEGER, predicted INTEGER, spans INTEGER NOT NULL,
      cost_high INTEGER NOT NULL, cost_low INTEGER NOT NULL) STRICT
    """,
    "CREATE INDEX span_rollup_by_day ON span_rollup(day)",
    """
    CREATE TABLE change(
      row INTEGER PRIMARY KEY, record_id BLOB NOT NULL, surface INTEGER NOT NULL, from_value TEXT, to_value TEXT,
      actor INTEGER NOT NULL, reason TEXT, decision_id TEXT, paths TEXT, at INTEGER NOT NULL, attributes TEXT) STRICT
    """,
    """
    CREATE TABLE finding(
      row INTEGER PRIMARY KEY, record_id BLOB NOT NULL, check_id INTEGER NOT NULL, subject INTEGER NOT NULL,
      verdict INTEGER NOT NULL, as_of INTEGER NOT NULL, at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
      policy_sha256 BLOB NOT NULL, inputs_sha256 BLOB NOT NULL, body TEXT NOT NULL) STRICT
    """,
    "CREATE INDEX finding_by_check ON finding(check_id, subject)",
    """
    CREATE TABLE waiver(
      row INTEGER PRIMARY KEY, record_id BLOB NOT NULL, check_id INTEGER NOT NULL, subject INTEGER NOT NULL,
      owner TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT
    """,
  ]
}
