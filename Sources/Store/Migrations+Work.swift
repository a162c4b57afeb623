extension Migrations {
  /// Tables of the kinds that declare their fields: batch work, bills, incidents and decisions. Their columns are those that
  /// `RecordTable` derives from the declarations, which a test holds.
  static let work = [
    """
    CREATE TABLE charge(
      row INTEGER PRIMARY KEY, record_id BLOB NOT NULL, charge_id TEXT NOT NULL, account INTEGER NOT NULL,
      service INTEGER, resource TEXT, tags INTEGER NOT NULL, owner INTEGER, billed_cost_high INTEGER,
      billed_cost_low INTEGER, effective_cost_high INTEGER, effective_cost_low INTEGER, currency INTEGER NOT NULL,
      period_from INTEGER NOT NULL, period_to INTEGER, quantity REAL, unit INTEGER, charge_category INTEGER,
      charge_class INTEGER, attributes TEXT) STRICT
    """,
    "CREATE INDEX charge_by_period ON charge(period_from)",
    """
    CREATE TABLE run(
      row INTEGER PRIMARY KEY, record_id BLOB NOT NULL, run_id TEXT NOT NULL, parent_run_id TEXT,
      manifest_sha256 TEXT NOT NULL, status_claimed INTEGER, period_s REAL, runtime_id INTEGER,
      runtime_fingerprint TEXT, config_sha256 TEXT, at INTEGER NOT NULL, attributes TEXT) STRICT
    """,
    """
    CREATE TABLE item(
      row INTEGER PRIMARY KEY, record_id BLOB NOT NULL, item_id TEXT NOT NULL, run_id TEXT NOT NULL, coordinates TEXT,
      seed INTEGER, declared_steps TEXT, declared_outputs TEXT, deadline_at INTEGER, budget_usd_high INTEGER,
      budget_usd_low INTEGER, tags INTEGER NOT NULL, at INTEGER NOT NULL, attributes TEXT) STRICT
    """,
    "CREATE INDEX item_by_run ON item(run_id)",
    """
    CREATE TABLE attempt(
      row INTEGER PRIMARY KEY, record_id BLOB NOT NULL, attempt_id TEXT NOT NULL, run_id TEXT, item_id TEXT NOT NULL,
      step_id INTEGER, claimed_at INTEGER NOT NULL, status_claimed INTEGER, phases TEXT, route_requested INTEGER,
      route_executed INTEGER, config_sha256_requested TEXT, config_sha256_executed TEXT, choice_ref TEXT,
      lease_id TEXT, fence INTEGER, runtime_id INTEGER, runtime_fingerprint TEXT, attributes TEXT) STRICT
    """,
    "CREATE INDEX attempt_by_run ON attempt(run_id)",
    """
    CREATE TABLE receipt(
      row INTEGER PRIMARY KEY, record_id BLOB NOT NULL, receipt_id TEXT NOT NULL, run_id TEXT, item_id TEXT NOT NULL,
      attempt_id TEXT NOT NULL, step_id INTEGER, output_name INTEGER, at INTEGER NOT NULL, idempotency_key TEXT,
      effect_ref TEXT, object_key TEXT, sha256 TEXT, bytes INTEGER, media_type INTEGER, origin INTEGER, read_back TEXT,
      fence INTEGER, supersedes TEXT, attributes TEXT) STRICT
    """,
    "CREATE INDEX receipt_by_run ON receipt(run_id)",
    """
    CREATE TABLE lease(
      row INTEGER PRIMARY KEY, record_id BLOB NOT NULL, lease_id TEXT NOT NULL, resource INTEGER NOT NULL,
      class INTEGER, holder INTEGER, run_id TEXT, item_id TEXT, units REAL, est_bytes INTEGER, state INTEGER NOT NULL,
      at INTEGER NOT NULL, ttl_s REAL, fence INTEGER, preemptible INTEGER, used_bytes INTEGER, total_bytes INTEGER,
      attributes TEXT) STRICT
    """,
    """
    CREATE TABLE heartbeat(
      row INTEGER PRIMARY KEY, record_id BLOB NOT NULL, at INTEGER NOT NULL, progress TEXT, run_id TEXT, item_id TEXT,
      attempt_id TEXT, runtime_id INTEGER, resource INTEGER, phase INTEGER, used_bytes INTEGER, free_bytes INTEGER,
      total_bytes INTEGER, device_sha256 TEXT, ensemble INTEGER, ram_bytes INTEGER, attributes TEXT) STRICT
    """,
    "CREATE INDEX heartbeat_by_run ON heartbeat(run_id)",
    """
    CREATE TABLE incident(
      row INTEGER PRIMARY KEY, record_id BLOB NOT NULL, incident_id TEXT NOT NULL, signal INTEGER,
      feature INTEGER NOT NULL, tenant INTEGER, owner INTEGER, state INTEGER NOT NULL, severity INTEGER, harm INTEGER,
      affected_share REAL, irreversible INTEGER, onset_at INTEGER, opened_at INTEGER, closed_at INTEGER,
      surface_found INTEGER, change_id TEXT, bad_x INTEGER, bad_n INTEGER, cohort TEXT, regression_item_id TEXT,
      closure TEXT, at INTEGER NOT NULL, attributes TEXT) STRICT
    """,
    """
    CREATE TABLE decision(
      row INTEGER PRIMARY KEY, record_id BLOB NOT NULL, decision_id TEXT NOT NULL, question TEXT NOT NULL,
      choice TEXT NOT NULL, alternatives TEXT, constraints TEXT, evidence_refs TEXT, revisit_when TEXT,
      made_by INTEGER, owner INTEGER, paths TEXT, components TEXT, supersedes TEXT, inferred INTEGER,
      explained_by TEXT, at INTEGER NOT NULL, attributes TEXT) STRICT
    """,
  ]
}
